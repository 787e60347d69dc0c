"""Where a phone was, seen from the client's home: derived once, when the fact is accepted, so that no rule ever needs
the position itself (architecture 10)."""

from math import asin, ceil, cos, radians, sin, sqrt

import msgspec

from domain.values import Place, PlaceCode

FENCE_M = 100
"""[A] Metres around the home that count as inside."""
ACCURACY_MAX_M = 100
"""[A] A fix worse than the fence says nothing."""
STEP_M = 50
M_PER_KM = 1000
EARTH_M = 6_371_000


class Fix(msgspec.Struct, frozen=True):
    """A position: degrees, and the radius in metres that the device promises."""

    lat: float
    lon: float
    accuracy_m: float
    mock: bool = False


def place_of(fix: Fix | None, home: tuple[float, float] | None, *, absent_reason: str = "") -> Place:
    """Tell the place. Accuracy is taken off the distance, so that a poor fix never accuses anybody."""
    if fix is None:
        return Place(PlaceCode.ABSENT, reason=absent_reason)
    if fix.mock:
        return Place(PlaceCode.FAKED)
    if home is None:
        return Place(PlaceCode.ABSENT, reason="home_unknown")
    if fix.accuracy_m > ACCURACY_MAX_M:
        return Place(PlaceCode.WEAK)
    beyond = distance_m((fix.lat, fix.lon), home) - fix.accuracy_m - FENCE_M
    if beyond <= 0:
        return Place(PlaceCode.INSIDE)
    return Place(PlaceCode.OUTSIDE, outside_m=ceil(beyond / STEP_M) * STEP_M)


def km_between(here: Fix, there: Fix) -> int:
    """Whole kilometres between two fixes, both accuracies taken off, so that poor fixes never accuse anybody."""
    metres = distance_m((here.lat, here.lon), (there.lat, there.lon)) - here.accuracy_m - there.accuracy_m
    return max(0, int(metres // M_PER_KM))


def distance_m(here: tuple[float, float], there: tuple[float, float]) -> float:
    """Metres along the earth's surface between two (latitude, longitude) pairs."""
    lat1, lon1 = radians(here[0]), radians(here[1])
    lat2, lon2 = radians(there[0]), radians(there[1])
    half = sin((lat2 - lat1) / 2) ** 2 + cos(lat1) * cos(lat2) * sin((lon2 - lon1) / 2) ** 2
    return 2 * EARTH_M * asin(sqrt(half))
