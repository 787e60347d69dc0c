"""The first days of an absence: a share of the ordered time, where the rulebook pays for that kind of absence (rules.md 5.4).

Day 1 is the first calendar day with an ordered visit that was not made after the client left; days count by the calendar;
an absence ends with the next visit that was made ([A]). The order counts as it held when the client left: that it was paused
or ended because of the absence takes nothing away.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta

from domain.context import Context
from domain.facts import Absence, OrderLine
from domain.frequency import occurrences, parse_frequency
from domain.ids import ClientId, ServiceCode
from domain.local_time import Month, epoch_minute, local_day, local_day_bounds
from domain.ordered_time import day_minutes
from domain.pay.bands import minute_of_day
from domain.pay.item import PAID_AS_A_WHOLE, PayItem
from domain.pay.lines import PayKind, Withheld
from domain.pay.terms import TermsBook
from domain.rulebook.rulebook import NO_EDITION
from domain.values import Period

LOOK_BACK = timedelta(days=31)
"""How far before a month visits are looked at, to know which day of an absence the month begins with ([A])."""
LONGEST = timedelta(days=366)
"""No share is paid for a later day than the rulebook's own limit."""
ONE_DAY = timedelta(days=1)
NOON = 720
Made = Mapping[tuple[date, ServiceCode | None], int]
"""How many times a service was done on a day."""


def away_at(client_ids: Iterable[ClientId], month_starts_at: datetime, context: Context) -> list[ClientId]:
    """The clients who left before the month and were not back when it began: only their pay looks at earlier visits."""
    beginning = Period(month_starts_at, month_starts_at)
    return [client_id for client_id in client_ids if context.is_away("client", client_id, beginning)]


def absence_items(client_id: ClientId, month: Month, made_by: Callable[[], Made], book: TermsBook) -> Iterator[PayItem]:
    """The shares of the month's days. What was made (asked for if anybody is away) should reach back to when an absence of
    the month before began."""
    paid: set[tuple[date, str]] = set()
    absences = book.context.absences.get(("client", client_id), ())
    made = made_by() if absences else {}
    for absence in absences:
        for item, line in _of_absence(absence, client_id, made, book):
            # Two absences that follow on one day are one day's absence.
            if item.day in month and (item.day, line.line_id) not in paid:
                paid.add((item.day, line.line_id))
                yield item


def _of_absence(
    absence: Absence, client_id: ClientId, made: Made, book: TermsBook
) -> Iterator[tuple[PayItem, OrderLine]]:
    left_on = local_day(absence.from_at, book.rulebook.zone)
    lines = _lines(client_id, left_on, book)
    if not any(absence.kind in book.line_terms(line, left_on).policies.absence_triggers for line in lines):
        return
    ends_on = _ends_on(absence, left_on, made, book)
    missed = {
        (day, line.line_id): (line, times)
        for line in lines
        for day, times in _ordered(line, left_on, ends_on).items()
        if times > made.get((day, line.service_code), 0)
    }
    first_on = min((day for day, _ in missed), default=None)
    for (day, _), (line, times) in sorted(missed.items(), key=lambda each: each[0]):
        assert first_on is not None, "there is a first of those missed"
        count = times - made.get((day, line.service_code), 0)
        item = _item(absence, line, day, (day - first_on).days + 1, count, book)
        if item is not None:
            yield item, line


def _lines(client_id: ClientId, left_on: date, book: TermsBook) -> list[OrderLine]:
    """The order as it held when the client left, or until that day."""
    lines = book.context.order_lines.get(client_id, ())
    held = [line for line in lines if line.starts_on <= left_on and (line.ends_on is None or line.ends_on >= left_on)]
    newest = {(line.order_id, line.line_id): line for line in sorted(held, key=lambda line: line.starts_on)}
    return list(newest.values())


def _ends_on(absence: Absence, left_on: date, made: Made, book: TermsBook) -> date:
    """The day after the last one that may count."""
    latest = left_on + LONGEST
    if absence.until_at is not None:
        returned_on = local_day(absence.until_at, book.rulebook.zone)
        starts_at, _ = local_day_bounds(returned_on, book.rulebook.zone)
        latest = min(latest, returned_on if absence.until_at == starts_at else returned_on + ONE_DAY)
    return min([day for day, _ in made if left_on < day < latest], default=latest)


def _ordered(line: OrderLine, from_on: date, until_on: date) -> dict[date, int]:
    frequency, anchor_on = parse_frequency(line.frequency), line.anchor_on or line.starts_on
    return occurrences(frequency, anchor_on=anchor_on, from_on=from_on, until_on=until_on)


def _item(absence: Absence, line: OrderLine, day: date, number: int, times: int, book: TermsBook) -> PayItem | None:
    """The share of day `number`; None where none is paid."""
    whose, terms = book.whose(line, day), book.line_terms(line, day)
    policies = terms.policies
    percent = next((each.percent for each in policies.absence_shares if each.first_day <= number <= each.last_day), 0)
    if not percent or absence.kind not in policies.absence_triggers:
        return None
    item = PayItem(PayKind.ABSENCE, whose, day, terms, None)
    midnight, _ = local_day_bounds(day, book.rulebook.zone)
    item.starts = item.visit_starts = epoch_minute(midnight) + minute_ordered(line)
    item.split = ((terms.bands.at(item.starts, day), 0),)
    item.base = item.payable = day_minutes(line, day, times, book.context, book.rulebook)[1] or 0
    item.percent, item.pieces = percent, times
    item.per = terms.price(item.split[0][0]).per
    if book.rulebook.on(day) is NO_EDITION:
        item.withhold(Withheld.RULEBOOK_MISSING)
    elif policies.compensation_model in PAID_AS_A_WHOLE:
        item.withhold(Withheld.PAID_OTHERWISE)
    return item


def minute_ordered(line: OrderLine | None) -> int:
    """[A] The hour that a visit never made is priced at: when its window begins, else noon."""
    return minute_of_day(line.window.split("-")[0]) if line and line.window else NOON
