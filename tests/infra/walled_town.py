"""Facts of some units that have much, little or nothing to do with each other, and who may see which rows of them."""

import random
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from typing import NamedTuple

import sqlalchemy as sa

from domain.facts import Attendance, Fact, Membership, NeedChange, Person, PlannedVisit, Shift
from domain.ids import ClientId, FactId, OrderId, UnitId, VisitId, WorkerId
from domain.values import VisitKind
from domain.visit.concerned import ClientVisit
from infra.wall import WALLED, OfUnit
from projections import bulk
from projections.audit_trail import AUDIT_ENTRY
from projections.fact_tables import FACT_TABLES
from projections.kept_months import CLIENT_MONTH
from projections.projection import FOREVER

DAY, EIGHT, NINE = date(2026, 3, 2), datetime(2026, 3, 2, 8, tzinfo=UTC), datetime(2026, 3, 2, 9, tzinfo=UTC)
UNITS = ("north", "south", "island")
"""North and south lend each other workers, and have a home and visits in common. The island has nothing to do with them."""
FAR = 9
STEPS = {1: (0, 4), 3: (4, 6), 5: (6, 6), FAR: (FAR, FAR)}
"""How near the clients and workers of a visit are, by how near it is."""
CLIENTS, WORKERS = 12, 8
"""Of each unit: so many that not all have to do with all."""
LENDING = {"north": "south", "south": "north"}


class Visit(NamedTuple):
    """Who was to come, who came, and to whom. `unit` empty: no unit's."""

    name: str
    unit: str
    clients: tuple[str, ...]
    planned: tuple[str, ...]
    came: str


class Town:
    """Everybody and everything, drawn by a seed."""

    def __init__(self, seed: int, visits: int = 60) -> None:
        drawn = random.Random(seed)
        self.belongs = [(f"{unit} client {n}", unit, "client_unit") for unit in UNITS for n in range(CLIENTS)]
        self.belongs += [(f"{unit} worker {n}", unit, "worker_unit") for unit in UNITS for n in range(WORKERS)]
        self.belongs.append(("north worker 0", "south", "lent"))
        self.homes = [("north client 0", "home"), ("south client 0", "home")]
        self.visits = [self._visit(drawn, number) for number in range(visits)]
        self.visits += [
            Visit("nobody's", "", (), (), "unplaced"),
            Visit("shared", "", self.of("north client"), (), "unplaced"),
        ]
        self._drawn = drawn

    def of(self, kind: str) -> tuple[str, ...]:
        """Two of a kind."""
        return f"{kind} 1", f"{kind} 2"

    def _visit(self, drawn: random.Random, number: int) -> Visit:
        unit = drawn.choice(UNITS)
        helping = LENDING.get(unit, unit) if number % 10 == 0 else unit
        clients = [f"{unit} client {drawn.randrange(CLIENTS)}"]
        if number % 15 == 0:
            clients.append(f"{LENDING.get(unit, unit)} client 3")
        workers = [f"{helping} worker {drawn.randrange(WORKERS)}", f"{unit} worker {drawn.randrange(WORKERS)}"]
        return Visit(
            f"visit {number}", unit if number % 7 else "", tuple(clients), tuple(workers[:1]), workers[number % 2]
        )

    @property
    def facts(self) -> list[Fact]:
        """All of it, in an order that nothing may depend on."""
        found: list[Fact] = [
            Membership(kind=kind, person_id=person, group_id=UnitId(group), from_on=DAY, until_on=None)
            for person, group, kind in (*self.belongs, *((*home, "household") for home in self.homes))
        ]
        people = {person for person, _, _ in self.belongs} | {"unplaced"}
        found += [Person(kind="client" if " client " in name else "worker", person_id=name) for name in people]
        found += [_shift(name) for name in people if " client " not in name]
        found += [_need(name) for name in people if " client " in name]
        for visit in self.visits:
            found += _facts_of(visit)
        self._drawn.shuffle(found)
        return found

    def tell(self, db: sa.Connection, batches: int = 40) -> None:
        """Write all of it, batch by batch, as a fold does; and a row of the trail for each visit, client and worker."""
        facts = self.facts
        for number in range(batches):
            by_class = defaultdict[type[Fact], list[Fact]](list)
            for fact in facts[number::batches]:
                by_class[type(fact)].append(fact)
            for fact_class, some in by_class.items():
                source = FACT_TABLES[fact_class]
                bulk.insert(db, source.table, source.rows([(fact, 1, FOREVER) for fact in some]))
        named = {("visit", visit.name) for visit in self.visits} | {("person", name) for name, _, _ in self.belongs}
        bulk.insert(db, AUDIT_ENTRY, [(*each, 1) for each in sorted(named)] + [("provider", "a provider", 1)])
        clients = [name for name, _, kind in self.belongs if kind == "client_unit"]
        bulk.insert(db, CLIENT_MONTH, [("2026-03", "", name, 1, b"") for name in clients])

    def near(self, units: Iterable[str]) -> dict[str, int]:
        """How near everybody and everything is to some units; what no unit has is everybody's."""
        return self.book_of(units) | dict.fromkeys(self.of_nobody, 0)

    def book_of(self, units: Iterable[str]) -> dict[str, int]:
        """What the book should say of some units, found the slow way: step by step until nothing comes nearer."""
        found = {person: 0 if kind == "client_unit" else 2 for person, unit, kind in self.belongs if unit in units}
        found |= {visit.name: 1 for visit in self.visits if visit.unit in units}
        while (closer := self._step(found)) != found:
            found = closer
        return {name: level for name, level in found.items() if level != FAR}

    @property
    def of_nobody(self) -> set[str]:
        """What and whom no unit has."""
        placed = {person for person, _, _ in self.belongs}
        return {"unplaced"} | {
            visit.name
            for visit in self.visits
            if not visit.unit and placed.isdisjoint((*visit.clients, *visit.planned, visit.came))
        }

    def _step(self, near: dict[str, int]) -> dict[str, int]:
        after = dict(near)

        def put(name: str, level: int) -> None:
            after[name] = min(level, after.get(name, level))

        for one, home in self.homes:
            for other, other_home in self.homes:
                if near.get(one) == 0 and home == other_home:
                    put(other, 0)
        for visit in self.visits:
            workers = {*visit.planned, visit.came}
            for person in (*visit.clients, *workers):
                if near.get(person) in {0, 2, 4}:
                    put(visit.name, near[person] + 1)
            of_client, of_worker = STEPS[near.get(visit.name, FAR)]
            for client in visit.clients:
                put(client, of_client)
            for worker in workers:
                put(worker, of_worker)
        return after

    def rows_seen(
        self, table: str, rows: Sequence[sa.Row[tuple[object, ...]]], units: Sequence[str]
    ) -> set[tuple[object, ...]]:
        """Those of a table's rows that somebody of the units may see, by the book's own rules."""
        walled, near = WALLED[table], self.near(units)
        if isinstance(walled, OfUnit):
            return {tuple(row) for row in rows if getattr(row, walled.subject) in {*units, ""}}
        seen = {tuple(row) for row in rows if near.get(getattr(row, walled.subject), FAR) <= walled.level}
        return seen | {tuple(row) for row in rows if getattr(row, "entity_kind", "") == "provider"}


def _facts_of(visit: Visit) -> list[Fact]:
    told: list[Fact] = [ClientVisit(VisitId(visit.name), ClientId(client), DAY) for client in visit.clients or ("",)]
    clients, workers = tuple(map(ClientId, visit.clients)), tuple(map(WorkerId, visit.planned))
    if visit.planned:
        told.append(
            PlannedVisit(
                visit_id=VisitId(visit.name),
                client_ids=clients,
                unit_id=UnitId(visit.unit),
                kind=VisitKind.PLANNED,
                starts_at=EIGHT,
                ends_at=NINE,
                worker_ids=workers,
            )
        )
    came = Attendance(
        visit_id=VisitId(visit.name),
        attendance_id=FactId(f"stay at {visit.name}"),
        worker_id=WorkerId(visit.came),
        client_ids=clients,
        unit_id=UnitId(""),
        kind=VisitKind.PLANNED,
        arrived_at=EIGHT,
        departed_at=NINE,
    )
    return [*told, came]


def _shift(worker: str) -> Shift:
    return Shift(
        worker_id=WorkerId(worker),
        shift_id="early",
        unit_id=UnitId(""),
        scheduled_start_at=EIGHT,
        scheduled_end_at=NINE,
        started_at=None,
        ended_at=None,
    )


def _need(client: str) -> NeedChange:
    return NeedChange(
        order_id=OrderId(f"order of {client}"),
        fact_id="need",
        client_id=ClientId(client),
        direction="increased",
        noticed_on=DAY,
    )
