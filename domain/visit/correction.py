"""Which attendance or service a correction speaks of, and what was believed of it before."""

import msgspec

from domain.attendance import Pair, pair
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
    """What is believed now of the attendance that the correction names; None when it names none.

    Both ends must be named where both are known, or the other end would be left standing alone. Ends that stand alone
    may be named together: the correction makes them one attendance.
    """
    wanted = (correction.arrival_fact_id, correction.departure_fact_id)
    if wanted == (None, None):
        return None
    known = believed(history.entries)
    touched = [paired for paired in pair(known.arrivals, known.departures) if _names_an_end(wanted, paired)]
    arrival = next((arrival for arrival, _ in touched if arrival and arrival.fact_id == wanted[0]), None)
    departure = next((departure for _, departure in touched if departure and departure.fact_id == wanted[1]), None)
    end = arrival or departure
    if end is None or (arrival is None) != (wanted[0] is None) or (departure is None) != (wanted[1] is None):
        raise errors.AttendanceUnknownError
    if sum(fact is not None for paired in touched for fact in paired) != sum(fact_id is not None for fact_id in wanted):
        raise errors.AttendanceHalfNamedError
    planned = history.plan.client_ids if history.plan else ()
    return AttendanceValues(
        worker_id=end.worker_id,
        client_ids=(arrival.client_ids if arrival else ()) or planned,
        arrived_at=arrival.at if arrival else None,
        departed_at=departure.at if departure else None,
    )


def _names_an_end(wanted: tuple[FactId | None, FactId | None], paired: Pair) -> bool:
    return any(fact is not None and fact.fact_id == fact_id for fact, fact_id in zip(paired, wanted, strict=True))


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
