"""Visits that nobody has planned: alarms, and what a client asks for in between."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from random import Random

from api.demo.chance import Chance, happens, phone_id
from api.demo.people import ClientKind, DemoClient, Municipality
from api.demo.routes import Route
from api.demo.units import DemoUnit
from api.demo.wall_time import instant
from domain.ids import VisitId
from domain.values import VisitKind

ALARMS_A_DAY, EXTRAS_A_DAY = 0.025, 0.008
"""[A] For each client who may have one."""
ASSISTED_SHARE = 0.15
"""[A] Alarms that two workers go to: one registers the alarm, the other assistance (rules.md 5.6 [S:KUNDTID])."""
DAY_BEGINS, DAY_ENDS = 7 * 60, 31 * 60
LAST_CALL_MINUTES = 40
"""Nobody is sent out on the last minutes of a shift: the next one goes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Callout:
    """One unplanned visit of one worker. Its id is made on the phone that is sent; who assists is given the same."""

    visit_id: VisitId
    client: DemoClient
    kind: VisitKind
    minutes: int
    starts_at: datetime


def callouts_of(
    unit: DemoUnit, day: date, routes: Sequence[Route], municipality: Municipality, chance: Chance
) -> Iterator[tuple[Route, Callout]]:
    """The unplanned visits of a group from seven in the morning until seven the next, each with who is sent."""
    drawing = chance.of("callouts", unit.word, day)
    for client in municipality.clients:
        if client.unit == unit:
            for kind in _calls(client, drawing):
                yield from _sent(_callout(client, kind, day, drawing), routes, drawing)


def _calls(client: DemoClient, chance: Random) -> Iterator[VisitKind]:
    has_alarm = client.kind is ClientKind.ALARM_ONLY or any(
        line.service_code == "ALARM" for line in client.sol_order.lines
    )
    if has_alarm and happens(chance, ALARMS_A_DAY):
        yield VisitKind.ALARM
    if client.visits_a_day and happens(chance, EXTRAS_A_DAY):
        yield VisitKind.EXTRA


def _callout(client: DemoClient, kind: VisitKind, day: date, chance: Random) -> Callout:
    minute = chance.randint(DAY_BEGINS, DAY_ENDS) if kind is VisitKind.ALARM else chance.randint(9 * 60, 20 * 60)
    starts_at = instant(day, minute) + timedelta(seconds=chance.randint(0, 59))
    return Callout(
        visit_id=VisitId(phone_id(round(starts_at.timestamp() * 1000), "callout", client.client_id, kind)),
        client=client,
        kind=kind,
        minutes=chance.randint(8, 30),
        starts_at=starts_at,
    )


def _sent(callout: Callout, routes: Sequence[Route], chance: Random) -> Iterator[tuple[Route, Callout]]:
    latest = callout.starts_at + timedelta(minutes=LAST_CALL_MINUTES)
    on_duty = [route for route in routes if route.duty.starts_at <= callout.starts_at and latest <= route.duty.ends_at]
    if not on_duty:
        return
    first, *others = chance.sample(on_duty, len(on_duty))
    yield first, callout
    if others and callout.kind is VisitKind.ALARM and happens(chance, ASSISTED_SHARE):
        yield others[0], replace(callout, kind=VisitKind.ASSISTANCE)
