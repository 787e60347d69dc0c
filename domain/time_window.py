"""Local time of day, and whether it lies in a window such as `07:00-22:00`."""

from datetime import datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

MINUTES_PER_HOUR = 60


def is_within(at: datetime, window: str, zone: str) -> bool:
    """Whether an instant's local time lies in the window: from its start up to, not including, its end.

    A window that ends before it begins goes over midnight.
    """
    local = at.astimezone(ZoneInfo(zone))
    minute = local.hour * MINUTES_PER_HOUR + local.minute
    start, end = window_minutes(window)
    return start <= minute < end if start < end else minute >= start or minute < end


@lru_cache(maxsize=256)
def window_minutes(window: str) -> tuple[int, int]:
    """Read a window as minutes after midnight; `24:00` is 1440."""
    start, end = window.split("-")
    return _minute(start), _minute(end)


def _minute(text: str) -> int:
    hour, minute = text.split(":")
    return int(hour) * MINUTES_PER_HOUR + int(minute)
