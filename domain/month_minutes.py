"""A month's minutes of every layer, granted to performed, put side by side: what a reconciliation adds up."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum
from typing import NamedTuple

from domain.context import NO_UNIT, Context
from domain.facts import PlannedVisit
from domain.ids import ClientId, ProviderId, ServiceCode, UnitId
from domain.local_time import local_day
from domain.ordered_time import OrderedMinutes
from domain.performed_time import PerformedMinutes
from domain.planned_time import planned_services
from domain.rulebook.rulebook import Rulebook


class Layer(StrEnum):
    """What became of a minute, from the decision to the client's home."""

    GRANTED = "granted"
    ORDERED = "ordered"
    PLANNED = "planned"
    CANCELLED = "cancelled"
    PERFORMED = "performed"


class Place(NamedTuple):
    """What minutes are about."""

    legal_basis: str
    client_id: ClientId
    service_code: ServiceCode | None
    unit_id: UnitId
    provider_id: ProviderId


Entry = tuple[Place, Layer, int]
Cells = dict[Place, dict[Layer, int]]
"""Minutes of each layer by place. A layer that nothing was said of is not there."""


def add_up(entries: Iterable[Entry]) -> Cells:
    """Sum the entries of each place."""
    cells: defaultdict[Place, dict[Layer, int]] = defaultdict(dict)
    for place, layer, minutes in entries:
        cell = cells[place]
        cell[layer] = cell.get(layer, 0) + minutes
    return dict(cells)


def month_minutes(
    ordered: Sequence[OrderedMinutes],
    planned: Sequence[PlannedVisit],
    performed: Sequence[PerformedMinutes],
    context: Context,
    rulebook: Rulebook,
) -> Cells:
    """Put the layers of one month together.

    Everything of a client belongs to the unit responsible for them on the day, whichever unit made the visit, so that like
    is compared with like; where the ledger knows no such unit, to one that planned or made a visit [A].
    """
    at_work = _units_at_work(planned, performed)
    return add_up(
        (
            *_of_orders(ordered, context, at_work),
            *_of_plans(planned, context, rulebook),
            *_of_performed(performed, context, rulebook),
        )
    )


def _of_orders(ordered: Sequence[OrderedMinutes], context: Context, at_work: dict[ClientId, UnitId]) -> Iterator[Entry]:
    for line in ordered:
        unit_id = context.client_unit(line.client_id, line.day) or at_work.get(line.client_id, NO_UNIT)
        provider_id = context.provider_of(unit_id) or line.provider_id
        place = Place(line.legal_basis, line.client_id, line.service_code, unit_id, provider_id)
        # Also what is ordered without minutes has a row, so that it is seen when nothing is done.
        yield place, Layer.PLANNED, 0
        if line.granted_minutes is not None:
            yield place, Layer.GRANTED, line.granted_minutes
        if line.ordered_minutes is not None:
            yield place, Layer.ORDERED, line.ordered_minutes


def _of_plans(planned: Sequence[PlannedVisit], context: Context, rulebook: Rulebook) -> Iterator[Entry]:
    for plan in planned:
        day = local_day(plan.starts_at, rulebook.zone)
        layer = Layer.PLANNED if plan.cancelled_by is None else Layer.CANCELLED
        for client_id, code, minutes in planned_services(plan, context, rulebook):
            unit_id = context.client_unit(client_id, day) or plan.unit_id
            provider_id = context.provider_of(unit_id) or context.ordered_provider(client_id, day)
            basis = context.legal_basis(client_id, code, day)
            yield Place(basis, client_id, code, unit_id, provider_id), layer, minutes


def _of_performed(performed: Sequence[PerformedMinutes], context: Context, rulebook: Rulebook) -> Iterator[Entry]:
    for row in performed:
        unit_id = context.client_unit(row.client_id, row.day) or row.client_unit_id
        provider_id = context.provider_of(unit_id) or row.provider_id
        place = Place(row.legal_basis, row.client_id, row.service_code, unit_id, provider_id)
        if row.uncounted is None:
            yield place, Layer.PERFORMED, row.client_minutes(rulebook)


def _units_at_work(planned: Sequence[PlannedVisit], performed: Sequence[PerformedMinutes]) -> dict[ClientId, UnitId]:
    """For each client one unit that works for them: the first by name that planned a visit, else that made one."""
    made = {row.client_id: row.client_unit_id for row in sorted(performed, key=lambda row: row.client_unit_id)[::-1]}
    plans = sorted(planned, key=lambda plan: plan.unit_id)[::-1]
    return made | {client_id: plan.unit_id for plan in plans for client_id in plan.client_ids if plan.unit_id}
