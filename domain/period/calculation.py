"""How a month's lines are computed, by version: a closed month names the version that made it, and is never made anew.

A change that would give a closed month other bytes is a new version beside the old one. The old one stays callable while a
closed month of the retention time names it; where it cannot, `visitledger report --recompute` states the difference.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import NamedTuple

import msgspec

from domain.context import Context
from domain.facts import VisitFacts
from domain.ids import VisitId
from domain.local_time import Month
from domain.pay.reimbursement import reimbursement
from domain.performed_time import performed_time
from domain.period.sections import Line, Section
from domain.period.standing import accounts_for, client_days, clients_in
from domain.period.values import Accountable
from domain.reconciliation import Level, ReconciliationRow, reconcile
from domain.rulebook.rulebook import Rulebook

CALCULATION_VERSION = 1
"""The one that months are closed by."""

PAID = Section(
    name="pay",
    key=("kind", "day", "visit_id", "client_id", "legal_basis", "service_code", "band"),
    measures=("performed_minutes", "base_minutes", "reimbursed_minutes", "withheld_minutes", "amount"),
    also=("rulebook_version", "quantity", "rate", "withheld"),
)
RECONCILED = Section(
    name="reconciliation",
    key=("level", "legal_basis", "client_id", "service_code", "unit_id", "provider_id"),
    measures=(
        "granted_minutes",
        "ordered_minutes",
        "planned_minutes",
        "cancelled_minutes",
        "performed_minutes",
        "reimbursed_minutes",
        "reimbursed_amount",
    ),
    also=("minute_control", "deviation_minutes"),
    is_adjusted=False,
)


@dataclass(frozen=True, slots=True)
class MonthFacts:
    """What is known of a month at one position of the log. The visits may be everybody's, and reach back before the month
    by what its pay needs to know. `must_fix` names those with an exception that must be fixed before pay."""

    accountable: Accountable
    month: Month
    visits: Sequence[VisitFacts]
    context: Context
    rulebook: Rulebook
    must_fix: frozenset[VisitId] = frozenset()


class Calculation(NamedTuple):
    """One version: its sections, and the function that fills them."""

    sections: tuple[Section, ...]
    rows: Callable[[MonthFacts], Mapping[str, Iterable[msgspec.Struct]]]

    def lines(self, facts: MonthFacts) -> dict[str, tuple[Line, ...]]:
        """The month's lines by section."""
        rows = self.rows(facts)
        return {section.name: section.lines(rows[section.name]) for section in self.sections}


def first_calculation(facts: MonthFacts) -> Mapping[str, Iterable[msgspec.Struct]]:
    """What is paid and what is not, line by line, and the reconciliation of the unit's or provider's clients beside its
    totals."""
    mine = of_accountable(facts)
    performed = performed_time(mine.visits, context=mine.context, rulebook=mine.rulebook)
    paid = reimbursement(
        mine.month,
        mine.visits,
        context=mine.context,
        rulebook=mine.rulebook,
        must_fix=mine.must_fix,
        performed=performed,
    )
    reconciled = reconcile(
        mine.month,
        planned=[visit.planned for visit in mine.visits if visit.planned],
        performed=performed,
        context=mine.context,
        rulebook=mine.rulebook,
        reimbursed=paid,
    )
    lines = [line for line in paid if accounts_for(mine.accountable, line, mine.context)]
    return {PAID.name: lines, RECONCILED.name: _reconciled_lines(mine, reconciled)}


CALCULATIONS: Mapping[int, Calculation] = MappingProxyType({1: Calculation((PAID, RECONCILED), first_calculation)})
"""Every version that can still be called."""


def of_accountable(facts: MonthFacts) -> MonthFacts:
    """Leave out visits and orders that have nothing to do with the unit's or provider's clients."""
    clients, zone = clients_in(facts.accountable, facts.month, facts.context), facts.rulebook.zone
    visits, orders = [], set(clients)
    for visit in facts.visits:
        days = client_days(visit, zone)
        if _planned_by(facts, visit) or any(client_id in clients for client_id, _ in days):
            visits.append(visit)
            orders.update(client_id for client_id, _ in days)
    lines = {client_id: held for client_id, held in facts.context.order_lines.items() if client_id in orders}
    frames = tuple(frame for frame in facts.context.time_frames if frame.client_id in orders)
    context = msgspec.structs.replace(facts.context, order_lines=lines, time_frames=frames)
    return replace(facts, visits=visits, context=context)


def _planned_by(facts: MonthFacts, visit: VisitFacts) -> bool:
    if visit.planned is None or not visit.planned.unit_id:
        return False
    unit_id, accountable = visit.planned.unit_id, facts.accountable
    return accountable.id in {unit_id, facts.context.provider_of(unit_id)}


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
