"""Which attendance or service a correction speaks of, and what was believed of it before."""

import msgspec

from domain.ids import FactId
from domain.values import ReasonCode
from domain.visit import errors
from domain.visit.believed import believed
from domain.visit.events import AttendanceValues, ServiceValues
from domain.visit.history import VisitHistory


class AttendanceCorrection(msgspec.Struct, frozen=True, kw_only=True):
    """A correction by hand. Naming neither end adds an attendance that was never registered."""

    arrival_fact_id: FactId | None = None
    departure_fact_id: FactId | None = None
    becomes: AttendanceValues
    reason_codes: tuple[ReasonCode, ...]
    note: str | None = None


class ServiceCorrection(msgspec.Struct, frozen=True, kw_only=True):
    """A correction by hand. Naming no registration adds one that was forgotten."""

    service_fact_id: FactId | None = None
    becomes: ServiceValues
    reason_codes: tuple[ReasonCode, ...]
    note: str | None = None


def attendance_was(history: VisitHistory, correction: AttendanceCorrection) -> AttendanceValues | None:
    """What is believed now of the attendance that the correction names; None when it names none."""
    named = {correction.arrival_fact_id, correction.departure_fact_id} - {None}
    if not named:
        return None
    known = believed(history.entries)
    arrivals = {fact.fact_id: fact for fact in known.arrivals}
    departures = {fact.fact_id: fact for fact in known.departures}
    arrival = arrivals.get(correction.arrival_fact_id or FactId(""))
    departure = departures.get(correction.departure_fact_id or FactId(""))
    end = arrival or departure
    if end is None or not named <= (arrivals.keys() | departures.keys()):
        raise errors.AttendanceUnknownError
    planned = history.plan.client_ids if history.plan else ()
    return AttendanceValues(
        worker_id=end.worker_id,
        client_ids=(arrival.client_ids if arrival else ()) or planned,
        arrived_at=arrival.at if arrival else None,
        departed_at=departure.at if departure else None,
    )


def service_was(history: VisitHistory, correction: ServiceCorrection) -> ServiceValues | None:
    """What is believed now of the service that the correction names; None when it names none."""
    if correction.service_fact_id is None:
        return None
    for service in believed(history.entries).services:
        if service.fact_id == correction.service_fact_id:
            return ServiceValues(
                service_code=service.service_code,
                worker_id=service.worker_id,
                at=service.at,
                client_id=service.client_id,
                performed=service.performed,
                minutes=service.minutes,
            )
    raise errors.ServiceUnknownError
