"""How a stay at a home goes: a planned one, or one that the worker is called out to."""

from datetime import datetime, timedelta
from random import Random

from api.demo.attended import NOT_PERFORMED, Attended, length_of, possible, reason_for
from api.demo.callouts import Callout
from api.demo.field import Field
from api.demo.outcomes import Done, Outcome, outcome_of, services_done
from api.demo.rota import Duty
from api.demo.routes import Stop
from domain.ids import ServiceCode
from domain.values import PlannedService, VisitKind

EARLY = timedelta(minutes=6)
"""Nobody rings much before the time that the client was told."""
SHORTEST = timedelta(minutes=2)
AT_THE_DOOR = (180, 480)
"""Seconds until a worker gives up, or is sent away."""
LATE_TAP = (900, 2_400)
"""Seconds from the door to the tap, when the departure is pressed in the car."""
CALLOUT_SERVICES = {VisitKind.ALARM: ("ALARM",), VisitKind.ASSISTANCE: (), VisitKind.EXTRA: ("CHECK",)}
"""Of two workers on one alarm, one registers the alarm (rules.md 5.6 [S:KUNDTID])."""


def attend_planned(
    stop: Stop, duty: Duty, ready_at: datetime, field: Field, chance: Random, *, hurry: float
) -> Attended:
    """A planned visit. Two workers who make it together meet at the planned time, and it goes the same for both."""
    common, clients = field.chance.of("visit", stop.visit_id), stop.asked.clients
    together = len(stop.worker_ids) > 1
    begins_at = _beginning(stop, ready_at, common if together else chance, together=together)
    arrived_at = max(begins_at, ready_at)
    is_away = all(field.is_away(client, arrived_at) for client in clients)
    outcome = _outcome(stop, field, common, is_away=is_away)
    pace = hurry * sum(field.pace(client, duty.day) for client in clients) / len(clients)
    ends_at = begins_at + _length(stop, outcome, pace, common) + timedelta(seconds=chance.randint(0, 90) * together)
    left_at = max(ends_at, arrived_at + SHORTEST)
    late_tap = timedelta(seconds=chance.randint(*LATE_TAP)) if outcome is Outcome.LEFT_LATE else timedelta(0)
    return Attended(
        visit_id=stop.visit_id,
        unit=clients[0].unit,
        day=duty.day,
        worker=duty.worker,
        clients=clients,
        kind=None,
        outcome=outcome,
        failed_because=reason_for(is_away, common),
        done=services_done(stop.asked.services, common) if _registers_services(stop, duty) else [],
        arrived_at=arrived_at,
        left_at=left_at,
        registered_until=left_at + late_tap,
        neighbour=field.neighbour(clients[0]),
    )


def attend_callout(callout: Callout, duty: Duty, ready_at: datetime, field: Field, chance: Random) -> Attended:
    """An unplanned visit: an alarm, the second worker at one, or something the client asked for."""
    client = callout.client
    arrived_at = max(ready_at, callout.starts_at) + timedelta(seconds=chance.randint(0, 120))
    left_at = arrived_at + length_of(callout.minutes, 1.0, chance)
    services = [PlannedService(ServiceCode(code), client.client_id, 0) for code in CALLOUT_SERVICES[callout.kind]]
    return Attended(
        visit_id=callout.visit_id,
        unit=client.unit,
        day=duty.day,
        worker=duty.worker,
        clients=(client,),
        kind=callout.kind,
        outcome=Outcome.DONE,
        done=[Done(service, performed=True) for service in services],
        arrived_at=arrived_at,
        left_at=left_at,
        registered_until=left_at,
        neighbour=field.neighbour(client),
    )


def _beginning(stop: Stop, ready_at: datetime, chance: Random, *, together: bool) -> datetime:
    """When it begins; of two workers the one who is delayed comes later."""
    seconds = timedelta(seconds=chance.randint(0, 240))
    return (stop.starts_at if together else max(ready_at, stop.starts_at - EARLY)) + seconds


def _outcome(stop: Stop, field: Field, chance: Random, *, is_away: bool) -> Outcome:
    clients = stop.asked.clients
    outcome = possible(outcome_of(chance), clients, field.neighbour(clients[0]))
    return Outcome.NOBODY_HOME if is_away else outcome


def _length(stop: Stop, outcome: Outcome, pace: float, chance: Random) -> timedelta:
    if outcome in NOT_PERFORMED:
        return timedelta(seconds=chance.randint(*AT_THE_DOOR))
    return length_of(stop.asked.minutes, pace, chance)


def _registers_services(stop: Stop, duty: Duty) -> bool:
    """Of two workers at one visit, the first registers what was done."""
    return stop.worker_ids[0] == duty.worker.worker_id
