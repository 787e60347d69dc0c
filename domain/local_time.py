"""Local days, weeks and months. Instants are UTC; the municipality's clock on the wall decides which day it is.

A local day has 23 or 25 hours twice a year, so nothing here adds 24 hours to get to the next one.
"""

import re
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import msgspec

from domain.errors import RefusedError
from domain.values import Period

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
SECONDS_PER_MINUTE, MINUTES_PER_DAY, SECONDS_PER_DAY = 60, 1440, 86_400
ONE_DAY = timedelta(days=1)
MONTH_TEXT = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])", re.ASCII)


class MonthUnreadableError(RefusedError):
    """A month is written as year and month."""

    code = "month_unreadable"
    detail = "Write a month as year and month, for example 2025-03."


class Month(msgspec.Struct, frozen=True, order=True):
    """A calendar month."""

    year: int
    number: int

    def __str__(self) -> str:
        return f"{self.year:04}-{self.number:02}"

    @property
    def first_on(self) -> date:
        """Its first day."""
        return date(self.year, self.number, 1)

    @property
    def until_on(self) -> date:
        """The day after its last: the first of the next month."""
        return date(self.year + self.number // 12, self.number % 12 + 1, 1)

    def __contains__(self, day: date) -> bool:
        return day.month == self.number and day.year == self.year


FIRST_YEAR = 2
"""East of Greenwich the year 1 begins before time does."""


def parse_month(text: str) -> Month:
    """Read `YYYY-MM`. Raises MonthUnreadableError for anything else."""
    year = text[:4]
    if not MONTH_TEXT.fullmatch(text) or not FIRST_YEAR <= int(year) < date.max.year:
        raise MonthUnreadableError
    return Month(int(year), int(text[5:]))


def month_of(day: date) -> Month:
    """Give the month a day lies in."""
    return Month(day.year, day.month)


def iso_week(day: date) -> str:
    """Name the ISO week of a day, `2025-W01`; the year is the week's, which at new year may not be the day's."""
    year, week, _ = day.isocalendar()
    return f"{year:04}-W{week:02}"


def to_minute(at: datetime) -> datetime:
    """Cut an instant to its whole minute, as the rulebooks read a clock ([A] rules.md 2.1)."""
    return at - timedelta(0, at.second, at.microsecond)  # a third of what `replace` takes


def minutes_between(starts_at: datetime, ends_at: datetime) -> int:
    """Elapsed real time from one instant's minute to another's, both UTC; negative when they stand the other way."""
    between = ends_at - starts_at
    # Whole minutes when both are put back to their minute, or one second less where microseconds borrow one. A division of
    # the difference itself takes twice the time, and nothing is asked more often.
    seconds = between.days * SECONDS_PER_DAY + between.seconds + starts_at.second - ends_at.second
    return (seconds + 1) // SECONDS_PER_MINUTE


def epoch_minute(at: datetime) -> int:
    """The instant's minute, counted from 1970."""
    since = at - EPOCH
    return since.days * MINUTES_PER_DAY + since.seconds // SECONDS_PER_MINUTE


@lru_cache(maxsize=32_768)
def local_day(at: datetime, zone: str) -> date:
    """Give the day on the wall in that zone. At the very ends of the calendar, where a zone's day does not exist, UTC's.

    Remembered, since every rule about a visit asks for the same few instants.
    """
    turn = _turn_of_day(at.date(), zone) if at.tzinfo is UTC else None
    if turn is not None:
        until, day, next_day = turn
        return day if at < until else next_day
    try:
        return at.astimezone(_zone(zone)).date()
    except OverflowError:
        return at.date()


@lru_cache(maxsize=4096)
def _turn_of_day(utc_day: date, zone: str) -> tuple[datetime, date, date] | None:
    """When the local day ends that a day of UTC begins in, that day, and the next one: many instants of a day are asked for,
    and asking the zone takes twice as long. None where the clock is changed, and at the ends of the calendar."""
    starts_at = datetime.combine(utc_day, time.min, tzinfo=UTC)
    try:
        offset, later = [at.astimezone(_zone(zone)).utcoffset() for at in (starts_at, starts_at + ONE_DAY)]
        if offset is None or offset != later:
            return None
        day = (starts_at + offset).date()
        next_day = day + ONE_DAY
    except OverflowError:
        return None
    return datetime.combine(next_day, time.min, tzinfo=UTC) - offset, day, next_day


@lru_cache(maxsize=4096)
def local_day_bounds(day: date, zone: str) -> tuple[datetime, datetime]:
    """Give the instants a local day starts and ends at: 23, 24 or 25 hours apart."""
    return _midnight(day, zone), _midnight(day + ONE_DAY, zone)


def month_bounds(month: Month, zone: str) -> tuple[datetime, datetime]:
    """Give the instants a local month starts and ends at."""
    return _midnight(month.first_on, zone), _midnight(month.until_on, zone)


def split_at_midnights(starts_at: datetime, ends_at: datetime, zone: str) -> list[tuple[date, Period]]:
    """Cut a stretch of time at each local midnight: one piece for each local day, which together are the whole."""
    pieces = []
    day, midnight = day_and_its_end(starts_at, zone)
    while midnight < ends_at:
        pieces.append((day, Period(starts_at, midnight)))
        starts_at = midnight
        day, midnight = day_and_its_end(starts_at, zone)
    return [*pieces, (day, Period(starts_at, ends_at))]


def day_and_its_end(at: datetime, zone: str) -> tuple[date, datetime]:
    """Give the local day of an instant, and the instant that the day ends at."""
    day = local_day(at, zone)
    return day, local_day_bounds(day, zone)[1]


def _midnight(day: date, zone: str) -> datetime:
    return datetime.combine(day, time.min, tzinfo=_zone(zone)).astimezone(UTC)


_zone = lru_cache(maxsize=64)(ZoneInfo)
"""Finding a zone by its name takes as long as asking it the time."""
