"""What a visit's entries come to: corrections applied in log order, as known at any position."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TypeVar, assert_never

import msgspec

from domain.aggregate import NOT_YET_STORED
from domain.ids import DeviceId, FactId
from domain.values import Source
from domain.visit.entries import (
    Arrival,
    AttendanceFix,
    Departure,
    Entry,
    Failure,
    Registration,
    ServiceFix,
    ServiceOutcome,
)

R = TypeVar("R", bound=Registration)


class Believed(msgspec.Struct, frozen=True):
    """What the entries come to, with corrections applied."""

    arrivals: tuple[Arrival, ...]
    departures: tuple[Departure, ...]
    services: tuple[ServiceOutcome, ...]
    failures: tuple[Failure, ...]
    corrected_fact_ids: frozenset[FactId]


NOTHING = Believed((), (), (), (), frozenset())
"""Before the first entry."""


def believed(entries: Iterable[Entry], *, upto: int = NOT_YET_STORED) -> Believed:
    """Apply every correction in log order and give what was believed at position `upto`."""
    known = NOTHING
    for entry in entries:
        if entry.position > upto:
            break
        known = believed_after(known, entry)
    return known


def believed_after(known: Believed, entry: Entry) -> Believed:
    """Take one entry more. What it does not touch are the same objects as before."""
    arrivals, departures, services, failures, corrected = msgspec.structs.astuple(known)
    match entry:
        case Arrival():
            return Believed(_with(arrivals, entry), departures, services, failures, corrected)
        case Departure():
            return Believed(arrivals, _with(departures, entry), services, failures, corrected)
        case ServiceOutcome():
            return Believed(arrivals, departures, _with(services, entry), failures, corrected)
        case Failure():
            return Believed(arrivals, departures, services, _with(failures, entry), corrected)
        case AttendanceFix():
            return _after_attendance_fix(known, entry)
        case ServiceFix():
            return _after_service_fix(known, entry)
        case _:
            assert_never(entry)


def _with(known: Sequence[R], told: R) -> tuple[R, ...]:
    """Put a registration last, or in the place of what was known by its id."""
    if not known:
        return (told,)
    by_id = {each.fact_id: each for each in known}
    by_id[told.fact_id] = told
    return tuple(by_id.values())


def _after_attendance_fix(known: Believed, fix: AttendanceFix) -> Believed:
    arrivals = {each.fact_id: each for each in known.arrivals}
    departures = {each.fact_id: each for each in known.departures}
    corrected = _apply_attendance_fix(fix, arrivals, departures)
    ends = {"arrivals": tuple(arrivals.values()), "departures": tuple(departures.values())}
    return msgspec.structs.replace(known, **ends, corrected_fact_ids=known.corrected_fact_ids | corrected)


def _after_service_fix(known: Believed, fix: ServiceFix) -> Believed:
    services = {each.fact_id: each for each in known.services}
    corrected = known.corrected_fact_ids | _apply_service_fix(fix, services)
    return msgspec.structs.replace(known, services=tuple(services.values()), corrected_fact_ids=corrected)


def _apply_attendance_fix(
    fix: AttendanceFix, arrivals: dict[FactId, Arrival], departures: dict[FactId, Departure]
) -> set[FactId]:
    """Put the corrected ends in place of the old ones; an end that was missing gets the correction's own id."""
    arrival_id = fix.arrival_fact_id or FactId(f"{fix.fix_id}:arrival")
    departure_id = fix.departure_fact_id or FactId(f"{fix.fix_id}:departure")
    old_arrival, old_departure = arrivals.pop(arrival_id, None), departures.pop(departure_id, None)
    values = fix.becomes
    if values.withdrawn:
        return {arrival_id, departure_id}
    if values.arrived_at is not None:
        arrivals[arrival_id] = _corrected_arrival(fix, arrival_id, values.arrived_at, old_arrival)
    if values.departed_at is not None:
        departures[departure_id] = _corrected_departure(
            fix, departure_id, values.departed_at, old_departure, arrival_id
        )
    return {arrival_id, departure_id}


def _corrected_arrival(fix: AttendanceFix, fact_id: FactId, at: datetime, old: Arrival | None) -> Arrival:
    client_ids, worker_id = fix.becomes.client_ids, fix.becomes.worker_id
    if old is not None:
        source = Source.SYSTEM_ADJUSTED if (old.at, old.worker_id) != (at, worker_id) else old.source
        changed = msgspec.structs.replace(old, at=at, worker_id=worker_id, client_ids=client_ids, source=source)
        return msgspec.structs.replace(changed, position=fix.position)
    return Arrival(
        position=fix.position,
        recorded_at=fix.recorded_at,
        fact_id=fact_id,
        worker_id=worker_id,
        at=at,
        source=Source.OFFICE_MANUAL,
        client_ids=client_ids,
    )


def _corrected_departure(
    fix: AttendanceFix, fact_id: FactId, at: datetime, old: Departure | None, arrival_id: FactId
) -> Departure:
    worker_id = fix.becomes.worker_id
    if old is not None:
        source = Source.SYSTEM_ADJUSTED if (old.at, old.worker_id) != (at, worker_id) else old.source
        changed = msgspec.structs.replace(old, at=at, worker_id=worker_id, source=source)
        return msgspec.structs.replace(changed, arrival_fact_id=arrival_id, position=fix.position)
    return Departure(
        position=fix.position,
        recorded_at=fix.recorded_at,
        fact_id=fact_id,
        worker_id=worker_id,
        at=at,
        source=Source.OFFICE_MANUAL,
        arrival_fact_id=arrival_id,
    )


def _apply_service_fix(fix: ServiceFix, services: dict[FactId, ServiceOutcome]) -> set[FactId]:
    old = services.pop(fix.service_fact_id, None)
    values = fix.becomes
    if not values.withdrawn:
        services[fix.service_fact_id] = ServiceOutcome(
            position=old.position if old else fix.position,
            recorded_at=old.recorded_at if old else fix.recorded_at,
            fact_id=fix.service_fact_id,
            worker_id=values.worker_id,
            at=values.at,
            source=Source.SYSTEM_ADJUSTED if old else Source.OFFICE_MANUAL,
            device_id=old.device_id if old else DeviceId(""),
            clock=old.clock if old else None,
            app_newer=old.app_newer if old else False,
            service_code=values.service_code,
            client_id=values.client_id,
            performed=values.performed,
            minutes=values.minutes,
        )
    return {fix.service_fact_id}
