"""What there is to pay for in a visit that was made: one item for each client, service and local day (rules.md 7.3)."""

from collections.abc import Iterable, Sequence
from datetime import date
from functools import lru_cache

from domain.facts import Attendance, VisitFacts
from domain.ids import VisitId
from domain.local_time import epoch_minute, local_day_bounds
from domain.pay.bands import Split
from domain.pay.base import add_allowances, set_base
from domain.pay.item import PAID_AS_A_WHOLE, PayItem
from domain.pay.lines import PayKind, Withheld
from domain.pay.pieces import set_pieces
from domain.pay.terms import Terms, TermsBook, Whose
from domain.performed_time import PerformedMinutes
from domain.presence import Uncounted, uncounted
from domain.rulebook.values import AfterLock
from domain.values import VisitKind

UNCOUNTED = {
    Uncounted.OPEN: Withheld.OPEN,
    Uncounted.IMPLAUSIBLE: Withheld.MUST_FIX,
    Uncounted.NOT_CLIENT_TIME: Withheld.NOT_CLIENT_TIME,
    Uncounted.NEEDS_APPROVAL: Withheld.OUTREACH_NOT_APPROVED,
}
Marked = frozenset[VisitId]


def visit_items(
    visit: VisitFacts, rows: Sequence[PerformedMinutes], book: TermsBook, *, must_fix: Marked, late: Marked
) -> list[PayItem]:
    """The items of one visit's performed time (`rows`), with what keeps them from being paid, before any cap."""
    stays = visit.attendances
    alone = _ends(stays[0]) if len(stays) == 1 else None
    items = [_item(visit, group, book, alone) for group in _grouped(rows)]
    if not items:
        return items
    if len(items) > 1:
        _mark_first(items)
    done = [item.whose.service_code for item in items]
    visit_starts = min([item.starts for item in items])
    for item in items:
        item.visit_starts = visit_starts
        why = held_back(visit, item, must_fix=must_fix, late=late)
        if why is not None:
            item.withhold(why)
        if item.performed:
            set_base(item, visit, done, book.context)
            item.withhold(_own_reason(item, visit, book))
    add_allowances(items, visit, book.rulebook.zone)
    set_pieces(items, visit, book.rulebook.zone)
    return items


def held_back(visit: VisitFacts, item: PayItem, *, must_fix: Marked, late: Marked) -> Withheld | None:
    """Why nothing of the visit is paid, whatever was done in it. An open visit never becomes payable by itself."""
    if not item.terms.is_ruled:
        return Withheld.RULEBOOK_MISSING
    for stay in visit.attendances:
        if stay.arrived_at is None or stay.departed_at is None:
            return Withheld.OPEN
    if visit.visit_id in must_fix:
        return Withheld.MUST_FIX
    is_late = visit.visit_id in late and item.terms.policies.after_lock is AfterLock.NOT_PAID
    return Withheld.AFTER_LOCK if is_late else None


def is_approved(visit: VisitFacts, terms: Terms) -> bool:
    """Whether every approval that the rulebook asks for stands [S:INTRA16]."""
    return terms.required_approvals <= visit.approved_by


def _grouped(rows: Sequence[PerformedMinutes]) -> Iterable[Sequence[PerformedMinutes]]:
    """Put the workers' rows of one client, service and day together; what counts nothing, for each reason apart. A failed or
    declined visit's stays are not paid as stays."""
    if len(rows) == 1 and rows[0].uncounted is None:
        return (rows,)
    groups: dict[tuple[object, ...], list[PerformedMinutes]] = {}
    for row in rows:
        if row.uncounted is not Uncounted.NOTHING_DONE:
            groups.setdefault((row.client_id, row.service_code, row.day, row.uncounted), []).append(row)
    return groups.values()


def _item(
    visit: VisitFacts, rows: Sequence[PerformedMinutes], book: TermsBook, alone: tuple[int, int] | None
) -> PayItem:
    """One group's item. `alone` are both ends of the visit's only stay."""
    row = rows[0]
    whose = Whose(row.client_id, row.service_code, row.provider_id, row.client_unit_id, row.legal_basis, row.kind)
    terms = book.terms(whose, row.day)
    item = PayItem(terms.kind, whose, row.day, terms, visit.visit_id)
    for each in rows:
        item.performed += each.staff_minutes if terms.is_each else each.visit_minutes
    item.starts, item.split = _when(visit, row, terms, book.rulebook.zone, alone or _stretch(visit, row))
    if row.uncounted:
        item.withhold(UNCOUNTED[row.uncounted])
        item.withheld_minutes = sum([each.uncounted_minutes for each in rows])
    return item


def _when(
    visit: VisitFacts, row: PerformedMinutes, terms: Terms, zone: str, ends: tuple[int, int]
) -> tuple[int, Split]:
    """When the day's part of the visit began, and the real minutes of each band from there to its end."""
    midnight, next_midnight = day_minutes(row.day, zone)
    starts, until = max(ends[0], midnight), min(ends[1], next_midnight)
    if starts < until:
        return starts, terms.bands.split(starts, until, row.day)
    # Work elsewhere: nobody was at the home, so it stands where the visit does.
    at = visit.stands_at
    starts = midnight if at is None else min(max(epoch_minute(at), midnight), next_midnight - 1)
    return starts, ((terms.bands.at(starts, row.day), 0),)


@lru_cache(maxsize=4096)
def day_minutes(day: date, zone: str) -> tuple[int, int]:
    """The minutes since 1970 that a local day begins and ends at."""
    starts_at, ends_at = local_day_bounds(day, zone)
    return epoch_minute(starts_at), epoch_minute(ends_at)


def _stretch(visit: VisitFacts, row: PerformedMinutes) -> tuple[int, int]:
    """From the first arrival to the last departure of those who were with the client."""
    stays = visit.attendances
    ends = [_ends(stay) for stay in stays if row.client_id in stay.client_ids and uncounted(visit, stay) is None]
    return (min(ends)[0], max([end for _, end in ends])) if ends else (0, 0)


def _ends(stay: Attendance) -> tuple[int, int]:
    if stay.arrived_at is None or stay.departed_at is None:
        at = epoch_minute(stay.starts_at)
        return at, at
    return epoch_minute(stay.arrived_at), epoch_minute(stay.departed_at)


def _mark_first(items: Sequence[PayItem]) -> None:
    """Say which day of a service is its first in the visit."""
    seen: set[tuple[object, object]] = set()
    for item in sorted(items, key=_by_day):
        key = (item.whose.client_id, item.whose.service_code)
        item.is_first = key not in seen
        if item.performed:
            seen.add(key)


def _by_day(item: PayItem) -> date:
    return item.day


def _own_reason(item: PayItem, visit: VisitFacts, book: TermsBook) -> Withheld | None:
    """Why this service of the visit is not paid."""
    is_alarm, policies = item.kind is PayKind.ALARM, item.terms.policies
    item.is_extra = policies.order_required and not is_alarm and _is_extra(item, visit, book)
    if item.whose.service_code is None and not is_alarm:
        return Withheld.NO_SERVICE
    if not is_approved(visit, item.terms):
        return Withheld.NOT_APPROVED
    is_elsewhere = policies.compensation_model in PAID_AS_A_WHOLE and not item.is_extra
    return Withheld.PAID_OTHERWISE if is_elsewhere else None


def _is_extra(item: PayItem, visit: VisitFacts, book: TermsBook) -> bool:
    """A visit planned outside the order, or a service that is in none ([A] rules.md 5.5)."""
    if visit.planned is not None and visit.planned.kind is VisitKind.EXTRA:
        return True
    code = item.whose.service_code
    return code is None or not book.context.has_ordered(item.whose.client_id, code, item.day)
