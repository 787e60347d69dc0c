"""Did it last as it should, and when it should?"""

from collections.abc import Iterator
from operator import itemgetter

from domain.detectors.found import FoundException, VisitCase, causes, plan_cause, service_causes
from domain.exception_catalogue import ExceptionCode
from domain.local_time import minutes_between
from domain.presence import attendance_minutes, is_implausible, uncounted


def missing_arrivals(case: VisitCase) -> Iterator[FoundException]:
    """ARRIVAL_MISSING: a departure, or a service done, without an arrival, until the arrival comes."""
    minutes = case.planned_minutes
    for stay in case.visit.attendances:
        if stay.arrived_at is None:
            yield case.found(ExceptionCode.ARRIVAL_MISSING, causes(stay), minutes=minutes, since=stay.departed_at)
    if case.visit.attendances:
        return
    done = [service for service in case.visit.services if service.performed]
    if done:
        fact_ids = [fact_id for service in done for fact_id in service_causes(service)]
        since = min(service.at for service in done)
        yield case.found(ExceptionCode.ARRIVAL_MISSING, fact_ids, minutes=minutes, since=since)


def implausible_times(case: VisitCase) -> Iterator[FoundException]:
    """TIME_IMPLAUSIBLE: the stamps cannot be true, so the attendance counts nothing until it is corrected."""
    for stay in case.visit.attendances:
        if is_implausible(stay):
            minutes, since = case.planned_minutes, stay.starts_at
            yield case.found(ExceptionCode.TIME_IMPLAUSIBLE, causes(stay), minutes=minutes, since=since)


def over_cap(case: VisitCase) -> Iterator[FoundException]:
    """DURATION_CAP: longer than the longest allowed, where the rulebook sets one."""
    cap = case.policies.duration_cap_minutes
    if cap is None:
        return
    for stay in case.visit.attendances:
        excess = attendance_minutes(stay) - cap
        if excess > 0:
            yield case.found(ExceptionCode.DURATION_CAP, causes(stay), minutes=excess, since=stay.starts_at)


def short_visits(case: VisitCase) -> Iterator[FoundException]:
    """SHORT_VISIT: below a share of the plan. Not while somebody is there, nor where nothing was to be done."""
    plan, stays = case.plan, case.visit.attendances
    if plan is None or not stays:
        return
    planned, made = case.planned_minutes, case.visit_minutes
    if 100 * made < case.policies.short_visit_percent * planned and not any(
        uncounted(case.visit, stay) for stay in stays
    ):
        fact_ids = [plan_cause(plan), *(fact_id for stay in stays for fact_id in causes(stay))]
        minutes, since = planned - made, min(stay.starts_at for stay in stays)
        yield case.found(ExceptionCode.SHORT_VISIT, fact_ids, minutes=minutes, since=since)


def late_arrivals(case: VisitCase) -> Iterator[FoundException]:
    """LATE_ARRIVAL: the first worker came later than planned, beyond grace."""
    arrivals = [(stay.arrived_at, stay) for stay in case.visit.attendances if stay.arrived_at is not None]
    if case.plan is None or not arrivals:
        return
    arrived_at, first = min(arrivals, key=itemgetter(0)) if len(arrivals) > 1 else arrivals[0]
    late = minutes_between(case.plan.starts_at, arrived_at)
    if late > case.policies.arrival_grace_minutes:
        fact_ids = [plan_cause(case.plan), *causes(first)]
        yield case.found(ExceptionCode.LATE_ARRIVAL, fact_ids, minutes=late, since=arrived_at)


def early_departures(case: VisitCase) -> Iterator[FoundException]:
    """EARLY_DEPARTURE: the last worker left earlier than planned, beyond grace. Not where nothing was to be done."""
    stays = case.visit.attendances
    departures = [(stay.departed_at, stay) for stay in stays if stay.departed_at is not None]
    if case.plan is None or not departures:
        return
    departed_at, last = max(departures, key=itemgetter(0)) if len(departures) > 1 else departures[0]
    early = minutes_between(departed_at, case.plan.ends_at)
    if early > case.policies.departure_grace_minutes and not any(uncounted(case.visit, stay) for stay in stays):
        fact_ids = [plan_cause(case.plan), *causes(last)]
        yield case.found(ExceptionCode.EARLY_DEPARTURE, fact_ids, minutes=early, since=departed_at)
