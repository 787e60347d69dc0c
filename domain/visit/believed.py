"""What a visit's entries come to: corrections applied in log order, as known at any position."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import assert_never

import msgspec

from domain.aggregate import NOT_YET_STORED
from domain.ids import DeviceId, FactId
from domain.values import Source
from domain.visit.entries import Arrival, AttendanceFix, Departure, Entry, Failure, ServiceFix, ServiceOutcome


class Believed(msgspec.Struct, frozen=True):
    """What the entries come to, with corrections applied."""

    arrivals: Sequence[Arrival]
    departures: Sequence[Departure]
    services: Sequence[ServiceOutcome]
    failures: Sequence[Failure]
    corrected_fact_ids: frozenset[FactId]


def believed(entries: Iterable[Entry], *, upto: int = NOT_YET_STORED) -> Believed:
    """Apply every correction in log order and give what was believed at position `upto`."""
    arrivals: dict[FactId, Arrival] = {}
    departures: dict[FactId, Departure] = {}
    services: dict[FactId, ServiceOutcome] = {}
    failures: dict[FactId, Failure] = {}
    corrected: set[FactId] = set()
    for entry in entries:
        if entry.position > upto:
            break
        match entry:
            case Arrival():
                arrivals[entry.fact_id] = entry
            case Departure():
                departures[entry.fact_id] = entry
            case ServiceOutcome():
                services[entry.fact_id] = entry
            case Failure():
                failures[entry.fact_id] = entry
            case AttendanceFix():
                corrected |= _apply_attendance_fix(entry, arrivals, departures)
            case ServiceFix():
                corrected |= _apply_service_fix(entry, services)
            case _:
                assert_never(entry)
    return Believed(
        tuple(arrivals.values()),
        tuple(departures.values()),
        tuple(services.values()),
        tuple(failures.values()),
        frozenset(corrected),
    )


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
