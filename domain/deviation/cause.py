"""Why ordered and performed differ, in a controller's words (exceptions.md; rules.md 3.5 [S:SEED3] and 10)."""

from collections.abc import Mapping, Sequence
from enum import StrEnum


class Cause(StrEnum):
    """What a deviation comes from. Minutes that are lacking are negative, minutes beyond the order positive."""

    CLIENT_ABSENT = "client_absent"
    DECLINED = "declined"
    """A visit or a service, also a visit that the client cancelled too late (rules.md 5.3)."""
    FAILED = "failed"
    """Somebody came and nobody was at home."""
    CANCELLED_IN_TIME = "cancelled_in_time"
    REGISTRATION_ERROR = "registration_error"
    """The visit has something that must be fixed, so its minutes are not what they will be."""
    AWAITED = "awaited"
    """[A] Not due yet, or a phone may still hold it: nothing is called missed before (rules.md 10)."""
    STAFF_ABSENT = "staff_absent"
    """The assigned worker was away and nobody came instead."""
    MISSED_BY_PROVIDER = "missed_by_provider"
    NEED_DECREASED = "need_decreased"
    """Reported, and the order is not changed yet."""
    ALARM = "alarm"
    NEED_INCREASED = "need_increased"
    """Reported, and the order is not changed yet."""
    EXTRA = "extra"
    """Visits outside the plan (rules.md 5.5)."""
    STANDARD_TIME_DIFFERS = "standard_time_differs"
    """The order has the code's standard time, and the client's own plan another."""
    UNEXPLAINED = "unexplained"


LACKING: tuple[Cause, ...] = (
    Cause.CLIENT_ABSENT,
    Cause.DECLINED,
    Cause.FAILED,
    Cause.CANCELLED_IN_TIME,
    Cause.REGISTRATION_ERROR,
    Cause.AWAITED,
    Cause.STAFF_ABSENT,
    Cause.MISSED_BY_PROVIDER,
    Cause.NEED_DECREASED,
    Cause.STANDARD_TIME_DIFFERS,
)
"""In which order grounds are used up where less is lacking than they come to [A]: first what the client's side brought
about, then what may still change, then what the provider answers for, last what only the order's wording explains."""

BEYOND: tuple[Cause, ...] = (
    Cause.ALARM,
    Cause.REGISTRATION_ERROR,
    Cause.NEED_INCREASED,
    Cause.EXTRA,
    Cause.STANDARD_TIME_DIFFERS,
)
"""Likewise for minutes beyond the order [A]."""


def explain(deviation: int, grounds: Mapping[Cause, int], order: Sequence[Cause]) -> dict[Cause, int]:
    """Split a deviation between the grounds there are for it: none gets more than it comes to, and what is left over is
    unexplained. The parts add up to the deviation and have its sign."""
    sign, left = (-1, -deviation) if deviation < 0 else (1, deviation)
    causes: dict[Cause, int] = {}
    for cause in order:
        part = min(left, grounds.get(cause, 0))
        if part > 0:
            causes[cause] = sign * part
            left -= part
    if left:
        causes[Cause.UNEXPLAINED] = sign * left
    return causes
