"""Did it last as it should, and when it should?"""

from collections.abc import Collection, Iterator
from operator import itemgetter

from domain.detectors.found import FoundException, VisitCase, causes, plan_cause, service_causes
from domain.exception_catalogue import ExceptionCode
from domain.facts import VisitFacts
from domain.local_time import minutes_between
from domain.presence import attendance_minutes, is_implausible, uncounted


def missing_arrivals(cases: Collection[VisitCase]) -> Iterator[FoundException]:
    """ARRIVAL_MISSING: a departure, or a service done, without an arrival, until the arrival comes."""
    for case in cases:
        visit, minutes = case.visit, case.planned_minutes
        for stay in visit.attendances:
            if stay.arrived_at is None:
                yield case.found(ExceptionCode.ARRIVAL_MISSING, causes(stay), minutes=minutes, since=stay.departed_at)
        if visit.attendances:
            continue
        done = [service for service in visit.services if service.performed]
        if done:
            fact_ids = [fact_id for service in done for fact_id in service_causes(service)]
            since = min(service.at for service in done)
            yield case.found(ExceptionCode.ARRIVAL_MISSING, fact_ids, minutes=minutes, since=since)


def implausible_times(cases: Collection[VisitCase]) -> Iterator[FoundException]:
    """TIME_IMPLAUSIBLE: the stamps cannot be true, so the attendance counts nothing until it is corrected."""
    for case in cases:
        for stay in case.visit.attendances:
            if is_implausible(stay):
                minutes, since = case.planned_minutes, stay.starts_at
                yield case.found(ExceptionCode.TIME_IMPLAUSIBLE, causes(stay), minutes=minutes, since=since)


def over_cap(cases: Collection[VisitCase]) -> Iterator[FoundException]:
    """DURATION_CAP: longer than the longest allowed, where the rulebook sets one."""
    for case in cases:
        cap = case.policies.duration_cap_minutes
        if cap is None:
            continue
        for stay in case.visit.attendances:
            excess = attendance_minutes(stay) - cap
            if excess > 0:
                yield case.found(ExceptionCode.DURATION_CAP, causes(stay), minutes=excess, since=stay.starts_at)


def short_visits(cases: Collection[VisitCase]) -> Iterator[FoundException]:
    """SHORT_VISIT: below a share of the plan. Not while somebody is there, nor where nothing was to be done."""
    for case in cases:
        plan, stays, planned = case.plan, case.visit.attendances, case.planned_minutes
        if plan is None or not stays:
            continue
        made = case.visit_minutes
        if 100 * made < case.policies.short_visit_percent * planned and _all_counted(case.visit):
            fact_ids = [plan_cause(plan), *(fact_id for stay in stays for fact_id in causes(stay))]
            minutes, since = planned - made, min(stay.starts_at for stay in stays)
            yield case.found(ExceptionCode.SHORT_VISIT, fact_ids, minutes=minutes, since=since)


def late_arrivals(cases: Collection[VisitCase]) -> Iterator[FoundException]:
    """LATE_ARRIVAL: the first worker came later than planned, beyond grace."""
    for case in cases:
        plan, stays = case.plan, case.visit.attendances
        if plan is None or not stays:
            continue
        arrived_at, first = stays[0].arrived_at, stays[0]
        if len(stays) > 1:
            arrivals = [(stay.arrived_at, stay) for stay in stays if stay.arrived_at is not None]
            arrived_at, first = min(arrivals, key=itemgetter(0), default=(None, first))
        if arrived_at is None or arrived_at <= plan.starts_at:
            continue
        late = minutes_between(plan.starts_at, arrived_at)
        if late > case.policies.arrival_grace_minutes:
            fact_ids = [plan_cause(plan), *causes(first)]
            yield case.found(ExceptionCode.LATE_ARRIVAL, fact_ids, minutes=late, since=arrived_at)


def early_departures(cases: Collection[VisitCase]) -> Iterator[FoundException]:
    """EARLY_DEPARTURE: the last worker left earlier than planned, beyond grace. Not where nothing was to be done."""
    for case in cases:
        plan, stays = case.plan, case.visit.attendances
        if plan is None or not stays:
            continue
        departed_at, last = stays[0].departed_at, stays[0]
        if len(stays) > 1:
            departures = [(stay.departed_at, stay) for stay in stays if stay.departed_at is not None]
            departed_at, last = max(departures, key=itemgetter(0), default=(None, last))
        if departed_at is None or departed_at >= plan.ends_at:
            continue
        early = minutes_between(departed_at, plan.ends_at)
        if early > case.policies.departure_grace_minutes and _all_counted(case.visit):
            fact_ids = [plan_cause(plan), *causes(last)]
            yield case.found(ExceptionCode.EARLY_DEPARTURE, fact_ids, minutes=early, since=departed_at)


def _all_counted(visit: VisitFacts) -> bool:
    """Whether nobody is still there, and something was done."""
    return not any(uncounted(visit, stay) for stay in visit.attendances)
