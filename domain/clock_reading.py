"""Which moment a fact from a phone is believed to have happened at (field-sync.md 14).

The device's wall clock may be wrong or changed during a visit; its monotonic counter cannot be changed within one boot.
The server knows only the difference between its own clock and the device's at the sync that brought the fact.
"""

from datetime import datetime, timedelta

import msgspec

from domain.values import ClockReading, ClockRule

MILLISECOND = timedelta(milliseconds=1)
NO_TIME = timedelta(0)
OFFSET_NOISE = timedelta(seconds=60)
"""[A] A measured offset up to a minute is network and rounding: the device's clock is taken as right."""
PLAUSIBLE_PAST = timedelta(days=400)
PLAUSIBLE_FUTURE = timedelta(days=1)
"""exceptions.md, TIME_IMPLAUSIBLE."""
EARLIEST, LATEST = (
    datetime.fromisoformat("1900-01-01T00:00:00+00:00"),
    datetime.fromisoformat("2200-01-01T00:00:00+00:00"),
)
"""Corrected times are kept inside what every calendar can hold; such a time is implausible anyway."""


class DeviceClock(msgspec.Struct, frozen=True, kw_only=True):
    """A device's clocks, read together. `monotonic_ms` counts milliseconds since the boot that `boot_id` names."""

    wall: str
    """Wall time with offset, ISO 8601, as sent."""
    wall_at: datetime
    monotonic_ms: int | None = None
    boot_id: str = ""


def effective_time(fact: DeviceClock, now: DeviceClock, *, received_at: datetime) -> tuple[datetime, ClockReading]:
    """Choose when the fact happened. `now` is the device's clocks at the sync, `received_at` the server's then.

    Within one boot: the elapsed monotonic time before the sync. Else the wall time, corrected by the measured offset when
    that is more than noise. Where the offset says nothing (the device cannot have been that wrong), it is uncertain.
    """
    offset = received_at - now.wall_at
    applied = NO_TIME if abs(offset) <= OFFSET_NOISE else offset
    jump_ms = 0
    elapsed = _elapsed(fact, now)
    if elapsed is not None:
        rule, at = ClockRule.MONOTONIC, _moved(now.wall_at, applied - elapsed)
        jump_ms = _milliseconds((now.wall_at - fact.wall_at) - elapsed)
    else:
        rule, at = ClockRule.WALL_CORRECTED, _moved(fact.wall_at, applied)
    implausible = not received_at - PLAUSIBLE_PAST <= at <= received_at + PLAUSIBLE_FUTURE
    if implausible:
        rule = ClockRule.WALL_UNCERTAIN
    reading = ClockReading(
        wall_at=fact.wall,
        rule=rule,
        offset_ms=_milliseconds(offset),
        monotonic_ms=fact.monotonic_ms,
        boot_id=fact.boot_id,
        jump_ms=jump_ms,
        implausible=implausible,
    )
    return at, reading


def _elapsed(fact: DeviceClock, now: DeviceClock) -> timedelta | None:
    """Time from the fact to the sync by the counter; None when it is not one boot, or the counter ran backwards."""
    if fact.monotonic_ms is None or now.monotonic_ms is None:
        return None
    if not fact.boot_id or fact.boot_id != now.boot_id or fact.monotonic_ms > now.monotonic_ms:
        return None
    return (now.monotonic_ms - fact.monotonic_ms) * MILLISECOND


def _moved(at: datetime, by: timedelta) -> datetime:
    try:
        return min(max(at + by, EARLIEST), LATEST)
    except OverflowError:
        return EARLIEST if by < NO_TIME else LATEST


def _milliseconds(span: timedelta) -> int:
    return round(span / MILLISECOND)
