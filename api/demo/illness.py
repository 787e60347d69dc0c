"""Workers who are ill, and what becomes of their visits: a substitute is found, or colleagues take what they can."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from random import Random

from api.demo import planning
from api.demo.chance import Chance, drawn, happens
from api.demo.deliveries import OfficeWork
from api.demo.people import DemoWorker, Municipality
from api.demo.rota import Duty, Rota, ShiftKind
from api.demo.routes import Route, Stop
from api.demo.wall_time import instant
from domain.command import Command
from domain.ids import WorkerId
from domain.values import CancelledBy

ILL_SHARE = 0.42
"""[A] Workers who fall ill in a month."""
SPELL_DAYS = ((1, 4), (2, 3), (3, 2), (5, 1))
SUBSTITUTE_SHARE = 0.62
"""[A] How often a substitute is found ([S:SEED3] names the lack of them)."""
TAKEN_OVER, CANCELLED, MISSED = "taken over", "cancelled", "missed"
WITHOUT_SUBSTITUTE = ((TAKEN_OVER, 0.62), (CANCELLED, 0.2), (MISSED, 0.18))
SICK_CALL = {ShiftKind.DAY: 5 * 60 + 40, ShiftKind.EVENING: 11 * 60, ShiftKind.NIGHT: 16 * 60}
"""When the office hears of it, in local minutes."""


@dataclass(slots=True)
class Today:
    """A day as it is worked: who goes where, and whose routes have grown."""

    day: date
    routes: list[Route]
    hurried: set[WorkerId] = field(default_factory=set)

    def tell(self, stops: Sequence[Stop]) -> None:
        """Let all who make these visits know who else does."""
        changed = {stop.visit_id: stop for stop in stops}
        for route in self.routes:
            route.stops = [changed.get(stop.visit_id, stop) for stop in route.stops]


class Illness:
    """Answers who is ill, and deals with their routes."""

    def __init__(self, municipality: Municipality, rota: Rota, chance: Chance) -> None:
        self._rota, self._chance = rota, chance
        self.spells = {worker.worker_id: _spell(worker, municipality, chance) for worker in municipality.workers}

    def is_ill(self, worker: DemoWorker, day: date) -> bool:
        """Whether the worker is ill that day."""
        spell = self.spells[worker.worker_id]
        return spell is not None and spell[0] <= day < spell[1]

    def replace_all(self, today: Today) -> Iterator[OfficeWork]:
        """Deal with every route of somebody who is ill."""
        for route in list(today.routes):
            if self.is_ill(route.duty.worker, today.day):
                yield self._replace(route, today)

    def _replace(self, route: Route, today: Today) -> OfficeWork:
        duty, chance = route.duty, self._chance.of("substitute", route.duty.shift_id)
        at = instant(duty.day, SICK_CALL[duty.kind] + chance.randint(0, 30))
        today.routes.remove(route)
        busy = {other.duty.worker.worker_id for other in today.routes}
        free = [
            worker
            for worker in self._rota.free(duty.unit, duty.day)
            if worker.worker_id not in busy and not self.is_ill(worker, duty.day)
        ]
        if free and happens(chance, SUBSTITUTE_SHARE):
            commands = list(self._substitute(route, chance.choice(free), today))
        else:
            commands = [command for stop in route.stops for command in self._hand_on(stop, duty, today, chance, at)]
        return OfficeWork(commands=commands, at=at)

    def _substitute(self, route: Route, worker: DemoWorker, today: Today) -> Iterator[Command]:
        ill = route.duty.worker
        duty = self._rota.duty(worker, route.duty.unit, route.duty.kind, today.day)
        yield planning.scheduled(duty)
        stops = [_with(stop, ill, worker) for stop in route.stops]
        for stop in route.stops:
            yield from planning.handed_over(stop, ill, worker)
        today.routes.append(Route(duty=duty, stops=stops))
        today.tell(stops)

    def _hand_on(self, stop: Stop, duty: Duty, today: Today, chance: Random, at: datetime) -> Iterator[Command]:
        """One visit for which no substitute was found. Of two workers the other goes alone."""
        if len(stop.worker_ids) > 1:
            today.tell(
                [replace(stop, worker_ids=tuple(each for each in stop.worker_ids if each != duty.worker.worker_id))]
            )
            yield planning.taken_from(stop, duty.worker)
            return
        what = drawn(chance, WITHOUT_SUBSTITUTE)
        colleagues = [route for route in today.routes if self._may_take(route, duty)]
        if what == TAKEN_OVER and colleagues:
            route = chance.choice(colleagues)
            route.stops = sorted(
                [*route.stops, _with(stop, duty.worker, route.duty.worker)], key=lambda each: each.starts_at
            )
            today.hurried.add(route.duty.worker.worker_id)
            yield from planning.handed_over(stop, duty.worker, route.duty.worker)
        elif what == CANCELLED:
            yield planning.cancelled(stop, CancelledBy.PROVIDER, at)

    def _may_take(self, route: Route, duty: Duty) -> bool:
        same = (route.duty.unit, route.duty.kind) == (duty.unit, duty.kind)
        return same and not self.is_ill(route.duty.worker, duty.day)


def _with(stop: Stop, ill: DemoWorker, instead: DemoWorker) -> Stop:
    ids = tuple(instead.worker_id if each == ill.worker_id else each for each in stop.worker_ids)
    return replace(stop, worker_ids=ids)


def _spell(worker: DemoWorker, municipality: Municipality, chance: Chance) -> tuple[date, date] | None:
    """The first day of illness in the month and the first day back; None for the healthy."""
    drawing, scope = chance.of("illness", worker.worker_id), municipality.scope
    if not happens(drawing, ILL_SHARE):
        return None
    from_on = scope.first_on + timedelta(days=drawing.randrange((scope.until_on - scope.first_on).days))
    return from_on, from_on + timedelta(days=drawn(drawing, SPELL_DAYS))
