"""A month of one client's, with a canary in every field that the ledger takes: what must be taken, and is."""

from dataclasses import dataclass

from tests.access.cast import Things
from tests.api.calls import Answer, Caller, Json
from tests.api.town import BRACKE, CENTRE, JANUARY, NILS, ORDER, PLAN, Town, fact, fresh
from tests.canaries.fields import UNRECOGNISED
from tests.canaries.planted import number, text

SUBJECT = text("header.subject")
REASONS = ["FORGOT_DEPARTURE"]
FEBRUARY = f"/v1/periods/{CENTRE}/2026-02"
MEANING = {"from_on": JANUARY, "name_sv": text("service-codes.name_sv"), "name_en": text("service-codes.name_en")}
CODE = "SHOWER"
KINDS = ("client", "worker", "visit", "order", "device", "occasion")


@dataclass(frozen=True)
class Told:
    """What the story is about, and who tells it."""

    things: Things
    office: Caller
    town: Town


def tell(town: Town) -> Told:
    """Enter all of it through the API. Every call is taken."""
    client, worker, visit, order, device, occasion = map(fresh, KINDS)
    things = Things(client, worker, visit, order, device, occasion, CENTRE)
    office = town.call("unit_manager", subject=SUBJECT)
    told = Told(things, office, town)
    _organisation(town)
    _people(told)
    _order(told)
    _visit(told)
    _registered(told)
    _afterwards(told)
    _erasure(told)
    return told


def position(fields: str) -> Json:
    """A measured position."""
    return {name: number(f"{fields}.{name}") for name in ("lat", "lon")}


def why(field: str) -> str:
    """A reason in words, with letters that are written in several bytes."""
    return f"Åsa ändrade, {text(field)} sa hon."


def fix() -> Json:
    """A position as a phone sends it."""
    return {**position("sync.payload.position"), "accuracy_m": number("sync.payload.position.accuracy_m")}


def _organisation(town: Town) -> None:
    admin = town.call("admin")
    admin.decide(f"/v1/providers/{fresh('p')}/register", {"name": text("providers.name"), "in_house": False})
    admin.decide(f"/v1/units/{fresh('u')}/open", {"name": text("units.name"), "provider_id": BRACKE})
    admin.decide("/v1/service-codes/CANARY/define", {**MEANING, "category": "service"})
    admin.decide("/v1/admission/withdraw", {"subject": text("admission.subject"), "reason": "left"})


def _people(told: Told) -> None:
    things, office = told.things, told.office
    names = ("name", "personnummer", "other_identifier", "address", "telephone")
    details: Json = {name: text(f"clients.{name}") for name in names}
    details["home_position"] = position("clients.home_position")
    client, worker = f"/v1/clients/{things.client}", f"/v1/workers/{things.worker}"
    office.decide(f"{client}/register", {"unit_id": CENTRE, "registered_on": JANUARY, **details})
    number_changed, key = {"telephone": f"{text('clients.telephone')} b"}, text("header.idempotency-key")
    assert office.post(f"{client}/change-details", number_changed, key=key, version=1).is_success
    office.decide(f"{client}/assign-tag", {"tag_id": text("clients.tag_id"), "from_on": "2026-02-01"}, version=2)
    known = {name: text(f"workers.{name}") for name in ("name", "employee_number", "title")}
    office.decide(f"{worker}/register", {"registered_on": JANUARY, **known})
    office.decide(f"{worker}/join-unit", {"unit_id": CENTRE, "on": JANUARY}, version=1)
    model = {"unit_id": CENTRE, "model": text("devices.model")}
    told.town.call("admin").decide(f"/v1/devices/{things.device}/register", model)
    held = {"unit_id": CENTRE, "on": "2026-02-03", "worker_ids": [things.worker], "minutes": 30, "supervisor_id": NILS}
    office.decide(f"/v1/supervision/{things.supervision}/hold", held)


def _order(told: Told) -> None:
    manager, order = told.town.call("care_manager"), f"/v1/orders/{told.things.order}"
    decision = {"reference": text("orders.decision.reference"), "from_on": "2026-02-01"}
    line = {
        "line_id": text("orders.lines[].line_id"),
        "service_code": CODE,
        "frequency": "2/week",
        "ordered_minutes": 40,
    }
    manager.decide(f"{order}/place", {**ORDER, "client_id": told.things.client, "lines": [line], "decision": decision})
    need = {"direction": "increased", "noticed_on": "2026-02-20", "service_code": CODE, "note": text("orders.note")}
    told.office.decide(f"{order}/report-need-change", need, version=1)


def _visit(told: Told) -> None:
    things, office, visit = told.things, told.office, f"/v1/visits/{told.things.visit}"
    services = [{"service_code": CODE, "client_id": things.client, "minutes": 40}]
    office.decide(f"{visit}/plan", {**PLAN, "client_ids": [things.client], "services": services})
    office.decide(f"{visit}/assign", {"worker_id": things.worker}, version=1)


def _registered(told: Told) -> None:
    things, visit = told.things, told.things.visit
    shared = {"tag_id": text("sync.payload.tag_id"), "unknown_to_us": text(UNRECOGNISED)}
    facts = [
        fact("check_in", visit, "06:00", client_ids=[things.client], position=fix(), **shared),
        fact("service_performed", visit, "06:10", service_code=text("sync.payload.service_code"), minutes=10),
        fact("note", visit, "06:20", text=text("sync.payload.text"), client_id=things.client),
        fact("note", visit, "06:25", text=f"Å\n{text('sync.payload.text')}"),
        fact("check_out", visit, "06:40", position_absent=text("sync.payload.position_absent")),
        {**fact("indirect_time", visit, "07:00", minutes=5), "visit_id": None},
        fact("note", visit, "06:26", text=text("sync.payload.text"), client_id="not an id"),
        fact(text("sync.payload.kind"), visit, "06:27", text=text("sync.payload.text")),
    ]
    facts[5]["payload"]["kind"] = text("sync.payload.kind")
    named = {name: text(f"sync.{name}") for name in ("app_version", "boot_id")}
    body = {"device_id": things.device, "device_time": "2026-03-02T08:00:00+01:00", "facts": facts, **named}
    answer = told.town.call("care_worker", subject=things.worker).post("/v1/sync", body, key="")
    statuses = [result["status"] for result in answer.json()["results"]]
    assert statuses == [*["accepted"] * 6, "rejected", "rejected"], answer.text


def _erasure(told: Told) -> None:
    """Somebody asks for the client to be erased."""
    asked = {"reason": "other", "archived": text("persons.archived")}
    told.town.call("admin").decide(f"/v1/persons/client/{told.things.client}/request-erasure", asked)


def _afterwards(told: Told) -> None:
    """What the office decides about it: corrected, approved beyond the order, accepted, the month closed and opened."""
    things, office, visit = told.things, told.office, f"/v1/visits/{told.things.visit}"
    manager = told.town.call("care_manager")
    version = office.get(f"/v1/visits/{things.visit}").json()["version"]
    about = {"reason_codes": REASONS, "note": why("visits.note")}
    stay = {"worker_id": things.worker, "client_ids": [things.client], "arrived_at": "2026-03-02T05:10:00Z"}
    office.decide(
        f"{visit}/correct-attendance", {**stay, "departed_at": "2026-03-02T05:20:00Z", **about}, version=version
    )
    done = {"service_code": CODE, "worker_id": things.worker, "at": "2026-03-02T05:15:00Z", "client_id": things.client}
    office.decide(f"{visit}/correct-services", {**done, **about}, version=version + 1)
    beyond = {"client_id": things.client, "minutes": 5, "reason": why("visits.reason")}
    for at, verb in enumerate(("approve-excess", "approve-extra-visit"), start=2):
        manager.decide(f"{visit}/{verb}", beyond, version=version + at)
    accepted = {"key": f"MANUAL|visit/{things.visit}|{text('exceptions.key')}", "position": 1, "reason_codes": REASONS}
    path = f"/v1/exceptions/visit/{things.visit}/acknowledge"
    office.decide(path, {**accepted, "note": why("exceptions.note")})
    manager.decide(f"{FEBRUARY}/close", {"early_because": "date_set_otherwise"})
    manager.decide(f"{FEBRUARY}/reopen", {"reason": "error_in_basis", "note": why("periods.note")}, version=1)


def imported(told: Told) -> list[Answer]:
    """Files of plans and registrations, whose rows are good, and bad in one column after the other."""
    things = told.things
    times = "2026-03-02T09:00+01:00,2026-03-02T09:40+01:00"
    good = {
        "plans": f"key,client,start,end,unit,services,workers\n{{key}},{things.client},{times},{CENTRE},{CODE}:40,\n",
        "registrations": f"key,visit_key,client,worker,arrived,departed,services,source,reason\n"
        f"{{key}},{{visit_key}},{things.client},{things.worker},{times},,,{{reason}}\n",
    }
    answers = []
    for kind, lines in good.items():
        header, row = lines.splitlines()
        cells = [each.format_map(_cells(kind)) for each in row.split(",")]
        bad = [
            ",".join(
                [f"k{at}", *(text(f"csv.{kind}.{name}") if at == place else cell for place, (name, cell) in columns)]
            )
            for columns in [list(enumerate(zip(header.split(",")[1:], cells[1:], strict=True)))]
            for at in range(len(columns))
        ]
        content = "\n".join([header, ",".join(cells), *bad, text(f"csv.{kind}.key")]) + "\n"
        answers.append(send_file(told, kind, content))
        answers.append(send_file(told, kind, content, mapping=text("query.mapping")))
    return answers


def _cells(kind: str) -> Json:
    return {
        name: text(f"csv.{kind}.{name}") for name in ("key", "visit_key", "reason") if kind != "plans" or name == "key"
    }


def send_file(told: Told, kind: str, content: str, **more: str) -> Answer:
    """Send a file as the unit's manager."""
    params = {"source": text("query.source"), "file": text("query.file"), **more}
    headers = {"Content-Type": "text/csv", **told.town.call("coordinator")._headers()}
    return told.office.client.post(f"/v1/imports/{kind}", content=content.encode(), params=params, headers=headers)
