"""Reconciliation: granted and ordered against planned and performed, by client and service, for one month (rules.md 10).

A deviation respects how firmly the order binds [S:SEED3]: under `strict` each service is compared, under `flexible` and
`time_frame` only the client's total, under `none` nothing. Totals of one legal basis are kept apart from another's
(rules.md 11).
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from typing import NamedTuple

import msgspec

from domain.context import Context
from domain.facts import PlannedVisit
from domain.ids import ClientId, ProviderId, ServiceCode, UnitId
from domain.local_time import Month, local_day
from domain.month_minutes import Cells, Layer, Place, month_minutes
from domain.order.values import MinuteControl
from domain.ordered_time import OrderedMinutes, ordered_time
from domain.performed_time import PerformedMinutes
from domain.rulebook.rulebook import Rulebook

LOOSEST_FIRST = (MinuteControl.NONE, MinuteControl.TIME_FRAME, MinuteControl.FLEXIBLE, MinuteControl.STRICT)
"""Where lines of one service bind differently, the loosest decides what can be called a deviation [A]."""


class Level(StrEnum):
    """What a row adds up."""

    SERVICE = "service"
    CLIENT = "client"
    UNIT = "unit"
    PROVIDER = "provider"


class ReconciliationRow(msgspec.Struct, frozen=True, kw_only=True):
    """One month of a client's service, or the total of a client, a unit or a provider. What a level does not name is None.

    On the level of services, None as `service_code` stands for time without a service: ordered as one pot, planned as a
    whole visit, or performed without saying what.
    """

    level: Level
    month: str
    legal_basis: str
    client_id: ClientId | None = None
    service_code: ServiceCode | None = None
    unit_id: UnitId | None = None
    provider_id: ProviderId | None = None
    minute_control: MinuteControl | None = None
    """How firmly the service is ordered; None on totals."""
    granted_minutes: int | None
    ordered_minutes: int | None
    """None where nothing is ordered in minutes."""
    planned_minutes: int
    """Without those of cancelled visits."""
    cancelled_minutes: int
    performed_minutes: int
    uncontrolled_minutes: int
    """Of the performed, those under minute control `none`: there is nothing to compare them with."""
    deviation_minutes: int | None
    """Performed, without the uncontrolled, minus ordered; None where this level has nothing to compare."""
    plan_coverage: float | None
    """Planned / ordered, where there is a deviation and something is ordered."""
    delivery_rate: float | None
    """Performed / ordered, likewise."""

    @property
    def excess_minutes(self) -> int:
        """Performed beyond what is ordered; approved excess is not taken off."""
        return max(0, self.deviation_minutes or 0)

    @property
    def shortfall_minutes(self) -> int:
        """Ordered and not performed."""
        return max(0, -(self.deviation_minutes or 0))


class RowKey(NamedTuple):
    """What a row is about; what its level does not name is None."""

    legal_basis: str
    client_id: ClientId | None = None
    service_code: ServiceCode | None = None
    unit_id: UnitId | None = None
    provider_id: ProviderId | None = None


Service = tuple[str, ClientId, ServiceCode | None]
Controls = Mapping[Service, MinuteControl]


def reconcile(
    month: Month,
    *,
    planned: Iterable[PlannedVisit],
    performed: Iterable[PerformedMinutes],
    context: Context,
    rulebook: Rulebook,
) -> list[ReconciliationRow]:
    """Compute the month's rows: services, then clients, units and providers.

    A visit is planned on the day of its start, and performed on each of its local days [A].
    """
    ordered = list(ordered_time(month, context))
    plans = [plan for plan in planned if local_day(plan.starts_at, rulebook.zone) in month]
    rows = [row for row in performed if row.day in month]
    cells = month_minutes(ordered, plans, rows, context, rulebook)
    controls = _controls(cells, ordered, rulebook.on(month.first_on).policies.minute_control)
    return [_row(level, str(month), key, group, controls) for level in Level for key, group in _grouped(level, cells)]


def _controls(cells: Cells, ordered: Sequence[OrderedMinutes], control: MinuteControl) -> Controls:
    """How firmly each service binds: as its order says. What no order names counts in the client's total, unless all that
    is ordered for the client is without minutes."""
    stated: dict[Service, MinuteControl] = {}
    by_client: defaultdict[tuple[str, ClientId], set[MinuteControl]] = defaultdict(set)
    for line in sorted(ordered, key=lambda line: LOOSEST_FIRST.index(line.minute_control)):
        stated.setdefault((line.legal_basis, line.client_id, line.service_code), line.minute_control)
        by_client[line.legal_basis, line.client_id].add(line.minute_control)
    unnamed = {client: _unnamed(found) for client, found in by_client.items()}
    return {place[:3]: stated.get(place[:3]) or unnamed.get(place[:2]) or control for place in cells}


def _unnamed(found: set[MinuteControl]) -> MinuteControl:
    return MinuteControl.NONE if found == {MinuteControl.NONE} else MinuteControl.FLEXIBLE


def _grouped(level: Level, cells: Cells) -> list[tuple[RowKey, Cells]]:
    """Gather the cells of each row, in a fixed order."""
    groups: defaultdict[RowKey, Cells] = defaultdict(dict)
    for place, cell in cells.items():
        groups[_key(level, place)][place] = cell
    return sorted(groups.items(), key=lambda group: tuple(name or "" for name in group[0]))


def _key(level: Level, place: Place) -> RowKey:
    match level:
        case Level.SERVICE:
            return RowKey(place.legal_basis, client_id=place.client_id, service_code=place.service_code)
        case Level.CLIENT:
            return RowKey(place.legal_basis, client_id=place.client_id)
        case Level.UNIT:
            return RowKey(place.legal_basis, unit_id=place.unit_id)
        case Level.PROVIDER:
            return RowKey(place.legal_basis, provider_id=place.provider_id)


def _row(level: Level, month: str, key: RowKey, cells: Cells, controls: Controls) -> ReconciliationRow:
    found = {controls[place[:3]] for place in cells}
    totals, compared = Counter[Layer](), Counter[Layer]()
    for place, cell in cells.items():
        totals.update(cell)
        if controls[place[:3]] is not MinuteControl.NONE:
            compared.update(cell)
    is_measured = not found.isdisjoint({MinuteControl.STRICT, MinuteControl.FLEXIBLE})
    ordered = compared.get(Layer.ORDERED, 0 if is_measured else None)
    is_compared = found == {MinuteControl.STRICT} if level is Level.SERVICE else True
    base = ordered if is_compared else None
    return ReconciliationRow(
        level=level,
        month=month,
        **key._asdict(),
        minute_control=next(iter(found)) if level is Level.SERVICE else None,
        granted_minutes=totals.get(Layer.GRANTED),
        ordered_minutes=ordered,
        planned_minutes=totals[Layer.PLANNED],
        cancelled_minutes=totals[Layer.CANCELLED],
        performed_minutes=totals[Layer.PERFORMED],
        uncontrolled_minutes=totals[Layer.PERFORMED] - compared[Layer.PERFORMED],
        deviation_minutes=None if base is None else compared[Layer.PERFORMED] - base,
        plan_coverage=compared[Layer.PLANNED] / base if base else None,
        delivery_rate=compared[Layer.PERFORMED] / base if base else None,
    )
