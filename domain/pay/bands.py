"""Rate bands: which hours a minute belongs to, by the clock on the wall, and how a stretch of real time falls apart into them.

Of bands that hold at once the first in the rulebook's list counts, so that the list itself says what goes before what ([A]
rules.md 7.2: major holiday, weekend, night, evening, day).
"""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from domain.calendar import is_major_holiday
from domain.frequency import WEEKDAYS
from domain.local_time import epoch_minute, local_day_bounds, minutes_between
from domain.rulebook.values import Band

MINUTES_IN_HOUR, MINUTES_IN_DAY, MINUTES_IN_WEEK = 60, 1440, 7 * 1440
ONE_HOUR = timedelta(hours=1)
NO_BAND = ""

Segment = tuple[int, int, str]
"""From and until (minutes since 1970), and the band's name."""
Split = Sequence[tuple[str, int]]


class BandClock:
    """Tells the bands of one list. Days are looked up once and remembered."""

    def __init__(self, bands: Sequence[Band], major_holidays: frozenset[str], zone: str) -> None:
        self._bands = [(band.name, _holder(band, major_holidays)) for band in bands]
        self._edges = sorted({edge % MINUTES_IN_DAY for band in bands for edge in _edges(band)})
        self._zone = zone
        self._days: dict[date, list[Segment]] = {}

    def split(self, starts: int, ends: int, day: date) -> Split:
        """The minutes of each band between two minutes of one local day, in order of time."""
        if not self._bands:
            return ((NO_BAND, ends - starts),)
        segments = self._segments(day)
        return [
            (name, min(until, ends) - max(since, starts))
            for since, until, name in segments
            if since < ends and until > starts
        ]

    def at(self, minute: int, day: date) -> str:
        """The band of one minute of a local day."""
        if not self._bands:
            return NO_BAND
        return next((name for since, until, name in self._segments(day) if since <= minute < until), NO_BAND)

    def _segments(self, day: date) -> list[Segment]:
        found = self._days.get(day)
        if found is None:
            found = self._days[day] = self._find(day)
        return found

    def _find(self, day: date) -> list[Segment]:
        """Cut the day where a band may begin or end, and where the clock is changed; each piece has one band."""
        starts_at, ends_at = local_day_bounds(day, self._zone)
        zone = ZoneInfo(self._zone)
        cuts = {epoch_minute(starts_at), *_clock_changes(starts_at, ends_at, zone)}
        for edge in self._edges:
            wall = datetime(day.year, day.month, day.day, edge // MINUTES_IN_HOUR, edge % MINUTES_IN_HOUR, tzinfo=zone)
            cuts.update(epoch_minute(wall.replace(fold=fold)) for fold in (0, 1))
        last = epoch_minute(ends_at)
        ordered = [*sorted(cut for cut in cuts if epoch_minute(starts_at) <= cut < last), last]
        segments: list[Segment] = []
        for since, until in pairwise(ordered):
            name = self._band(datetime.fromtimestamp(since * 60, tz=UTC).astimezone(zone))
            goes_on = bool(segments) and segments[-1][2] == name
            segments.append((segments.pop()[0] if goes_on else since, until, name))
        return segments

    def _band(self, wall: datetime) -> str:
        return next((name for name, holds in self._bands if holds(wall)), NO_BAND)


def is_within(window: str, wall: datetime) -> bool:
    """Whether the time on the wall lies in a window of the day, over midnight where it ends before it begins."""
    begins, ends = (minute_of_day(text) for text in window.split("-"))
    return _holds(wall.hour * MINUTES_IN_HOUR + wall.minute, begins, ends)


def minute_of_day(text: str) -> int:
    """Read `08:30`; `24:00` is the end of the day."""
    hours, minutes = text.split(":")
    return int(hours) * MINUTES_IN_HOUR + int(minutes)


def _holds(minute: int, begins: int, ends: int) -> bool:
    return begins <= minute < ends if begins < ends else minute >= begins or minute < ends


def _holder(band: Band, major_holidays: frozenset[str]) -> Callable[[datetime], bool]:
    """Make the question of a band: its window, its stretch of the week, and the holidays. What is named must all hold,
    but that a stretch or window beside `major_holidays` is another way in."""

    def holds(wall: datetime) -> bool:
        if band.major_holidays and is_major_holiday(wall.date(), major_holidays):
            return True
        return (band.window is not None or band.stretch is not None) and (
            (band.window is None or is_within(band.window, wall))
            and (band.stretch is None or _in_stretch(band.stretch, wall))
        )

    return holds


def _in_stretch(stretch: str, wall: datetime) -> bool:
    begins, ends = _stretch(stretch)
    minute = wall.weekday() * MINUTES_IN_DAY + wall.hour * MINUTES_IN_HOUR + wall.minute
    return _holds(minute, begins, ends % MINUTES_IN_WEEK)


def _stretch(stretch: str) -> tuple[int, int]:
    begins, ends = (
        WEEKDAYS.index(day) * MINUTES_IN_DAY + minute_of_day(at)
        for day, at in (end.split(" ") for end in stretch.split("-"))
    )
    return begins, ends


def _edges(band: Band) -> list[int]:
    in_day = [minute_of_day(text) for text in band.window.split("-")] if band.window else []
    return [*in_day, *(_stretch(band.stretch) if band.stretch else ())]


def _clock_changes(starts_at: datetime, ends_at: datetime, zone: ZoneInfo) -> list[int]:
    """The hours at which the wall clock is put forward or back: whole hours in every zone of our time."""
    hours = [starts_at + ONE_HOUR * number for number in range(minutes_between(starts_at, ends_at) // MINUTES_IN_HOUR)]
    offsets = [hour.astimezone(zone).utcoffset() for hour in hours]
    return [epoch_minute(hour) for hour, (was, now) in zip(hours[1:], pairwise(offsets), strict=True) if was != now]
