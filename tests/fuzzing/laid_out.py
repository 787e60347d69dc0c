"""What the next good call of an operation is about: something that is there, as it stands, and what may be decided of it.

All of it is laid out through the API itself, in the ledger of the round, with the stories that the office's tests tell.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import count
from typing import Any

from tests.access.cast import Things
from tests.access.questions import QUESTIONS
from tests.api.calls import Json
from tests.api.office_steps import CLIENT, ORDERS, VISIT, WORKER, Step
from tests.api.organisation_steps import DEVICE, PROVIDER, SERVICE_CODE, SUPERVISION, UNIT
from tests.api.town import ANNA, ASTRID, CENTRE, PLAN, Town, fact, fresh

STORIES: Mapping[str, tuple[Step, ...]] = {
    "visits": VISIT,
    "orders": ORDERS,
    "clients": CLIENT,
    "workers": WORKER,
    "devices": DEVICE,
    "supervision": SUPERVISION,
    "providers": PROVIDER,
    "units": UNIT,
    "service-codes": SERVICE_CODE,
}
NEEDS: Mapping[str, tuple[str, ...]] = {
    "visits/unassign": ("plan", "assign"),
    "orders/resume": ("place", "suspend"),
    "clients/leave-household": ("register", "join-household"),
    "clients/retire-tag": ("register", "assign-tag"),
    "clients/record-return": ("register", "record-absence"),
    "clients/name-staff": ("register", "mark-protected-identity"),
    "clients/remove-staff": ("register", "mark-protected-identity", "name-staff"),
    "workers/leave-unit": ("register", "join-unit"),
    "workers/record-return": ("register", "record-absence"),
    "workers/change-shift": ("register", "schedule-shift"),
    "workers/revoke-delegation": ("register", "delegate-health-task"),
    "supervision/cancel": (),
    "supervision/plan-team-meeting": (),
}
"""What must have been decided before. Not named here: what the story begins with."""
ALREADY = {"reason_codes": ["DUPLICATE"]}
STAY = {"worker_id": ANNA, "reason_codes": ["FORGOT_DEPARTURE"], "client_ids": [ASTRID]}
STAY |= {"arrived_at": "2026-03-02T06:00:00+01:00", "departed_at": "2026-03-02T06:15:00+01:00"}
SERVICE = {"service_code": "SHOWER", "worker_id": ANNA, "client_id": ASTRID, "reason_codes": ["FORGOT_DEPARTURE"]}
SERVICE |= {"at": "2026-03-02T06:00:00+01:00"}
MARCH, FIRST_CLOSED = "2026-03", date(2025, 12, 1)
EXPORT = {"report": "performed-time", "month": MARCH}
TIMES = "2026-03-02T06:00+01:00,2026-03-02T06:40+01:00"
RULES = "municipality: Bräcke\neditions: [{{version: {version}, from: 2026-01-01, policies: {{}}}}]\n"
WRITTEN_WITHIN_S = 20.0


@dataclass(frozen=True)
class Fitting:
    """What a call says that is let through. `version` None: the subject is not there yet. `role` empty: any that may."""

    path: Json = field(default_factory=dict)
    body: Any = None
    query: Json = field(default_factory=dict)
    content: str = ""
    """A body that is no JSON."""
    version: int | None = None
    role: str = ""


class LaidOut:
    """A settled town, and what is laid out in it for calls to come."""

    def __init__(self, town: Town) -> None:
        self._town = town
        self._asked = {(each.method, each.route): each for each in reversed(QUESTIONS)}
        self._ready: dict[str, Fitting] = {}
        self._months = count()
        self._special: Mapping[str, Callable[[], Fitting]] = {
            "POST /v1/sync": self._sync,
            "POST /v1/visits/plan": lambda: Fitting(body=_one({**PLAN, "visit_id": fresh("visit")})),
            "POST /v1/visits/assign": self._assign_batch,
            "POST /v1/visits/approve": self._approve_batch,
            "POST /v1/visits/{visit_id}/correct-attendance": lambda: self._planned(STAY),
            "POST /v1/visits/{visit_id}/correct-services": lambda: self._planned(SERVICE),
            "POST /v1/visits/{visit_id}/approve": self._attended,
            "POST /v1/visits/{visit_id}/withdraw-approval": self._approved,
            "POST /v1/clients/find": self._find,
            "POST /v1/rulebooks/check": lambda: Fitting(content=RULES.format(version=fresh("edition"))),
            "POST /v1/rulebooks/adopt": self._adopt,
            "POST /v1/admission/withdraw": lambda: Fitting(body={"subject": fresh("subject"), "reason": "left"}),
            "POST /v1/admission/restore": self._restore,
            "POST /v1/exceptions/{kind}/{subject_id}/acknowledge": self._acknowledge,
            "POST /v1/imports/plans": lambda: self._file(f"key,client,start,end\n{fresh('row')},{ASTRID},{TIMES}\n"),
            "POST /v1/imports/registrations": lambda: self._file(
                f"key,client,worker,arrived,departed\n{fresh('row')},{ASTRID},{ANNA},{TIMES}\n"
            ),
            "POST /v1/exports": lambda: Fitting(body=EXPORT),
            "GET /v1/rulebooks/{edition}": self._edition,
            "GET /v1/exports/{export_id}": self._exported,
            "GET /v1/exports/{export_id}/file": self._exported,
            "GET /metrics": lambda: Fitting(role="admin"),
        }

    def fitting(self, label: str) -> Fitting:
        """What a good call of the operation says: the same until it is spent."""
        if label not in self._ready:
            self._ready[label] = self._lay_out(label)
        return self._ready[label]

    def spend(self, label: str) -> None:
        """A decision was taken on it, or is no longer possible: the next call is about something else."""
        if label.startswith("POST"):
            self._ready.pop(label, None)

    def _lay_out(self, label: str) -> Fitting:
        if label in self._special:
            return self._special[label]()
        method, route = label.split()
        parts = route.removeprefix("/v1").split("/")[1:]
        if method == "GET":
            return self._read(route, parts)
        if parts[0] == "persons":
            return self._person(parts[-1])
        if parts[0] == "periods":
            return self._period(parts[-1])
        return self._decision(parts[0], parts[1].strip("{}"), parts[-1])

    def _decision(self, kind: str, name: str, verb: str) -> Fitting:
        """The next step of a subject's story, after those that it needs."""
        steps = {step.verb: step for step in STORIES[kind]}
        first = STORIES[kind][0].verb
        subject_id, version = fresh(kind), None
        for need in NEEDS.get(f"{kind}/{verb}", () if verb == first else (first,)):
            path = f"/v1/{kind}/{subject_id}/{need}"
            answer = self._town.call(steps[need].role).decide(path, steps[need].body, version=version)
            version = answer["version"]
        return Fitting({name: subject_id}, steps[verb].body, version=version, role=steps[verb].role)

    def _planned(self, body: Json) -> Fitting:
        return Fitting({"visit_id": self._town.planned_visit()}, body, version=1, role="coordinator")

    def _attended(self) -> Fitting:
        visit_id, position = self._town.attended_visit()
        return Fitting({"visit_id": visit_id}, {"position": position, "minutes": 40}, version=3, role="coordinator")

    def _approved(self) -> Fitting:
        ready = self._attended()
        self._town.call().decide(f"/v1/visits/{ready.path['visit_id']}/approve", ready.body, version=3)
        return Fitting(ready.path, ALREADY, version=4, role="coordinator")

    def _assign_batch(self) -> Fitting:
        return Fitting(body=_one({"visit_id": self._town.planned_visit(), "worker_id": ANNA, "version": 1}))

    def _approve_batch(self) -> Fitting:
        ready = self._attended()
        return Fitting(body=_one({**ready.path, **ready.body, "version": 3}), role="coordinator")

    def _sync(self) -> Fitting:
        facts = [fact("check_in", self._town.planned_visit(), "06:00")]
        return Fitting(body={"device_id": fresh("phone"), "device_time": "2026-03-02T08:00:00+01:00", "facts": facts})

    def _registered(self) -> str:
        client_id, step = fresh("client"), CLIENT[0]
        self._town.call(step.role).decide(f"/v1/clients/{client_id}/register", step.body)
        return client_id

    def _find(self) -> Fitting:
        self._registered()
        return Fitting(body={"personnummer": CLIENT[0].body["personnummer"]})

    def _adopt(self) -> Fitting:
        version = self._town.call("admin").get("/v1/organisation").json()["version"]
        return Fitting(content=RULES.format(version=fresh("edition")), version=version)

    def _edition(self) -> Fitting:
        row = self._town.call("admin").get("/v1/rulebooks").json()["rows"][0]
        return Fitting({"edition": row["version"]})

    def _restore(self) -> Fitting:
        subject = {"subject": fresh("subject")}
        self._town.call("admin").decide("/v1/admission/withdraw", {**subject, "reason": "left"})
        return Fitting(body=subject)

    def _acknowledge(self) -> Fitting:
        """A visit that nobody planned: what is odd about it may be accepted."""
        visit_id = fresh("visit")
        stay = [fact("check_in", visit_id, "06:00", client_ids=[ASTRID]), fact("check_out", visit_id, "06:40")]
        position = self._town.sync(ANNA, stay)
        asked = {"month": MARCH, "min_position": position, "limit": 1000, "code": "UNPLANNED"}
        rows = self._town.call().get("/v1/exceptions", **asked).json()["rows"]
        [key] = [row["key"] for row in rows if row["subject_id"] == visit_id]
        body = {"key": key, "position": position, "reason_codes": ["FORGOT_DEPARTURE"]}
        return Fitting({"kind": "visit", "subject_id": visit_id}, body, role="coordinator")

    def _file(self, content: str) -> Fitting:
        return Fitting(content=content, query={"source": fresh("exporter")})

    def _person(self, verb: str) -> Fitting:
        """A client of whose keys something was decided, where the verb needs it."""
        client_id = self._registered()
        path, hold = f"/v1/persons/client/{client_id}", {"hold_id": fresh("hold")}
        placed, retention = {**hold, "reason": "lex_sarah"}, {"reason": "retention_over"}
        manager = self._town.call("care_manager")
        body = {"place-hold": placed, "lift-hold": hold, "request-erasure": retention}.get(verb)
        version = None
        if verb == "lift-hold":
            version = manager.decide(f"{path}/place-hold", placed)["version"]
        elif verb in {"withdraw-erasure-request", "approve-erasure"}:
            version = manager.decide(f"{path}/request-erasure", retention)["version"]
        role = "admin" if verb == "approve-erasure" else "care_manager"
        return Fitting({"person_kind": "client", "person_id": client_id}, body, version=version, role=role)

    def _period(self, verb: str) -> Fitting:
        """The centre's next month backwards, closed and asked to be reopened where the verb needs it."""
        place = {"accountable_id": CENTRE, "month": self._month()}
        path, manager = f"/v1/periods/{CENTRE}/{place['month']}", self._town.call("care_manager")
        reason = {"reason": "error_in_basis"}
        if verb == "close":
            return Fitting(place, {})
        version = manager.decide(f"{path}/close", {})["version"]
        if verb == "confirm-reopening":
            version = manager.decide(f"{path}/reopen", reason, version=version)["version"]
        return Fitting(place, reason if verb == "reopen" else None, version=version)

    def _month(self) -> str:
        """A month of the past, earlier than each before."""
        months = FIRST_CLOSED.year * 12 + FIRST_CLOSED.month - 1 - next(self._months)
        return f"{months // 12}-{months % 12 + 1:02}"

    def _read(self, route: str, parts: list[str]) -> Fitting:
        if parts[0] == "periods" and len(parts) > 1:
            return Fitting(self._period("reopen").path)
        question = self._asked.get(("GET", route))
        things = self._things(route)
        asked = (question.path(things), question.params(things)) if question else ({}, {})
        return Fitting(asked[0], query={name: value for name, value in asked[1].items() if name != "format"})

    def _things(self, route: str) -> Things:
        """What a read is about; only what its path names is laid out."""
        device = self._decision("devices", "", "revoke").path[""] if "device_id" in route else ""
        held = self._decision("supervision", "", "withdraw").path[""] if "occasion_id" in route else ""
        visit = self._town.attended_visit()[0] if "visit_id" in route or "entity_id" in route else ""
        order = self._town.placed_order() if "order_id" in route else ""
        return Things(ASTRID, ANNA, visit, order, device, held, CENTRE)

    def _exported(self) -> Fitting:
        """A file that is written, as whoever asked for it is told."""
        auditor = self._town.call("auditor", subject=ANNA)
        export_id = auditor.post("/v1/exports", EXPORT, key="").json()["id"]
        deadline = time.monotonic() + WRITTEN_WITHIN_S
        while auditor.get(f"/v1/exports/{export_id}").json()["state"] != "done":
            assert time.monotonic() < deadline
            time.sleep(0.005)
        return Fitting({"export_id": export_id}, role="auditor")


def _one(item: Json) -> Json:
    return {"items": [{"key": fresh("key"), **item}]}
