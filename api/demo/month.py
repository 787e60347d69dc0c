"""The month as it reaches the ledger, in order of time and made day by day, so that it is never in memory whole."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from heapq import heappop, heappush

from api.demo import planning
from api.demo.afterwork import Afterworks
from api.demo.background import background
from api.demo.called_off import without_called_off
from api.demo.callouts import Callout, callouts_of
from api.demo.chance import Chance
from api.demo.deliveries import Afterwork, Delivery, OfficeWork
from api.demo.field import PLANNED_AHEAD, Field, planned_at
from api.demo.founding import founding
from api.demo.illness import Illness, Today
from api.demo.people import Municipality
from api.demo.routes import DayPlan, Planner, Stop
from api.demo.shift_work import ShiftWork
from api.demo.wall_time import ONE_DAY, ZONE, days, instant

SETTLED_MINUTE = 12 * 60
"""What a day brings begins at noon of the day before: everything until then has been told."""


class MonthStory:
    """Tells the deliveries of a municipality. Use once; `field.found` holds what has been found out so far."""

    def __init__(self, municipality: Municipality) -> None:
        self._municipality, self._scope = municipality, municipality.scope
        chance = Chance(municipality.scope.seed)
        self.field = Field(municipality, chance)
        self._chance = chance
        self._planner = Planner(municipality, chance)
        self._illness = Illness(municipality, self._planner.rota, chance)
        self._afterworks = Afterworks(self.field, chance)
        self._plans: dict[date, DayPlan] = {}
        self._waiting: list[tuple[datetime, int, Delivery]] = []
        self._number = 0

    def deliveries(self) -> Iterator[Delivery]:
        """Everything, from the first provider to the last approval."""
        for told in (*founding(self._municipality, self._chance), *background(self._municipality, self._illness)):
            self._push(told)
        first_on, until_on = self._scope.first_on - ONE_DAY, self._scope.until_on
        for day in days(first_on - PLANNED_AHEAD, until_on):
            if first_on <= day + PLANNED_AHEAD < until_on:
                self._plan(day + PLANNED_AHEAD)
            if day >= first_on:
                self._live(day)
            for work in self._afterworks.of(day):
                self._push(work)
            yield from self._told(instant(day, SETTLED_MINUTE))
        for work in self._afterworks.at_the_end():
            self._push(work)
        yield from self._told(None)

    def _plan(self, day: date) -> None:
        plan = self._planner.plan(day, known_at=planned_at(day))
        self._plans[day] = plan
        commands = list(planning.planned(plan))
        for number, start in enumerate(range(0, len(commands), Afterwork.BATCH_MAX)):
            batch = commands[start : start + Afterwork.BATCH_MAX]
            self._push(OfficeWork(commands=batch, at=planned_at(day) + timedelta(minutes=number)))

    def _live(self, day: date) -> None:
        plan = self._plans.pop(day)
        for stop in plan.stops():
            on = stop.starts_at.astimezone(ZONE).date()
            self.field.found.visits[stop.asked.clients[0].unit.unit_id, on].append(stop.visit_id)
        today, works = without_called_off(plan, self.field)
        for work in (*works, *self._illness.replace_all(today)):
            self._push(work)
        callouts = self._callouts(today)
        for route in today.routes:
            agenda: list[Stop | Callout] = [*route.stops, *callouts.get(route.duty.shift_id, ())]
            shift = ShiftWork(route.duty, self.field, is_hurried=route.duty.worker.worker_id in today.hurried)
            for sync in shift.deliveries(sorted(agenda, key=lambda item: item.starts_at)):
                self._push(sync)

    def _callouts(self, today: Today) -> dict[str, list[Callout]]:
        sent: dict[str, list[Callout]] = {}
        for unit in self._municipality.units:
            routes = [route for route in today.routes if route.duty.unit == unit]
            for route, callout in callouts_of(unit, today.day, routes, self._municipality, self._chance):
                if self._is_in_month(callout):
                    sent.setdefault(route.duty.shift_id, []).append(callout)
        return sent

    def _is_in_month(self, callout: Callout) -> bool:
        return self._scope.first_on <= callout.starts_at.astimezone(ZONE).date() < self._scope.until_on

    def _push(self, delivery: Delivery) -> None:
        """Keep it until its time. What would come after the story's end has not happened yet."""
        if delivery.at >= self._scope.told_until:
            return
        self._number += 1
        heappush(self._waiting, (delivery.at, self._number, delivery))

    def _told(self, until: datetime | None) -> Iterator[Delivery]:
        while self._waiting and (until is None or self._waiting[0][0] < until):
            yield heappop(self._waiting)[2]
