"""How a month's lines are computed, by version: a closed month names the version that made it, and is never made anew.

A change that would give a closed month other bytes is a new version beside the old one. The old one stays callable while a
closed month of the retention time names it; where it cannot, `visitledger report --recompute` states the difference.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from types import MappingProxyType
from typing import NamedTuple

import msgspec

from domain.context import Context
from domain.facts import VisitFacts
from domain.ids import ClientId, ServiceCode, VisitId
from domain.local_time import Month
from domain.performed_time import PerformedMinutes, performed_time
from domain.period.sections import Line, Section
from domain.period.standing import accounts_for, client_days, clients_in
from domain.period.values import Accountable
from domain.reconciliation import Level, ReconciliationRow, reconcile
from domain.rulebook.rulebook import Rulebook

CALCULATION_VERSION = 1
"""The one that months are closed by."""

PERFORMED = Section(
    name="performed",
    key=("day", "visit_id", "client_id", "legal_basis", "service_code"),
    measures=("performed_minutes",),
)
RECONCILED = Section(
    name="reconciliation",
    key=("level", "legal_basis", "client_id", "service_code", "unit_id", "provider_id"),
    measures=("granted_minutes", "ordered_minutes", "planned_minutes", "cancelled_minutes", "performed_minutes"),
    also=("minute_control", "deviation_minutes"),
    is_adjusted=False,
)


@dataclass(frozen=True, slots=True)
class MonthFacts:
    """What is known of a month at one position of the log. The visits may be everybody's."""

    accountable: Accountable
    month: Month
    visits: Sequence[VisitFacts]
    context: Context
    rulebook: Rulebook


class PerformedLine(msgspec.Struct, frozen=True, kw_only=True):
    """What was done for a client on one day of one visit."""

    day: date
    visit_id: VisitId
    client_id: ClientId
    legal_basis: str
    service_code: ServiceCode | None
    performed_minutes: int


class Calculation(NamedTuple):
    """One version: its sections, and the function that fills them."""

    sections: tuple[Section, ...]
    rows: Callable[[MonthFacts], Mapping[str, Iterable[msgspec.Struct]]]

    def lines(self, facts: MonthFacts) -> dict[str, tuple[Line, ...]]:
        """The month's lines by section."""
        rows = self.rows(facts)
        return {section.name: section.lines(rows[section.name]) for section in self.sections}


def first_calculation(facts: MonthFacts) -> Mapping[str, Iterable[msgspec.Struct]]:
    """Performed time by visit, and the reconciliation of the unit's or provider's clients beside its totals."""
    mine = _of_accountable(facts)
    performed = performed_time(mine.visits, context=mine.context, rulebook=mine.rulebook)
    reconciled = reconcile(
        mine.month,
        planned=[visit.planned for visit in mine.visits if visit.planned],
        performed=performed,
        context=mine.context,
        rulebook=mine.rulebook,
    )
    return {PERFORMED.name: _performed_lines(mine, performed), RECONCILED.name: _reconciled_lines(mine, reconciled)}


CALCULATIONS: Mapping[int, Calculation] = MappingProxyType({1: Calculation((PERFORMED, RECONCILED), first_calculation)})
"""Every version that can still be called."""


def _of_accountable(facts: MonthFacts) -> MonthFacts:
    """Leave out visits and orders that have nothing to do with the unit's or provider's clients."""
    clients, zone = clients_in(facts.accountable, facts.month, facts.context), facts.rulebook.zone
    visits, orders = [], set(clients)
    for visit in facts.visits:
        days = client_days(visit, zone)
        if _planned_by(facts, visit) or any(client_id in clients for client_id, _ in days):
            visits.append(visit)
            orders.update(client_id for client_id, _ in days)
    lines = {client_id: held for client_id, held in facts.context.order_lines.items() if client_id in orders}
    return replace(facts, visits=visits, context=msgspec.structs.replace(facts.context, order_lines=lines))


def _planned_by(facts: MonthFacts, visit: VisitFacts) -> bool:
    if visit.planned is None or not visit.planned.unit_id:
        return False
    unit_id, accountable = visit.planned.unit_id, facts.accountable
    return accountable.id in {unit_id, facts.context.provider_of(unit_id)}


def _performed_lines(facts: MonthFacts, performed: Iterable[PerformedMinutes]) -> list[PerformedLine]:
    sums = Counter[tuple[date, VisitId, ClientId, str, ServiceCode | None]]()
    for row in performed:
        if row.day in facts.month and row.uncounted is None and accounts_for(facts.accountable, row, facts.context):
            about = (row.day, row.visit_id, row.client_id, row.legal_basis, row.service_code)
            sums[about] += row.client_minutes(facts.rulebook)
    return [
        PerformedLine(
            day=day,
            visit_id=visit_id,
            client_id=client_id,
            legal_basis=legal_basis,
            service_code=service_code,
            performed_minutes=minutes,
        )
        for (day, visit_id, client_id, legal_basis, service_code), minutes in sums.items()
    ]


def _reconciled_lines(facts: MonthFacts, rows: Iterable[ReconciliationRow]) -> list[ReconciliationRow]:
    """The totals of the unit or provider, and the services of its clients: of one who moved in the month the whole month
    [A]; the totals have only their own part."""
    clients = clients_in(facts.accountable, facts.month, facts.context)
    level = Level.UNIT if facts.accountable.unit_id else Level.PROVIDER
    return [
        row
        for row in rows
        if (row.level is Level.SERVICE and row.client_id in clients)
        or (row.level is level and facts.accountable.id in {row.unit_id, row.provider_id})
    ]
