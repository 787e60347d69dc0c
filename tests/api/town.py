"""A small municipality, settled through the API itself: what the office's tests begin with."""

from collections.abc import Callable
from itertools import count
from typing import Any

from domain.ids import derived_id
from tests.api.calls import Caller, Json


def uid(name: str) -> str:
    """The same id for the same name, in every test."""
    return derived_id("test", name)


BRACKE, OUTSIDE = uid("provider bracke"), uid("provider outside")
CENTRE, GALLO = uid("unit centre"), uid("unit gallo")
TOWN_UNITS = (CENTRE, GALLO)
ASTRID, BROR = uid("client astrid"), uid("client bror")
ANNA, BO = uid("worker anna"), uid("worker bo")
STINA, NILS = uid("worker stina, assistant nurse"), uid("worker nils, nurse")
NOBODY = uid("nobody")
JANUARY = "2026-01-01"
PLAN = {
    "client_ids": [ASTRID],
    "scheduled_start_at": "2026-03-02T06:00:00+01:00",
    "scheduled_end_at": "2026-03-02T06:40:00+01:00",
    "services": [{"service_code": "SHOWER", "client_id": ASTRID, "minutes": 40}],
    "unit_id": CENTRE,
}
ORDER = {
    "client_id": ASTRID,
    "provider_id": BRACKE,
    "legal_basis": "SoL",
    "minute_control": "flexible",
    "starts_on": "2026-02-01",
    "lines": [{"line_id": "1", "service_code": "SHOWER", "frequency": "2/week", "ordered_minutes": 40}],
}
_NUMBERS = count(1)


def fresh(kind: str) -> str:
    """An id that nothing has had."""
    return uid(f"{kind} {next(_NUMBERS)}")


class Town:
    """Two providers, two units, two services, two clients, four workers; and what tests need made anew."""

    def __init__(self, call: Callable[..., Caller]) -> None:
        self.call = call

    def settle(self) -> None:
        """Enter everything, as an office would."""
        admin, manager = self.call("admin"), self.call("unit_manager")
        admin.decide(f"/v1/providers/{BRACKE}/register", {"name": "Bräcke kommun", "in_house": True})
        admin.decide(f"/v1/providers/{OUTSIDE}/register", {"name": "Utomstående AB", "in_house": False})
        for unit_id, name in ((CENTRE, "Bräcke"), (GALLO, "Gällö")):
            admin.decide(f"/v1/units/{unit_id}/open", {"name": name, "provider_id": BRACKE})
        for code in ("SHOWER", "CLEAN"):
            meaning = {"from_on": JANUARY, "name_sv": code, "name_en": code, "category": "personal_care"}
            admin.decide(f"/v1/service-codes/{code}/define", meaning)
        for client_id in (ASTRID, BROR):
            manager.decide(f"/v1/clients/{client_id}/register", {"unit_id": CENTRE, "registered_on": JANUARY})
        for worker_id in (ANNA, BO, STINA, NILS):
            manager.decide(f"/v1/workers/{worker_id}/register", {"registered_on": JANUARY})
        for worker_id, title in ((STINA, "assistant_nurse"), (NILS, "nurse")):
            body = {"title": title, "from_on": JANUARY}
            manager.decide(f"/v1/workers/{worker_id}/record-licensed-title", body, version=1)

    def planned_visit(self) -> str:
        """A visit to Astrid at six in the morning, 40 minutes; its version is 1."""
        visit_id = fresh("visit")
        self.call("coordinator").decide(f"/v1/visits/{visit_id}/plan", PLAN)
        return visit_id

    def placed_order(self) -> str:
        """Astrid's showers; its version is 1."""
        order_id = fresh("order")
        self.call("care_manager").decide(f"/v1/orders/{order_id}/place", ORDER)
        return order_id

    def attended_visit(self, *, worker_id: str = ANNA, departs: bool = True) -> tuple[str, int]:
        """A planned visit that the worker made from 06:00 to 06:40, with the position it is known through; version 3."""
        visit_id = self.planned_visit()
        facts = [fact("check_in", visit_id, "06:00"), fact("check_out", visit_id, "06:40")]
        return visit_id, self.sync(worker_id, facts if departs else facts[:1])

    def sync(self, worker_id: str, facts: list[Json], device_time: str = "2026-03-02T08:00:00+01:00") -> int:
        """Send facts as the worker's phone would, whose clock is right, and give the position of the last."""
        phone = self.call("care_worker", subject=worker_id)
        body = {"device_id": uid(f"phone of {worker_id}"), "device_time": device_time, "facts": facts}
        answer = phone.post("/v1/sync", body, key="").json()
        assert {result["status"] for result in answer["results"]} == {"accepted"}, answer
        position: int = answer["position"]
        return position


def fact(kind: str, visit_id: str, time: str, **payload: Any) -> Json:
    """A fact of this Monday, as a phone writes it."""
    number = next(_NUMBERS)
    wall = f"2026-03-02T{time}:00+01:00"
    return {
        "id": uid(f"fact {number}"),
        "seq": number,
        "type": kind,
        "visit_id": visit_id,
        "wall_time": wall,
        "payload": payload,
    }
