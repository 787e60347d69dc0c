"""What if: the months on record under one rulebook and under another, side by side (rules.md 2.2, 3.2, 7).

Nothing is estimated: both sides are what performed time, reimbursement and reconciliation make of the same facts.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from enum import StrEnum

import msgspec

from domain.access.reach import EVERYTHING, Reach
from domain.client_month import month_of_clients
from domain.context import Context
from domain.facts import OrderLine, VisitFacts
from domain.ids import VisitId
from domain.local_time import Month
from domain.month_minutes import Place
from domain.order.values import MinuteControl
from domain.pay.reimbursement import reimbursement
from domain.performed_time import performed_time
from domain.reconciliation import Level, ReconciliationRow, Tally, tally
from domain.rulebook.rulebook import Rulebook

NOTHING = Decimal(0)
NONE_OF_THEM: frozenset[VisitId] = frozenset()


class By(StrEnum):
    """What a comparison adds up by."""

    ALL = "all"
    PROVIDER = "provider"
    UNIT = "unit"
    SERVICE = "service"
    CLIENT = "client"


class Side(msgspec.Struct, frozen=True, kw_only=True):
    """What one rulebook makes of it: minutes, and kronor."""

    ordered_minutes: int = 0
    performed_minutes: int = 0
    reimbursed_minutes: int = 0
    amount: Decimal = NOTHING
    deviation_minutes: int = 0
    """Performed minus ordered, where the order binds; of services only where it binds strictly."""

    def plus(self, row: ReconciliationRow) -> "Side":
        """With a row more."""
        return Side(
            ordered_minutes=self.ordered_minutes + (row.ordered_minutes or 0),
            performed_minutes=self.performed_minutes + row.performed_minutes,
            reimbursed_minutes=self.reimbursed_minutes + (row.reimbursed_minutes or 0),
            amount=self.amount + (row.reimbursed_amount or NOTHING),
            deviation_minutes=self.deviation_minutes + (row.deviation_minutes or 0),
        )


NO_SIDE = Side()


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """One line of a comparison. `name` is the id of what `by` says; empty where there is none, or all is meant."""

    by: By
    name: str
    legal_basis: str
    before: Side
    after: Side
    client_ids: frozenset[str] = frozenset()
    """Whom the line adds up."""

    @property
    def reimbursed_change(self) -> int:
        """Minutes more, or fewer, that are paid."""
        return self.after.reimbursed_minutes - self.before.reimbursed_minutes

    @property
    def amount_change(self) -> Decimal:
        """Kronor more, or less."""
        return self.after.amount - self.before.amount

    @property
    def deviation_change(self) -> int:
        """Minutes by which the deviation moves."""
        return self.after.deviation_minutes - self.before.deviation_minutes


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """A month as the ledger knows it. Visits may reach beyond it; `must_fix` names those with an exception to be fixed."""

    month: Month
    visits: Sequence[VisitFacts]
    context: Context
    must_fix: frozenset[VisitId] = NONE_OF_THEM


KEYS: Mapping[By, tuple[Level, Callable[[ReconciliationRow | Place], str]]] = {
    By.ALL: (Level.PROVIDER, lambda _: ""),
    By.PROVIDER: (Level.PROVIDER, lambda row: row.provider_id or ""),
    By.UNIT: (Level.UNIT, lambda row: row.unit_id or ""),
    By.SERVICE: (Level.SERVICE, lambda row: row.service_code or ""),
    By.CLIENT: (Level.CLIENT, lambda row: row.client_id or ""),
}
"""From which rows of the reconciliation each is added up, and by what."""


def compare_rulebooks(
    records: Iterable[Record],
    before: Rulebook,
    after: Rulebook,
    *,
    minute_control: MinuteControl | None = None,
    reach: Reach = EVERYTHING,
) -> list[Difference]:
    """Compute the months under both, and put them side by side, act by act (rules.md 11), in the order of names.

    `minute_control` is what if, on the side of `after`, every order bound so firmly; None: as the orders say. Of what lies
    within `reach`: what adds up several units is for those who reach all of them.
    """
    sides: defaultdict[tuple[By, str, str], list[Side]] = defaultdict(lambda: [NO_SIDE, NO_SIDE])
    clients: defaultdict[tuple[By, str, str], set[str]] = defaultdict(set)
    for record in records:
        changed = record if minute_control is None else controlled(record, minute_control)
        for index, found in enumerate((_tallied(record, before, reach), _tallied(changed, after, reach))):
            for by, (level, name) in KEYS.items():
                if level is Level.PROVIDER and not reach.is_wide:
                    continue
                for row in (row for row in found.rows(level) if _may_be_told(by, row, reach)):
                    pair = sides[by, name(row), row.legal_basis]
                    pair[index] = pair[index].plus(row)
                for place in found.cells:
                    clients[by, name(place), place.legal_basis].add(place.client_id)
    order = list(By)
    return [
        Difference(
            by=key[0],
            name=key[1],
            legal_basis=key[2],
            before=pair[0],
            after=pair[1],
            client_ids=frozenset(clients[key]),
        )
        for key, pair in sorted(sides.items(), key=lambda each: (order.index(each[0][0]), each[0][1:]))
    ]


def most_affected(differences: Iterable[Difference], number: int) -> list[Difference]:
    """The clients whose money changes most; where it does not, whose paid minutes or deviation do."""
    changed = [each for each in differences if each.by is By.CLIENT and any(_changes(each))]
    return sorted(changed, key=lambda each: (*(-change for change in _changes(each)), each.name))[:number]


def controlled(record: Record, control: MinuteControl) -> Record:
    """The month with every order bound so firmly.

    Under `none` nothing is ordered in minutes, so that pots of minutes are gone too. What is ordered as one pot has no minutes
    for each service, and stays a pot under `strict` and `flexible` ([A]).
    """
    context = record.context
    lines = {client: [_bound(line, control) for line in lines] for client, lines in context.order_lines.items()}
    frames = () if control is MinuteControl.NONE else context.time_frames
    return msgspec.structs.replace(
        record, context=msgspec.structs.replace(context, order_lines=lines, time_frames=frames)
    )


def _bound(line: OrderLine, control: MinuteControl) -> OrderLine:
    if line.minute_control == MinuteControl.TIME_FRAME and control is not MinuteControl.NONE:
        return line
    return msgspec.structs.replace(line, minute_control=str(control))


def _tallied(record: Record, rulebook: Rulebook, reach: Reach) -> Tally:
    month, visits, context = record.month, record.visits, record.context
    planned = [visit.planned for visit in visits if visit.planned]
    performed = performed_time(visits, context=context, rulebook=rulebook)
    minutes = month_of_clients(month, planned=planned, performed=performed, context=context, rulebook=rulebook)
    paid = reimbursement(month, visits, context=context, rulebook=rulebook, must_fix=record.must_fix)
    return tally(minutes, context=context, rulebook=rulebook, reimbursed=paid).within(reach)


def _changes(each: Difference) -> tuple[Decimal, int, int]:
    return abs(each.amount_change), abs(each.reimbursed_change), abs(each.deviation_change)


def _may_be_told(by: By, row: ReconciliationRow, reach: Reach) -> bool:
    """Whether a row counts: of clients one by one, only of those who may be told of."""
    return by is not By.CLIENT or reach.tells(row.client_id)
