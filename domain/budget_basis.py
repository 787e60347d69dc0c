"""Budget basis: planned and performed time of a unit's latest months, which its budget is drawn from (rules.md 7.1 [S:SEED3]).

Ordered time does not drive it. The minutes are the very ones that a reconciliation adds up.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence

import msgspec

from domain.context import Context
from domain.facts import VisitFacts
from domain.ids import ClientId, ProviderId, UnitId
from domain.local_time import ONE_DAY, Month, local_day, month_of
from domain.month_minutes import Entry, Layer, by_client, month_entries
from domain.performed_time import performed_time
from domain.rulebook.rulebook import Rulebook


class BudgetRow(msgspec.Struct, frozen=True, kw_only=True):
    """A unit's month under one act, which is kept apart from another's (rules.md 11)."""

    month: str
    unit_id: UnitId
    provider_id: ProviderId
    legal_basis: str
    planned_minutes: int
    """Without those of cancelled visits."""
    cancelled_minutes: int
    performed_minutes: int


class BudgetTotal(msgspec.Struct, frozen=True, kw_only=True):
    """A unit's months together. Months without any time count too, so that an average is over all that were asked for."""

    months: int
    unit_id: UnitId
    provider_id: ProviderId
    legal_basis: str
    planned_minutes: int
    cancelled_minutes: int
    performed_minutes: int

    @property
    def performed_minutes_per_month(self) -> float:
        """The average month."""
        return self.performed_minutes / self.months


def budget_months(last: Month, count: int) -> list[Month]:
    """The months of the basis, the last of them included, in order of time."""
    months = [last]
    while len(months) < count:
        months.append(month_of(months[-1].first_on - ONE_DAY))
    return months[::-1]


def budget_month(
    month: Month, visits: Iterable[VisitFacts], *, context: Context, rulebook: Rulebook
) -> list[BudgetRow]:
    """The rows of one month, from the visits that touch it."""
    sums: defaultdict[tuple[ProviderId, UnitId, str], Counter[Layer]] = defaultdict(Counter)
    for entry in _entries(month, list(visits), context, rulebook):
        place = entry.place
        sums[place.provider_id, place.unit_id, place.legal_basis][entry.layer] += entry.minutes
    return [
        BudgetRow(
            month=str(month),
            unit_id=unit_id,
            provider_id=provider_id,
            legal_basis=legal_basis,
            planned_minutes=total[Layer.PLANNED],
            cancelled_minutes=total[Layer.CANCELLED],
            performed_minutes=total[Layer.PERFORMED],
        )
        for (provider_id, unit_id, legal_basis), total in sorted(sums.items())
    ]


def budget_clients(
    month: Month, visits: Iterable[VisitFacts], *, context: Context, rulebook: Rulebook
) -> Iterator[tuple[UnitId, str, ClientId]]:
    """The clients whose minutes each row of one month adds up, with its unit and act."""
    for entry in _entries(month, list(visits), context, rulebook):
        yield entry.place.unit_id, entry.place.legal_basis, entry.place.client_id


def _entries(month: Month, visits: Sequence[VisitFacts], context: Context, rulebook: Rulebook) -> Iterator[Entry]:
    plans = [visit.planned for visit in visits if visit.planned]
    planned = [plan for plan in plans if local_day(plan.starts_at, rulebook.zone) in month]
    rows = [row for row in performed_time(visits, context=context, rulebook=rulebook) if row.day in month]
    for client_id, sources in by_client((), planned, rows).items():
        yield from month_entries(client_id, sources, context, rulebook)


def budget_totals(rows: Sequence[BudgetRow], months: int) -> list[BudgetTotal]:
    """Add up the rows of so many months for each unit and act."""
    groups: defaultdict[tuple[ProviderId, UnitId, str], list[BudgetRow]] = defaultdict(list)
    for row in rows:
        groups[row.provider_id, row.unit_id, row.legal_basis].append(row)
    return [
        BudgetTotal(
            months=months,
            unit_id=unit_id,
            provider_id=provider_id,
            legal_basis=legal_basis,
            planned_minutes=sum(row.planned_minutes for row in group),
            cancelled_minutes=sum(row.cancelled_minutes for row in group),
            performed_minutes=sum(row.performed_minutes for row in group),
        )
        for (provider_id, unit_id, legal_basis), group in sorted(groups.items())
    ]
