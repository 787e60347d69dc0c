"""Were several visits registered as one?"""

from collections import defaultdict
from collections.abc import Collection, Iterator
from datetime import timedelta

from domain.context import Context
from domain.detectors.found import FoundException, causes, plan_cause
from domain.detectors.hour import Moment, missed_or_silent
from domain.exception_catalogue import ExceptionCode
from domain.facts import PlannedVisit, VisitFacts
from domain.ids import ClientId
from domain.planned_time import planned_minutes
from domain.presence import visit_minutes
from domain.rulebook.rulebook import Rulebook

ONE_DAY = timedelta(days=1)


def merged_visits(
    visits: Collection[VisitFacts], moment: Moment, *, context: Context, rulebook: Rulebook
) -> Iterator[FoundException]:
    """MERGED_VISITS: a visit of a client lasted at least as long as it and another one together, planned far from it within
    a day, of which nothing is registered."""
    missed: defaultdict[ClientId, list[VisitFacts]] = defaultdict(list)
    for visit in visits:
        if visit.planned is None or visit.attendances:
            continue
        if missed_or_silent(visit, moment, context, rulebook) is ExceptionCode.NOT_REGISTERED:
            for client_id in visit.planned.client_ids:
                missed[client_id].append(visit)
    for visit in visits if missed else ():
        plan = visit.planned
        if plan is None or plan.cancelled_by is not None or not visit.attendances:
            continue
        for client_id in plan.client_ids:
            for other in missed.get(client_id, ()):
                yield from _as_one(client_id, visit, other, rulebook)


def _as_one(client_id: ClientId, visit: VisitFacts, other: VisitFacts, rulebook: Rulebook) -> Iterator[FoundException]:
    plan, absorbed = visit.planned, other.planned
    assert plan is not None, "only planned visits are compared"
    assert absorbed is not None, "only planned visits are compared"
    gap = _gap(plan, absorbed)
    if gap >= ONE_DAY:
        return
    limit = rulebook.policies_at(plan.starts_at).merged_visits_gap_minutes
    if not limit or gap < timedelta(minutes=limit):
        return
    if visit_minutes(visit) >= planned_minutes(plan) + planned_minutes(absorbed):
        fact_ids = [plan_cause(absorbed), *(fact_id for stay in visit.attendances for fact_id in causes(stay))]
        yield FoundException(
            code=ExceptionCode.MERGED_VISITS,
            subject_kind="client",
            subject_id=client_id,
            fact_ids=tuple(sorted(set(fact_ids))),
            visit_ids=tuple(sorted((visit.visit_id, other.visit_id))),
            minutes=planned_minutes(absorbed),
            since=min(stay.starts_at for stay in visit.attendances),
        )


def _gap(plan: PlannedVisit, other: PlannedVisit) -> timedelta:
    """From the end of the one to the start of the other."""
    if plan.starts_at < other.starts_at:
        return other.starts_at - plan.ends_at
    if other.starts_at < plan.starts_at:
        return plan.starts_at - other.ends_at
    return plan.starts_at - min(plan.ends_at, other.ends_at)
