"""Reimbursement: what a provider is paid for a month, line by line (rules.md 7).

The steps are those of the formulas: base, greeting allowance, minimum, cap with what a care manager approved; nothing for
what is not approved or has no service. Their order is [A]. Performed time is shown as it was, whatever is paid of it.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date

from domain.alarm_visits import settle_alarms
from domain.context import Context
from domain.facts import VisitFacts
from domain.ids import ClientId, ServiceCode, VisitId
from domain.local_time import Month, local_day
from domain.order.time_frame import TimeFrame
from domain.pay.absence import absence_items
from domain.pay.by_order import lines_by_order
from domain.pay.cap import ApprovedExcess, Pots
from domain.pay.item import SHARES, PayItem
from domain.pay.items import Marked, visit_items
from domain.pay.lines import PayLine
from domain.pay.monthly import monthly_lines, quality_bonus
from domain.pay.terms import TermsBook
from domain.pay.undone import has_undone, settle_share, undone_items
from domain.pay.writing_out import lines_of
from domain.performed_time import PerformedMinutes, visit_performed_time
from domain.rulebook.rulebook import Rulebook

NONE_OF_THEM: Marked = frozenset()


class _ClientMonth:
    """Everything of one client that a month's pay looks at."""

    __slots__ = ("excess", "frames", "items")

    def __init__(self) -> None:
        self.items: list[PayItem] = []
        self.excess: list[ApprovedExcess] = []
        self.frames: list[TimeFrame] = []


def reimbursement(
    month: Month,
    visits: Sequence[VisitFacts],
    *,
    context: Context,
    rulebook: Rulebook,
    must_fix: Marked = NONE_OF_THEM,
    late: Marked = NONE_OF_THEM,
    performed: Iterable[PerformedMinutes] | None = None,
) -> list[PayLine]:
    """The lines of a month, for every client in the context, in the order of clients, days and hours.

    `must_fix` names visits with an exception that must be fixed before pay, `late` those learned of after the month was
    closed. Visits may reach beyond the month; only lines of its days come out. An absence that began in the month before is
    counted from the right day where its visits are among them. `performed` is the performed time of these very visits,
    where it has been computed already.
    """
    book = TermsBook(context, rulebook)
    clients: defaultdict[ClientId, _ClientMonth] = defaultdict(_ClientMonth)
    known = None if performed is None else _by_visit(performed)
    for visit in settle_alarms(visits, context=context, rulebook=rulebook):
        if known is None:
            rows: Sequence[PerformedMinutes] = list(visit_performed_time(visit, context=context, rulebook=rulebook))
        else:
            rows = known.get(visit.visit_id, ())
        _take_in(visit, rows, clients, book, must_fix=must_fix, late=late)
    for frame in context.time_frames:
        clients[frame.client_id].frames.append(frame)
    lines: list[PayLine] = []
    for client_id in sorted({*clients, *context.order_lines}):
        lines += _client_lines(client_id, clients[client_id], month, book)
    return lines


def _by_visit(rows: Iterable[PerformedMinutes]) -> dict[VisitId, list[PerformedMinutes]]:
    found: defaultdict[VisitId, list[PerformedMinutes]] = defaultdict(list)
    for row in rows:
        found[row.visit_id].append(row)
    return found


def _take_in(
    visit: VisitFacts,
    rows: Sequence[PerformedMinutes],
    clients: defaultdict[ClientId, _ClientMonth],
    book: TermsBook,
    *,
    must_fix: Marked,
    late: Marked,
) -> None:
    items = visit_items(visit, rows, book, must_fix=must_fix, late=late) if rows else []
    if has_undone(visit):
        got = [item.whose for item in items if item.performed or item.withheld_minutes]
        done = {(whose.client_id, whose.service_code) for whose in got}
        items += undone_items(visit, done, book, must_fix=must_fix, late=late)
    for item in items:
        clients[item.whose.client_id].items.append(item)
    if visit.excess and visit.stands_at is not None:
        day = local_day(visit.stands_at, book.rulebook.zone)
        for each in visit.excess:
            approved = ApprovedExcess(visit.visit_id, day, each.is_extra, each.minutes)
            clients[each.client_id].excess.append(approved)


def _client_lines(client_id: ClientId, found: _ClientMonth, month: Month, book: TermsBook) -> list[PayLine]:
    absent = list(absence_items(client_id, month, lambda: _made(found.items), book))
    items = sorted([item for item in found.items if item.day in month] + absent, key=_in_order)
    whole = [item for item in items if item.kind not in SHARES]
    if whole:
        Pots(client_id, month, found.frames, found.excess, book).settle(whole)
    if len(whole) < len(items):
        for item in items:
            if item.is_share:
                settle_share(item)
    return [
        *lines_of(items),
        *lines_by_order(client_id, month, found.frames, book),
        *monthly_lines(client_id, month, book),
        *quality_bonus(items),
    ]


def _made(items: Iterable[PayItem]) -> dict[tuple[date, ServiceCode | None], int]:
    """How many times each service was done on each day."""
    made: defaultdict[tuple[date, ServiceCode | None], int] = defaultdict(int)
    for item in items:
        if item.performed and item.is_first:
            made[item.day, item.whose.service_code] += 1
    return made


def _in_order(item: PayItem) -> tuple[int, VisitId, str, date]:
    return item.starts, item.visit_id or VisitId(""), item.whose.service_code or "", item.day
