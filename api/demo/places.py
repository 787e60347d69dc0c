"""Where the demo's people live: villages about where they lie, homes nowhere in particular."""

from dataclasses import dataclass, field
from functools import lru_cache
from math import cos, radians
from random import Random

from api.demo.names import STREETS
from domain.client.values import AreaType, Dwelling
from domain.place import distance_m

Point = tuple[float, float]
M_PER_DEGREE = 111_195
WINDING = 1.3
"""[A] Roads are this much longer than the straight line."""
LEAVING_MINUTES = 3
"""[A] From one door to the car and from the car to the next, beside a kilometre a minute."""
SPREAD_M = {AreaType.URBAN: 700, AreaType.RURAL: 1_800, AreaType.SPARSE: 4_000}


@dataclass(frozen=True, slots=True)
class Village:
    """A place where clients live."""

    name: str
    centre: Point
    area: AreaType
    weight: float
    """Its share of its unit's clients."""


@dataclass(frozen=True, slots=True)
class Home:
    """One dwelling."""

    village: str
    address: str = field(repr=False)
    at: Point
    area: AreaType
    dwelling: Dwelling


BRACKE = (
    Village("Bräcke", (62.751, 15.418), AreaType.URBAN, 0.7),
    Village("Nyhem", (62.905, 15.665), AreaType.RURAL, 0.16),
    Village("Hunge", (62.745, 15.095), AreaType.SPARSE, 0.14),
)
GALLO = (
    Village("Gällö", (62.917, 15.233), AreaType.URBAN, 0.56),
    Village("Pilgrimstad", (62.957, 15.048), AreaType.RURAL, 0.26),
    Village("Revsund", (62.895, 15.2), AreaType.RURAL, 0.18),
)
KALARNE = (
    Village("Kälarne", (62.985, 16.083), AreaType.URBAN, 0.62),
    Village("Håsjö", (63.005, 16.205), AreaType.RURAL, 0.22),
    Village("Ansjö", (62.963, 15.86), AreaType.SPARSE, 0.16),
)


def settle(village: Village, chance: Random) -> Home:
    """A home in the village: an invented address with an invented postcode, near its centre."""
    spread = SPREAD_M[village.area]
    at = shifted(village.centre, chance.gauss(0, spread / 2), chance.gauss(0, spread / 2))
    in_block = village.area is AreaType.URBAN and chance.random() < 0.45  # noqa: PLR2004  # [A]
    return Home(
        village=village.name,
        address=f"{chance.choice(STREETS)} {chance.randint(1, 98)}, 999 {chance.randint(10, 99)} {village.name}",
        at=(round(at[0], 6), round(at[1], 6)),
        area=village.area,
        dwelling=Dwelling.MACHINE_IN_BUILDING if in_block else Dwelling.MACHINE_IN_HOME,
    )


def shifted(point: Point, north_m: float, east_m: float) -> Point:
    """The point so many metres north and east of another."""
    lat = point[0] + north_m / M_PER_DEGREE
    return lat, point[1] + east_m / (M_PER_DEGREE * cos(radians(point[0])))


@lru_cache(maxsize=32_768)
def travel_minutes(here: Point, there: Point) -> int:
    """[A] How long it takes from one home to the next: nothing within one building."""
    if here == there:
        return 0
    return LEAVING_MINUTES + round(distance_m(here, there) / 1000 * WINDING)
