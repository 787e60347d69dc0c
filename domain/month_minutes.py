"""A month's minutes of every layer, granted to performed, put side by side: what a reconciliation adds up."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date
from enum import StrEnum
from typing import NamedTuple

import msgspec

from domain.context import NO_UNIT, Context
from domain.facts import PlannedVisit
from domain.ids import ClientId, ProviderId, ServiceCode, UnitId, VisitId
from domain.local_time import local_day
from domain.ordered_time import OrderedMinutes
from domain.pay.lines import PayLine
from domain.performed_time import PerformedMinutes
from domain.planned_time import planned_services
from domain.rulebook.rulebook import Rulebook
from domain.values import VisitKind

ORE_PER_KRONA = 100


class Layer(StrEnum):
    """What became of a minute, from the decision to the client's home."""

    GRANTED = "granted"
    ORDERED = "ordered"
    PLANNED = "planned"
    CANCELLED = "cancelled"
    PERFORMED = "performed"
    REIMBURSED = "reimbursed"
    AMOUNT = "amount"
    """Not minutes but öre, so that sums are exact."""


class Place(NamedTuple):
    """What minutes are about."""

    legal_basis: str
    client_id: ClientId
    service_code: ServiceCode | None
    unit_id: UnitId
    provider_id: ProviderId


class Entry(NamedTuple):
    """Minutes of one layer on one local day, with the visit they come from where there is one."""

    place: Place
    day: date
    layer: Layer
    minutes: int
    visit_id: VisitId | None = None
    kind: VisitKind | None = None
    """What the visit was for, of performed minutes."""


Cells = dict[Place, dict[Layer, int]]
"""Minutes of each layer by place. A layer that nothing was said of is not there."""


class Sources(NamedTuple):
    """What one client's month is made of."""

    ordered: list[OrderedMinutes]
    planned: list[PlannedVisit]
    performed: list[PerformedMinutes]


def by_client(
    ordered: Iterable[OrderedMinutes],
    planned: Iterable[PlannedVisit],
    performed: Iterable[PerformedMinutes],
) -> dict[ClientId, Sources]:
    """Sort a month's minutes by client, so that each client's days are gone through once and forgotten."""
    found: defaultdict[ClientId, Sources] = defaultdict(lambda: Sources([], [], []))
    for line in ordered:
        found[line.client_id].ordered.append(line)
    for plan in planned:
        for client_id in _clients_of(plan):
            found[client_id].planned.append(plan)
    for row in performed:
        found[row.client_id].performed.append(row)
    return dict(found)


def _clients_of(plan: PlannedVisit) -> Collection[ClientId]:
    """Those it is for, and those its services are for: hardly ever others."""
    client_ids = plan.client_ids
    for service in plan.services:
        if service.client_id not in client_ids:
            return {*client_ids, *[service.client_id for service in plan.services]}
    return client_ids if len(client_ids) == 1 else set(client_ids)


def add_up(entries: Iterable[Entry]) -> Cells:
    """Sum the entries of each place."""
    cells: defaultdict[Place, dict[Layer, int]] = defaultdict(dict)
    before: Place | None = None
    for place, _, layer, minutes, _, _ in entries:
        if place is not before:
            before, cell = place, cells[place]
        cell[layer] = cell.get(layer, 0) + minutes
    return dict(cells)


def month_entries(client_id: ClientId, sources: Sources, context: Context, rulebook: Rulebook) -> list[Entry]:
    """Put the layers of one client's month together, granted to performed.

    Everything of a client belongs to the unit responsible for them on the day, whichever unit made the visit, so that like
    is compared with like; where the ledger knows no such unit, to one that planned or made a visit [A].
    """
    units = _Units(client_id, context)
    return [
        *_of_orders(sources.ordered, units, _unit_at_work(client_id, sources)),
        *_of_plans(sources.planned, units, rulebook),
        *_of_performed(sources.performed, units, rulebook),
    ]


class _Units(msgspec.Struct, frozen=True):
    """Says which unit is responsible for a client: found once a day, of which there are few beside the minutes."""

    client_id: ClientId
    context: Context
    _known: dict[date, tuple[UnitId, ProviderId]] = {}
    _places: dict[tuple[str, ServiceCode | None, UnitId, ProviderId], Place] = {}

    def of(self, day: date) -> tuple[UnitId, ProviderId]:
        """The unit of the day and its provider, each empty where none is known."""
        found = self._known.get(day)
        if found is None:
            unit_id = self.context.client_unit(self.client_id, day)
            found = self._known[day] = unit_id, self.context.provider_of(unit_id)
        return found

    def place(self, row: OrderedMinutes | PerformedMinutes | PayLine, at_work: UnitId) -> Place:
        """Where a row's minutes belong; to the unit `at_work` where none is responsible."""
        unit_id, provider_id = self.of(row.day)
        if not unit_id:
            unit_id, provider_id = at_work, self.context.provider_of(at_work)
        return self.named(row.legal_basis, row.service_code, unit_id, provider_id or row.provider_id)

    def named(self, legal_basis: str, code: ServiceCode | None, unit_id: UnitId, provider_id: ProviderId) -> Place:
        """The client's place of that name: made once, since a month has few and files every minute under one."""
        name = legal_basis, code, unit_id, provider_id
        found = self._places.get(name)
        if found is None:
            found = self._places[name] = Place(legal_basis, self.client_id, code, unit_id, provider_id)
        return found


def _of_orders(ordered: Sequence[OrderedMinutes], units: _Units, at_work: UnitId) -> Iterator[Entry]:
    # Every field is given, here and below: a default takes as long again.
    granted_layer, ordered_layer, planned_layer = Layer.GRANTED, Layer.ORDERED, Layer.PLANNED
    for line in ordered:
        place = units.place(line, at_work)
        if line.granted_minutes is not None:
            yield Entry(place, line.day, granted_layer, line.granted_minutes, None, None)
        if line.ordered_minutes is not None:
            yield Entry(place, line.day, ordered_layer, line.ordered_minutes, None, None)
        else:
            # Also what is ordered without minutes has a row, so that it is seen when nothing is done.
            yield Entry(place, line.day, planned_layer, 0, None, None)


def _of_plans(planned: Sequence[PlannedVisit], units: _Units, rulebook: Rulebook) -> Iterator[Entry]:
    client_id, context = units.client_id, units.context
    for plan in planned:
        day = local_day(plan.starts_at, rulebook.zone)
        layer = Layer.PLANNED if plan.cancelled_by is None else Layer.CANCELLED
        for whose, code, minutes in planned_services(plan, context, rulebook):
            if whose == client_id:
                unit_id, provider_id = units.of(day)
                if not unit_id:
                    unit_id, provider_id = plan.unit_id, context.provider_of(plan.unit_id)
                provider_id = provider_id or context.ordered_provider(client_id, day)
                basis = context.legal_basis(client_id, code, day)
                yield Entry(units.named(basis, code, unit_id, provider_id), day, layer, minutes, plan.visit_id, None)


def _of_performed(performed: Sequence[PerformedMinutes], units: _Units, rulebook: Rulebook) -> Iterator[Entry]:
    layer = Layer.PERFORMED
    for row in performed:
        if row.uncounted is None:
            place = units.place(row, row.client_unit_id)
            yield Entry(place, row.day, layer, row.client_minutes(rulebook), row.visit_id, row.kind)


def paid_entries(paid: Iterable[PayLine], context: Context) -> Iterator[Entry]:
    """What was reimbursed of the month, of whichever client."""
    known: dict[ClientId, _Units] = {}
    reimbursed, amount = Layer.REIMBURSED, Layer.AMOUNT
    for line in paid:
        units = known.get(line.client_id) or known.setdefault(line.client_id, _Units(line.client_id, context))
        place, day, visit_id = units.place(line, line.client_unit_id), line.day, line.visit_id
        yield Entry(place, day, reimbursed, line.reimbursed_minutes, visit_id, None)
        yield Entry(place, day, amount, int(line.amount * ORE_PER_KRONA), visit_id, None)


def _unit_at_work(client_id: ClientId, sources: Sources) -> UnitId:
    """One unit that works for a client: the first by name that planned a visit, else that made one."""
    planning = [plan.unit_id for plan in sources.planned if plan.unit_id and client_id in plan.client_ids]
    return min(planning or [row.client_unit_id for row in sources.performed], default=NO_UNIT)
