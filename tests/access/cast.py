"""Who asks, and for what: ten callers, and a thing of each relation to the first unit's office and to its worker Anna."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from pathlib import Path

from tests.api.calls import Caller, Json
from tests.api.town import ANNA, CENTRE, GALLO, JANUARY, NILS, OUTSIDE, PLAN, Town, fact, fresh, uid

FERN = uid("unit fern")
"""A unit of another provider."""
ALL_UNITS = (CENTRE, GALLO, FERN)
MOVED_ON = "2026-02-01"
"""So long ago that nothing is left to write down."""
LONG_AGO = "2026-02-02"
EIGHT = "2026-03-02T08:00:00+01:00"
NEIGHBOUR = "a neighbouring unit's coordinator"
BY_ROLE = ("care_worker", "coordinator", "unit_manager", "care_manager", "licensed", "auditor", "reporting", "admin")


ASKING = (*BY_ROLE, NEIGHBOUR)


class Relation(StrEnum):
    """What a thing is to the first unit's office, and to Anna who works there."""

    OWN = "own visit"
    COLLEAGUES = "a colleague's"
    LONG_AGO = "own visit of long ago"
    OTHER_UNIT = "another unit's"
    OTHER_PROVIDER = "another provider's"
    FORMER = "former client's or worker's"
    PROTECTED = "one with protected identity, for whom nobody who asks is named"
    NAMED = "one with protected identity, for whom everybody is"
    ABSENT = "not there"


UNIT_OF = {
    Relation.OWN: CENTRE,
    Relation.COLLEAGUES: CENTRE,
    Relation.LONG_AGO: CENTRE,
    Relation.OTHER_UNIT: GALLO,
    Relation.OTHER_PROVIDER: FERN,
    Relation.FORMER: GALLO,
    Relation.PROTECTED: CENTRE,
    Relation.NAMED: CENTRE,
}
"""Who is responsible today."""


@dataclass(frozen=True)
class Things:
    """The ids of one relation. `key` names an exception about the visit, empty where there is none."""

    client: str
    worker: str
    visit: str
    order: str
    device: str
    supervision: str
    unit: str
    key: str = ""


@dataclass(frozen=True)
class Asker:
    """A caller with what the token says. `caller` None: without a token."""

    name: str
    role: str
    units: frozenset[str]
    worker: str
    caller: Caller | None


@dataclass(frozen=True)
class Cast:
    """Everybody and everything."""

    askers: tuple[Asker, ...]
    things: dict[Relation, Things]
    folder: Path
    """Where the ledger is."""


def cast_of(town: Town, folder: Path) -> Cast:
    """Settle the municipality through its own API, and call everybody in."""
    town.settle()
    admin, boss = town.call("admin"), town.call("unit_manager", units=ALL_UNITS, subject="boss")
    admin.decide(f"/v1/units/{FERN}/open", {"name": "Utomstående", "provider_id": OUTSIDE})
    things: dict[Relation, Things] = {
        relation: _settle(town, boss, relation)
        for relation in Relation
        if relation not in {Relation.ABSENT, Relation.LONG_AGO}
    }
    mine = things[Relation.OWN]
    helped = things[Relation.OTHER_PROVIDER].visit
    town.sync(
        things[Relation.COLLEAGUES].worker, [fact("check_in", helped, "07:00"), fact("check_out", helped, "07:20")]
    )
    old = {**_plan(mine, CENTRE), "scheduled_start_at": f"{LONG_AGO}T06:00:00+01:00"}
    old["scheduled_end_at"] = f"{LONG_AGO}T06:40:00+01:00"
    visit = fresh("visit")
    boss.decide(f"/v1/visits/{visit}/plan", old)
    boss.decide(f"/v1/visits/{visit}/assign", {"worker_id": mine.worker}, version=1)
    things[Relation.LONG_AGO] = Things(
        mine.client, mine.worker, visit, mine.order, mine.device, mine.supervision, mine.unit
    )
    things[Relation.ABSENT] = Things(*(fresh("absent") for _ in range(7)))
    for unit in ALL_UNITS:
        town.call("care_manager").decide(f"/v1/periods/{unit}/2026-02/close", {"early_because": "date_set_otherwise"})
    return Cast(_askers(town.call), _with_keys(town, boss, things), folder)


def _settle(town: Town, boss: Caller, relation: Relation) -> Things:
    unit = UNIT_OF[relation]
    before = CENTRE if relation is Relation.FORMER else unit
    mine = relation is Relation.OWN
    is_annas = mine or relation is Relation.NAMED
    found = Things(
        fresh("client"),
        ANNA if is_annas else fresh("worker"),
        fresh("visit"),
        fresh("order"),
        fresh("device"),
        fresh("occasion"),
        unit,
    )
    registered = {"unit_id": before, "registered_on": JANUARY, "personnummer": number_of(found.client)}
    boss.decide(f"/v1/clients/{found.client}/register", registered)
    if not is_annas:
        boss.decide(f"/v1/workers/{found.worker}/register", {"registered_on": JANUARY})
    if relation is not Relation.NAMED:  # Anna is there already
        boss.decide(f"/v1/workers/{found.worker}/join-unit", {"unit_id": before, "on": JANUARY}, version=1)
    if before != unit:
        boss.decide(f"/v1/clients/{found.client}/change-unit", {"unit_id": unit, "from_on": MOVED_ON}, version=1)
        boss.decide(f"/v1/workers/{found.worker}/leave-unit", {"unit_id": before, "on": MOVED_ON}, version=2)
        town.call("admin").decide(f"/v1/workers/{found.worker}/join-unit", {"unit_id": unit, "on": MOVED_ON}, version=3)
    boss.decide(f"/v1/visits/{found.visit}/plan", _plan(found, unit))
    boss.decide(f"/v1/visits/{found.visit}/assign", {"worker_id": found.worker}, version=1)
    town.sync(found.worker, [fact("check_in", found.visit, "06:00"), fact("check_out", found.visit, "06:40")])
    town.call("care_manager").decide(f"/v1/orders/{found.order}/place", _order(found))
    town.call("admin").decide(f"/v1/devices/{found.device}/register", {"unit_id": unit})
    held = {"unit_id": unit, "on": "2026-02-03", "worker_ids": [found.worker], "minutes": 30, "supervisor_id": NILS}
    boss.decide(f"/v1/supervision/{found.supervision}/hold", held)
    need = {"direction": "increased", "noticed_on": "2026-02-20", "service_code": "CLEAN"}
    boss.decide(f"/v1/orders/{found.order}/report-need-change", need, version=1)
    erasure = {"reason": "retention_over", "archived": "SSA 2026-17"}  # born on whatever day
    town.call("admin").decide(f"/v1/persons/client/{found.client}/request-erasure", erasure)
    unreadable = {
        "device_id": found.device,
        "device_time": EIGHT,
        "facts": [{"id": fresh("fact"), "type": "unheard_of"}],
    }
    town.call("care_worker", subject=found.worker).post("/v1/sync", unreadable, key="")
    if relation in {Relation.PROTECTED, Relation.NAMED}:
        named = [ANNA, *map(_subject, ASKING)] if relation is Relation.NAMED else []
        marked = {"level": "protected_registration", "named": named}
        boss.decide(f"/v1/clients/{found.client}/mark-protected-identity", marked, version=1)
    return found


def number_of(client: str) -> str:
    """A personnummer of nobody's for an id: a day in the fifties and sixties, and a birth number kept for tests."""
    drawn = int(client[:8], 16)
    nine = f"{date(1950, 1, 1) + timedelta(days=drawn % 7_000):%y%m%d}{980 + drawn // 7_000 % 20:03}"
    total = sum(sum(divmod(int(digit) * (2 - place % 2), 10)) for place, digit in enumerate(nine))
    return f"19{nine}{-total % 10}"


def _plan(found: Things, unit: str) -> Json:
    services = [{"service_code": "SHOWER", "client_id": found.client, "minutes": 40}]
    return {**PLAN, "client_ids": [found.client], "services": services, "unit_id": unit}


def _order(found: Things) -> Json:
    return {
        "client_id": found.client,
        "provider_id": OUTSIDE if found.unit == FERN else uid("provider bracke"),
        "legal_basis": "SoL",
        "minute_control": "flexible",
        "starts_on": "2026-02-01",
        "lines": [{"line_id": "1", "service_code": "CLEAN", "frequency": "2/week", "ordered_minutes": 40}],
    }


def _with_keys(town: Town, boss: Caller, things: dict[Relation, Things]) -> dict[Relation, Things]:
    """With an exception of each visit's: what was done there was not ordered."""
    position = town.call("admin").get("/readyz").json()["position"]
    rows = boss.get("/v1/exceptions", month="2026-03", min_position=position).json()["rows"]
    keys = {visit_id: row["key"] for row in rows for visit_id in row["visit_ids"]}
    return {
        relation: Things(**{**vars(each), "key": keys.get(each.visit, f"UNPLANNED|visit/{each.visit}|none")})
        for relation, each in things.items()
    }


def _askers(call: Callable[..., Caller]) -> tuple[Asker, ...]:
    office = {"coordinator", "unit_manager", "licensed"}
    named = [(role, role, (CENTRE,) if role in office else ()) for role in BY_ROLE]
    named.append((NEIGHBOUR, "coordinator", (GALLO,)))
    askers = [
        Asker(
            name,
            role,
            frozenset(units),
            ANNA if role == "care_worker" else "",
            call(role, units=units, subject=ANNA if role == "care_worker" else _subject(name)),
        )
        for name, role, units in named
    ]
    return (*askers, Asker("nobody", "", frozenset(), "", None))


def _subject(name: str) -> str:
    return name.replace(" ", "-")
