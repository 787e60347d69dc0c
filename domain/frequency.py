"""How often a service is ordered, as text that a care manager can read, and the real dates it comes to.

    3/day             three times every day
    2/day@mon-fri     twice every working day
    1/2days           every second day
    2/week            twice a week, spread over the week
    3/week@mon,wed,fri
    1/2weeks@tue      every second week, on a Tuesday
    1/month  1/3months  1/year
    daily             the same as 1/day
    mon,wed,fri       the same as 1/day@mon,wed,fri
    once              a single time, on the first day
    as_needed         no occasion can be counted on (an alarm)

Dates are counted from the *anchor*, the day the line began: its first week is the seven days from there, its first month
runs to the same day of the next month. Each such period's occasions are spread evenly over the days it may fall on, the
first on the first of them. So a period's occasions never depend on what is asked, and adjoining questions add up
([A] rules.md 4: actual occurrences, never 4.33 weeks to a month).
"""

import re
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache

import msgspec

from domain.errors import RefusedError

TIMES_MAX = 99
ONE_DAY = timedelta(days=1)
DAYS_IN_WEEK = 7
MONTHS_IN_YEAR = 12
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
CALENDAR_END_ON = date(9800, 1, 1)
"""Nothing is spread over later days, so that a period of 99 years still ends on a date there is."""
EVERY_WEEKDAY = tuple(range(DAYS_IN_WEEK))
_RATE = re.compile(r"([0-9]+)/([0-9]*)(day|week|month|year)(s?)(?:@(.*))?")


class FrequencyUnreadableError(RefusedError):
    """The text is none of the forms."""

    code = "frequency_unreadable"
    detail = "Write how often as times in a period: 3/day, 2/week, 1/2weeks, 1/month, mon,wed,fri, once or as_needed."


class FrequencyNumberError(RefusedError):
    """A number is out of range, or written with a leading zero."""

    code = "frequency_number"
    detail = "Times are a number from 1 to 99. A period of several is a number from 2 to 99, as in 1/2weeks."


class FrequencyDaysError(RefusedError):
    """The days of the week cannot be read."""

    code = "frequency_days"
    detail = "Write days as mon, tue, wed, thu, fri, sat or sun, each once and in that order: mon,wed,fri or mon-fri."


class Unit(StrEnum):
    """What a period is counted in. `once` is a period without end, `never` has no occasions."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"
    ONCE = "once"
    NEVER = "never"


class Frequency(msgspec.Struct, frozen=True):
    """`times` in each period of `every` units, on some days of the week (0 is Monday)."""

    times: int
    every: int
    unit: Unit
    weekdays: tuple[int, ...] = EVERY_WEEKDAY


WORDS = {
    "as_needed": Frequency(0, 1, Unit.NEVER),
    "once": Frequency(1, 1, Unit.ONCE),
    "daily": Frequency(1, 1, Unit.DAY),
}


@lru_cache(maxsize=1024)
def parse_frequency(text: str) -> Frequency:
    """Read the text form. Raises FrequencyUnreadableError, FrequencyNumberError or FrequencyDaysError."""
    if text in WORDS:
        return WORDS[text]
    found = _RATE.fullmatch(text)
    if found is None:
        if text[:3] not in WEEKDAYS:
            raise FrequencyUnreadableError
        return Frequency(1, 1, Unit.DAY, _weekdays(text))
    times, every, unit, plural, days = found.groups()
    if bool(every) != bool(plural):
        raise FrequencyUnreadableError
    weekdays = EVERY_WEEKDAY if days is None else _weekdays(days)
    return Frequency(_number(times, 1), _number(every, 2) if every else 1, Unit(unit), weekdays)


def occurrences(frequency: Frequency, *, anchor_on: date, from_on: date, until_on: date) -> dict[date, int]:
    """The dates from `from_on` up to, not including, `until_on`, with how many times each. None before the anchor."""
    begins_on, until_on = max(from_on, anchor_on), min(until_on, CALENDAR_END_ON)
    if begins_on >= until_on:
        return {}
    length = _length(frequency)
    if length:
        # Lines that differ only in how many periods ago they began share one entry of the cache.
        anchor_on = begins_on - (begins_on - anchor_on) % length
    return dict(_spread(frequency, anchor_on, begins_on, until_on))


@lru_cache(maxsize=4096)
def _spread(frequency: Frequency, anchor_on: date, begins_on: date, until_on: date) -> tuple[tuple[date, int], ...]:
    times: dict[date, int] = {}
    for first_on, end_on in _periods(frequency, anchor_on, begins_on, until_on):
        for day in _days(frequency, first_on, end_on):
            if begins_on <= day < until_on:
                times[day] = times.get(day, 0) + 1
    return tuple(times.items())


def _number(digits: str, least: int) -> int:
    if digits.startswith("0") or len(digits) > len(str(TIMES_MAX)) or int(digits) < least:
        raise FrequencyNumberError
    return int(digits)


def _weekdays(text: str) -> tuple[int, ...]:
    """Read `mon,wed,fri`, `mon-fri` or both together."""
    found = [day for part in text.split(",") for day in _stretch(part)]
    if found != sorted(set(found)):
        raise FrequencyDaysError
    return tuple(found)


def _stretch(part: str) -> range:
    first, dash, last = part.partition("-")
    if first not in WEEKDAYS or (dash and last not in WEEKDAYS):
        raise FrequencyDaysError
    begins = WEEKDAYS.index(first)
    days = range(begins, (WEEKDAYS.index(last) if dash else begins) + 1)
    if dash and len(days) <= 1:
        raise FrequencyDaysError
    return days


def _length(frequency: Frequency) -> timedelta | None:
    """How long a period is, where all are equally long."""
    match frequency.unit:
        case Unit.DAY:
            return timedelta(days=frequency.every)
        case Unit.WEEK:
            return timedelta(days=frequency.every * DAYS_IN_WEEK)
        case _:
            return None


def _periods(frequency: Frequency, anchor_on: date, begins_on: date, until_on: date) -> Iterator[tuple[date, date]]:
    """The periods that touch the days asked for, each from its first day up to, not including, its last."""
    match frequency.unit:
        case Unit.NEVER:
            return
        case Unit.ONCE:
            yield anchor_on, anchor_on + ONE_DAY
        case Unit.DAY | Unit.WEEK:
            length = _length(frequency) or ONE_DAY
            while anchor_on < until_on:
                yield anchor_on, anchor_on + length
                anchor_on += length
        case Unit.MONTH | Unit.YEAR:
            yield from _months(frequency, anchor_on, begins_on, until_on)


def _months(frequency: Frequency, anchor_on: date, begins_on: date, until_on: date) -> Iterator[tuple[date, date]]:
    step = frequency.every * (MONTHS_IN_YEAR if frequency.unit is Unit.YEAR else 1)
    months = (begins_on.year - anchor_on.year) * MONTHS_IN_YEAR + begins_on.month - anchor_on.month
    # One period early: the anchor's day of this month may still lie ahead.
    index = max(0, months // step - 1)
    while (first_on := _months_after(anchor_on, index * step)) < until_on:
        index += 1
        yield first_on, _months_after(anchor_on, index * step)


def _days(frequency: Frequency, first_on: date, end_on: date) -> list[date]:
    """The days of one period that its occasions fall on, spread evenly over those they may fall on."""
    numbers: Sequence[int] = range((end_on - first_on).days)
    if frequency.weekdays != EVERY_WEEKDAY:
        weekday = first_on.weekday()
        numbers = [number for number in numbers if (weekday + number) % DAYS_IN_WEEK in frequency.weekdays]
    return [first_on + timedelta(days=number) for number in _evenly(frequency.times, numbers)]


def _evenly(times: int, numbers: Sequence[int]) -> list[int]:
    """Pick so many, the first one first. More times than numbers fall several to one."""
    return [numbers[index * len(numbers) // times] for index in range(times if numbers else 0)]


def _months_after(day: date, months: int) -> date:
    """The same day of a later month; its last day where that month is shorter."""
    year, month = divmod(day.year * MONTHS_IN_YEAR + day.month - 1 + months, MONTHS_IN_YEAR)
    next_year, next_month = divmod(year * MONTHS_IN_YEAR + month + 1, MONTHS_IN_YEAR)
    last = date(next_year, next_month + 1, 1) - ONE_DAY
    return date(year, month + 1, min(day.day, last.day))
