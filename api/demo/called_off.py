"""What clients change between the plan of a day and its first visit: they call off, are away, or want another time."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from api.demo import planning
from api.demo.chance import happens
from api.demo.deliveries import OfficeWork
from api.demo.field import Field
from api.demo.illness import Today
from api.demo.routes import DayPlan, Stop
from api.demo.wall_time import ONE_DAY, instant
from domain.values import CancelledBy

CALLED_OFF_SHARE, MOVED_SHARE = 0.007, 0.006
"""[A] Visits that clients call off or want at another time."""
IN_TIME_SHARE = 0.6
"""[A] The others call off an hour or three before."""
HEARD_MINUTE = 13 * 60
"""When the office settles the next day."""


def without_called_off(plan: DayPlan, field: Field) -> tuple[Today, list[OfficeWork]]:
    """The day without the visits that are called off, and with some moved to later."""
    works = {stop.visit_id: work for stop in plan.stops() if (work := _called_off(stop, plan, field)) is not None}
    routes = [
        replace(route, stops=[stop for stop in route.stops if stop.visit_id not in works]) for route in plan.routes
    ]
    today = Today(plan.day, routes)
    return today, [*works.values(), *_move_some(today, field)]


def _called_off(stop: Stop, plan: DayPlan, field: Field) -> OfficeWork | None:
    """The client is known to be away, or wants no visit. The office settles it the day before, or when it hears of it."""
    chance, client = field.chance.of("called off", stop.visit_id), stop.asked.clients[0]
    settled_at = instant(plan.day - ONE_DAY, HEARD_MINUTE + chance.randint(0, 180))
    known_at = field.away_known_at(client, stop.starts_at)
    if known_at is not None:
        heard_at = max(known_at + timedelta(minutes=15), settled_at)
        return _cancelled(stop, known_at, heard_at) if heard_at < stop.starts_at else None
    if len(stop.asked.clients) > 1 or not happens(chance, CALLED_OFF_SHARE):
        return None
    short_notice_at = stop.starts_at - timedelta(minutes=chance.randint(50, 200))
    heard_at = settled_at if happens(chance, IN_TIME_SHARE) else short_notice_at
    return _cancelled(stop, heard_at - timedelta(minutes=3), heard_at)


def _cancelled(stop: Stop, notice_given_at: datetime, at: datetime) -> OfficeWork:
    return OfficeWork(commands=(planning.cancelled(stop, CancelledBy.CLIENT, notice_given_at),), at=at)


def _move_some(today: Today, field: Field) -> Iterator[OfficeWork]:
    for route in today.routes:
        for number, stop in enumerate(route.stops):
            chance = field.chance.of("moved", stop.visit_id)
            if len(stop.worker_ids) > 1 or not happens(chance, MOVED_SHARE):
                continue
            later = replace(stop, starts_at=stop.starts_at + timedelta(minutes=5 * chance.randint(6, 16)))
            route.stops[number] = later
            at = instant(today.day - ONE_DAY, HEARD_MINUTE + chance.randint(0, 180))
            yield OfficeWork(commands=(planning.moved(later),), at=at)
        route.stops.sort(key=lambda stop: stop.starts_at)
