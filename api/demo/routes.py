"""A day's visits dealt out to the workers on duty: each a route through the day, with travel between the homes."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from api.demo.chance import Chance
from api.demo.demand import Asked, Demand
from api.demo.ordered import Slot
from api.demo.people import Municipality
from api.demo.places import Point, travel_minutes
from api.demo.rota import Duty, Rota, ShiftKind
from api.demo.units import DemoUnit
from api.demo.wall_time import ZONE, instant
from domain.ids import VisitId, WorkerId

STEP = 5
"""Planned times stand on five minutes."""
BANDS = (
    (Slot.MORNING, ShiftKind.DAY, 7 * 60 + 10),
    (Slot.MIDDAY, ShiftKind.DAY, 11 * 60 + 15),
    (Slot.DAY, ShiftKind.DAY, 13 * 60),
    (Slot.AFTERNOON, ShiftKind.EVENING, 14 * 60 + 45),
    (Slot.EVENING, ShiftKind.EVENING, 16 * 60 + 45),
    (Slot.NIGHT, ShiftKind.NIGHT, 23 * 60),
)
"""The peaks of a day: what part of the order is met by which shift, from which local minute on."""
TRAVEL_GUESS = 8
"""Minutes between two visits, for dealing them out evenly before the way between them is known."""
NIGHT_STEP = 40
"""Visits of one night are spread, not made one after the other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """One planned visit."""

    visit_id: VisitId
    asked: Asked
    starts_at: datetime
    worker_ids: tuple[WorkerId, ...]

    @property
    def ends_at(self) -> datetime:
        """When it is to end."""
        return self.starts_at + timedelta(minutes=self.asked.minutes)


@dataclass(slots=True, kw_only=True)
class Route:
    """One shift with its stops, in order of time."""

    duty: Duty
    stops: list[Stop] = field(default_factory=list)
    minute: float = 0.0
    at: Point | None = None

    def ready(self, there: Point, not_before: int) -> float:
        """The first minute at which the worker can be at a home."""
        travel = travel_minutes(self.at, there) if self.at else 0
        return max(self.minute + travel, not_before)

    def take(self, stop: Stop, minute: float) -> None:
        """Add a stop."""
        self.stops.append(stop)
        self.minute, self.at = minute + stop.asked.minutes, stop.asked.home.at


@dataclass(frozen=True, slots=True)
class DayPlan:
    """All routes of one day, unit by unit."""

    day: date
    routes: tuple[Route, ...]

    def stops(self) -> Iterator[Stop]:
        """Every planned visit once, also where two workers make it."""
        seen: set[VisitId] = set()
        for route in self.routes:
            for stop in route.stops:
                if stop.visit_id not in seen:
                    seen.add(stop.visit_id)
                    yield stop


class Planner:
    """Plans days."""

    def __init__(self, municipality: Municipality, chance: Chance) -> None:
        self._municipality, self._chance = municipality, chance
        self.rota, self._demand = Rota(municipality, chance), Demand(municipality, chance)

    def plan(self, day: date, *, known_at: datetime) -> DayPlan:
        """Plan a day as it looks at `known_at`."""
        routes = [route for unit in self._municipality.units for route in self._routes(unit, day, known_at)]
        return DayPlan(day, tuple(route for route in routes if self._counts(route)))

    def _routes(self, unit: DemoUnit, day: date, known_at: datetime) -> Iterable[Route]:
        routes = [Route(duty=duty) for duty in self.rota.duties(unit, day)]
        asked = list(self._demand.of(unit, day, known_at=known_at))
        for slot, kind, begins in BANDS:
            on_duty = [route for route in routes if route.duty.kind is kind]
            self._deal([visit for visit in asked if visit.slot is slot], on_duty, day, begins)
        return routes

    def _deal(self, asked: Sequence[Asked], routes: Sequence[Route], day: date, begins: int) -> None:
        """First the visits that need two, at the same time on two routes; then neighbours to one and the same worker, and
        the long ones of the day to whoever is ready first."""
        pairs = [visit for visit in asked if visit.workers_needed > 1]
        for number, visit in enumerate(pairs):
            both = [routes[(2 * number + each) % len(routes)] for each in range(min(2, len(routes)))]
            self._lay(visit, both, day, begins)
        singles = [visit for visit in asked if visit.workers_needed == 1]
        share = max(1, -(-sum(visit.minutes + TRAVEL_GUESS for visit in singles) // len(routes)))
        dealt = 0
        for visit in singles:
            in_turn = routes[min(dealt // share, len(routes) - 1)]
            first_ready = min(routes, key=lambda route: route.ready(visit.home.at, begins))
            self._lay(visit, [first_ready if visit.slot is Slot.DAY else in_turn], day, begins)
            dealt += visit.minutes + TRAVEL_GUESS

    def _lay(self, visit: Asked, routes: Sequence[Route], day: date, begins: int) -> None:
        wait = NIGHT_STEP if visit.slot is Slot.NIGHT else 0
        minute = max(route.ready(visit.home.at, begins) for route in routes) + wait
        minute = STEP * -(-minute // STEP)
        stop = Stop(
            visit_id=VisitId(self._chance.id_of("visit", day, visit.slot, visit.clients[0].client_id)),
            asked=visit,
            starts_at=instant(day, minute),
            worker_ids=tuple(route.duty.worker.worker_id for route in routes),
        )
        for route in routes:
            route.take(stop, minute)

    def _counts(self, route: Route) -> bool:
        """Keep what lies in the month: of the night before the first day only what comes after midnight."""
        scope = self._municipality.scope
        route.stops = [
            stop for stop in route.stops if scope.first_on <= stop.starts_at.astimezone(ZONE).date() < scope.until_on
        ]
        return bool(route.stops) or scope.first_on <= route.duty.day < scope.until_on
