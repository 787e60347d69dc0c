"""A month's minutes of every layer, granted to performed, put side by side: what a reconciliation adds up."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from enum import StrEnum
from typing import NamedTuple

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

    __hash__ = str.__hash__  # an enumeration's own takes ten times as long, and every minute is filed under its layer


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
        for client_id in {*plan.client_ids, *(service.client_id for service in plan.services)}:
            found[client_id].planned.append(plan)
    for row in performed:
        found[row.client_id].performed.append(row)
    return dict(found)


def add_up(entries: Iterable[Entry]) -> Cells:
    """Sum the entries of each place."""
    cells: defaultdict[Place, dict[Layer, int]] = defaultdict(dict)
    for entry in entries:
        cell = cells[entry.place]
        cell[entry.layer] = cell.get(entry.layer, 0) + entry.minutes
    return dict(cells)


def month_entries(
    client_id: ClientId, sources: Sources, context: Context, rulebook: Rulebook, *, at_work: Mapping[ClientId, UnitId]
) -> list[Entry]:
    """Put the layers of one client's month together, granted to performed.

    Everything of a client belongs to the unit responsible for them on the day, whichever unit made the visit, so that like
    is compared with like; where the ledger knows no such unit, to one that planned or made a visit [A].
    """
    return [
        *_of_orders(sources.ordered, context, at_work),
        *_of_plans(client_id, sources.planned, context, rulebook),
        *_of_performed(sources.performed, context, rulebook),
    ]


def _of_orders(
    ordered: Sequence[OrderedMinutes], context: Context, at_work: Mapping[ClientId, UnitId]
) -> Iterator[Entry]:
    for line in ordered:
        unit_id = context.client_unit(line.client_id, line.day) or at_work.get(line.client_id, NO_UNIT)
        provider_id = context.provider_of(unit_id) or line.provider_id
        place = Place(line.legal_basis, line.client_id, line.service_code, unit_id, provider_id)
        # Also what is ordered without minutes has a row, so that it is seen when nothing is done.
        yield Entry(place, line.day, Layer.PLANNED, 0)
        if line.granted_minutes is not None:
            yield Entry(place, line.day, Layer.GRANTED, line.granted_minutes)
        if line.ordered_minutes is not None:
            yield Entry(place, line.day, Layer.ORDERED, line.ordered_minutes)


def _of_plans(
    client_id: ClientId, planned: Sequence[PlannedVisit], context: Context, rulebook: Rulebook
) -> Iterator[Entry]:
    for plan in planned:
        day = local_day(plan.starts_at, rulebook.zone)
        layer = Layer.PLANNED if plan.cancelled_by is None else Layer.CANCELLED
        for whose, code, minutes in planned_services(plan, context, rulebook):
            if whose == client_id:
                unit_id = context.client_unit(client_id, day) or plan.unit_id
                provider_id = context.provider_of(unit_id) or context.ordered_provider(client_id, day)
                basis = context.legal_basis(client_id, code, day)
                place = Place(basis, client_id, code, unit_id, provider_id)
                yield Entry(place, day, layer, minutes, plan.visit_id)


def _of_performed(performed: Sequence[PerformedMinutes], context: Context, rulebook: Rulebook) -> Iterator[Entry]:
    for row in performed:
        if row.uncounted is None:
            place = _place_of(row, context)
            yield Entry(place, row.day, Layer.PERFORMED, row.client_minutes(rulebook), row.visit_id, row.kind)


def paid_entries(paid: Iterable[PayLine], context: Context) -> Iterator[Entry]:
    """What was reimbursed of the month, of whichever client."""
    for line in paid:
        place = _place_of(line, context)
        yield Entry(place, line.day, Layer.REIMBURSED, line.reimbursed_minutes)
        yield Entry(place, line.day, Layer.AMOUNT, int(line.amount * ORE_PER_KRONA))


def _place_of(row: PerformedMinutes | PayLine, context: Context) -> Place:
    unit_id = context.client_unit(row.client_id, row.day) or row.client_unit_id
    provider_id = context.provider_of(unit_id) or row.provider_id
    return Place(row.legal_basis, row.client_id, row.service_code, unit_id, provider_id)


def units_at_work(planned: Sequence[PlannedVisit], performed: Sequence[PerformedMinutes]) -> dict[ClientId, UnitId]:
    """For each client one unit that works for them: the first by name that planned a visit, else that made one."""
    made = {row.client_id: row.client_unit_id for row in sorted(performed, key=lambda row: row.client_unit_id)[::-1]}
    plans = sorted(planned, key=lambda plan: plan.unit_id)[::-1]
    return made | {client_id: plan.unit_id for plan in plans for client_id in plan.client_ids if plan.unit_id}
