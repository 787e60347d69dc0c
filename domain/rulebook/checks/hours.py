"""Hours of the week as a set of minutes, one bit for each: what overlaps or is covered is then a question of bits."""

from domain.frequency import WEEKDAYS

DAY_MINUTES = 24 * 60
WEEK_MINUTES = 7 * DAY_MINUTES
ALL_WEEK = (1 << WEEK_MINUTES) - 1

Hours = int
"""Bit n is the week's minute n, from Monday midnight."""


def is_empty(window: str) -> bool:
    """Whether it ends when it begins."""
    begins, _, ends = window.partition("-")
    return begins == ends


def of_window(window: str) -> Hours:
    """A window of each day."""
    begins, _, ends = window.partition("-")
    first, until = _minute(begins), _minute(ends)
    length = until - first if until > first else until - first + DAY_MINUTES
    hours = 0
    for day in range(7):
        hours |= _stretch(day * DAY_MINUTES + first, length)
    return hours


def of_stretch(stretch: str) -> Hours:
    """A part of each week."""
    begins, _, ends = stretch.partition("-")
    first = _week_minute(begins)
    return _stretch(first, (_week_minute(ends) - first) % WEEK_MINUTES)


def _stretch(first: int, length: int) -> Hours:
    bits = ((1 << length) - 1) << first
    return (bits | bits >> WEEK_MINUTES) & ALL_WEEK


def _minute(text: str) -> int:
    hours, _, minutes = text.partition(":")
    return int(hours) * 60 + int(minutes)


def _week_minute(text: str) -> int:
    weekday, _, at = text.partition(" ")
    return WEEKDAYS.index(weekday) * DAY_MINUTES + _minute(at)
