"""What a month comes to: the parts that households are computed in, added up by unit and provider."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from decimal import Decimal

import msgspec

from domain.exception_catalogue import ExceptionCode
from domain.ids import ProviderId, UnitId
from domain.pay.lines import PayLine
from domain.performed_time import PerformedMinutes, Total, sum_by
from domain.reconciliation import Level, ReconciliationRow, Tally, together

Belongs = tuple[UnitId, ProviderId]


class MonthTotals(msgspec.Struct, kw_only=True):
    """The sums of some clients' month. Those of all clients are the sums of any parts, in any order."""

    clients: int = 0
    visits: int = 0
    performed: dict[Belongs, Total] = msgspec.field(default_factory=dict)
    """By the client's unit and provider."""
    paid: dict[ProviderId, Decimal] = msgspec.field(default_factory=dict)
    """Kronor."""
    exceptions: Counter[ExceptionCode] = msgspec.field(default_factory=Counter)
    tallies: list[Tally] = msgspec.field(default_factory=list)
    continuity: Counter[int] = msgspec.field(default_factory=Counter)
    """How many clients met so many workers."""

    def add(self, other: "MonthTotals") -> None:
        """Take in another part."""
        self.clients += other.clients
        self.visits += other.visits
        for belongs, total in other.performed.items():
            self.performed[belongs] = _sum(self.performed.get(belongs, Total()), total)
        for provider_id, amount in other.paid.items():
            self.paid[provider_id] = self.paid.get(provider_id, Decimal(0)) + amount
        self.exceptions.update(other.exceptions)
        self.tallies += other.tallies
        self.continuity.update(other.continuity)

    def reconciliation(self) -> list[ReconciliationRow]:
        """The rows of units and providers."""
        whole = together(self.tallies)
        return [*whole.rows(Level.UNIT), *whole.rows(Level.PROVIDER)]


def performed_by_unit(rows: Iterable[PerformedMinutes]) -> dict[Belongs, Total]:
    """Add rows up by the client's unit and provider."""
    counted = (row for row in rows if row.uncounted is None)
    return sum_by(counted, lambda row: (row.client_unit_id, row.provider_id))


def paid_by_provider(lines: Iterable[PayLine]) -> dict[ProviderId, Decimal]:
    """Add lines up, in kronor."""
    paid: defaultdict[ProviderId, Decimal] = defaultdict(Decimal)
    for line in lines:
        paid[line.provider_id] += line.amount
    return dict(paid)


def _sum(one: Total, other: Total) -> Total:
    return Total(
        one.staff_minutes + other.staff_minutes,
        one.visit_minutes + other.visit_minutes,
        one.lent_minutes + other.lent_minutes,
    )
