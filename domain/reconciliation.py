"""Reconciliation: granted and ordered against planned, performed and reimbursed, by client and service, for one month
(rules.md 10).

A deviation respects how firmly the order binds [S:SEED3]: under `strict` each service is compared, under `flexible` and
`time_frame` only the client's total, under `none` nothing. Each is split by cause. Totals of one legal basis are kept apart
from another's (rules.md 11).
"""

from collections import Counter, defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from enum import StrEnum
from itertools import chain
from typing import NamedTuple

import msgspec

from domain.access.reach import EVERYTHING, Reach
from domain.client_month import MonthOfClients, month_of_clients
from domain.context import Context
from domain.deviation.cause import Cause
from domain.deviation.grounds import NO_GROUNDS, Grounds
from domain.deviation.slots import Days
from domain.deviation.windows import Deviation, Pool, explained
from domain.facts import PlannedVisit
from domain.ids import ClientId, ProviderId, ServiceCode, UnitId
from domain.local_time import Month
from domain.minute_controls import MinuteControls
from domain.month_minutes import ORE_PER_KRONA, Cells, Entry, Layer, Place, add_up, paid_entries
from domain.order.values import MinuteControl
from domain.pay.lines import PayLine
from domain.performed_time import PerformedMinutes
from domain.rulebook.rulebook import Rulebook


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
    excess_minutes: int = 0
    """Beyond what is ordered, approved and tolerated over each cap period; one client's is not evened out by another's
    shortfall (rules.md 2.2)."""
    approved_excess: int = 0
    """Beyond what is ordered, and approved by a care manager."""
    shortfall_minutes: int = 0
    """Ordered and not performed, over each cap period."""
    causes: dict[Cause, int] = {}
    """The deviation split by cause; the parts add up to it. Lacking minutes are negative. Empty where there is none."""
    reimbursed_minutes: int | None = None
    """None where pay was not computed."""
    reimbursed_amount: Decimal | None = None
    """Kronor, likewise."""


class RowKey(NamedTuple):
    """What a row is about; what its level does not name is None."""

    legal_basis: str
    client_id: ClientId | None = None
    service_code: ServiceCode | None = None
    unit_id: UnitId | None = None
    provider_id: ProviderId | None = None


def reconcile(
    month: Month,
    *,
    planned: Iterable[PlannedVisit],
    performed: Iterable[PerformedMinutes],
    context: Context,
    rulebook: Rulebook,
    grounds: Grounds = NO_GROUNDS,
    reimbursed: Iterable[PayLine] | None = None,
    reach: Reach = EVERYTHING,
) -> list[ReconciliationRow]:
    """Compute the month's rows: services, then clients, units and providers; of what lies within `reach`."""
    minutes = month_of_clients(month, planned=planned, performed=performed, context=context, rulebook=rulebook)
    found = tally(minutes, context=context, rulebook=rulebook, grounds=grounds, reimbursed=reimbursed)
    return [row for level in Level for row in found.within(reach).rows(level)]


def tally(
    minutes: MonthOfClients,
    *,
    context: Context,
    rulebook: Rulebook,
    grounds: Grounds = NO_GROUNDS,
    reimbursed: Iterable[PayLine] | None = None,
) -> "Tally":
    """Compare the month's minutes, client by client.

    `grounds` say what the deviations come from; `reimbursed` are the month's pay lines, None where pay was not computed.
    """
    pools: dict[Pool, Deviation] = {}
    for client in minutes.clients:
        days = Days(client.client_id, context, rulebook, grounds)
        pools |= explained(client.windows, days.slots(client.entries, client.plans), days, minutes.stretches)
    cells = add_up(entries_of(minutes, reimbursed or (), context))
    return Tally(str(minutes.month), cells, pools, minutes.stretches.controls, is_paid=reimbursed is not None)


def entries_of(minutes: MonthOfClients, reimbursed: Iterable[PayLine], context: Context) -> Iterator[Entry]:
    """What a tally adds up: the minutes of every layer, granted to reimbursed, with the visit they come from."""
    entries = chain.from_iterable(client.entries for client in minutes.clients)
    return chain(entries, paid_entries(reimbursed, context))


class Tally(msgspec.Struct, frozen=True):
    """Adds a month's cells and deviations up on every level."""

    month: str
    cells: Cells
    pools: Mapping[Pool, Deviation]
    controls: MinuteControls
    is_paid: bool

    def of_clients(self, client_ids: Container[ClientId]) -> "Tally":
        """Only what is these clients'."""
        cells = {place: cell for place, cell in self.cells.items() if place.client_id in client_ids}
        pools = {pool: deviation for pool, deviation in self.pools.items() if pool.client_id in client_ids}
        return Tally(self.month, cells, pools, self.controls, self.is_paid)

    def within(self, reach: Reach) -> "Tally":
        """Only what units within reach were responsible for."""
        if reach.is_wide:
            return self
        cells = {place: cell for place, cell in self.cells.items() if reach.has_unit(place.unit_id)}
        pools = {pool: deviation for pool, deviation in self.pools.items() if reach.has_unit(pool.unit_id)}
        return Tally(self.month, cells, pools, self.controls, self.is_paid)

    def rows(self, level: Level) -> list[ReconciliationRow]:
        """The rows of a level, in a fixed order."""
        groups: defaultdict[RowKey, Cells] = defaultdict(dict)
        for place, cell in self.cells.items():
            groups[row_key(level, place)][place] = cell
        deviating: defaultdict[RowKey, Deviation] = defaultdict(Deviation)
        for pool, deviation in self.pools.items():
            deviating[row_key(level, pool)].add(deviation)
        in_order = sorted(groups.items(), key=lambda group: tuple(name or "" for name in group[0]))
        return [self._row(level, key, group, deviating.get(key)) for key, group in in_order]

    def _row(self, level: Level, key: RowKey, cells: Cells, deviation: Deviation | None) -> ReconciliationRow:
        found = {self.controls.of(*place[:3]) for place in cells}
        totals, compared = Counter[Layer](), Counter[Layer]()
        for place, cell in cells.items():
            totals.update(cell)
            if self.controls.of(*place[:3]) is not MinuteControl.NONE:
                compared.update(cell)
        is_measured = not found.isdisjoint({MinuteControl.STRICT, MinuteControl.FLEXIBLE})
        ordered = compared.get(Layer.ORDERED, 0 if is_measured else None)
        is_compared = found == {MinuteControl.STRICT} if level is Level.SERVICE else True
        base = ordered if is_compared else None
        split = deviation if deviation is not None and base is not None else Deviation()
        return ReconciliationRow(
            level=level,
            month=self.month,
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
            excess_minutes=split.excess_minutes,
            approved_excess=split.approved_excess,
            shortfall_minutes=split.shortfall_minutes,
            causes={cause: split.causes[cause] for cause in Cause if split.causes.get(cause)},
            reimbursed_minutes=totals[Layer.REIMBURSED] if self.is_paid else None,
            reimbursed_amount=Decimal(totals[Layer.AMOUNT]) / ORE_PER_KRONA if self.is_paid else None,
        )


def together(tallies: Sequence[Tally]) -> Tally:
    """Put the tallies of different clients into one."""
    first = tallies[0]
    controls = [each.controls for each in tallies]
    return Tally(
        first.month,
        dict(chain.from_iterable(each.cells.items() for each in tallies)),
        dict(chain.from_iterable(each.pools.items() for each in tallies)),
        MinuteControls(
            dict(chain.from_iterable(each.stated.items() for each in controls)),
            dict(chain.from_iterable(each.unnamed.items() for each in controls)),
            first.controls.otherwise,
        ),
        is_paid=first.is_paid,
    )


def row_key(level: Level, place: Place | Pool) -> RowKey:
    """Which row of a level the minutes of a place belong to."""
    match level:
        case Level.SERVICE:
            return RowKey(place.legal_basis, client_id=place.client_id, service_code=place.service_code)
        case Level.CLIENT:
            return RowKey(place.legal_basis, client_id=place.client_id)
        case Level.UNIT:
            return RowKey(place.legal_basis, unit_id=place.unit_id)
        case Level.PROVIDER:
            return RowKey(place.legal_basis, provider_id=place.provider_id)
