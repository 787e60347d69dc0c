"""Were several visits registered as one?"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import timedelta
from itertools import product

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
    visits: Iterable[VisitFacts], moment: Moment, *, context: Context, rulebook: Rulebook
) -> Iterator[FoundException]:
    """MERGED_VISITS: a visit of a client lasted at least as long as it and another one together, planned far from it within
    a day, of which nothing is registered."""
    made: defaultdict[ClientId, list[VisitFacts]] = defaultdict(list)
    missed: defaultdict[ClientId, list[VisitFacts]] = defaultdict(list)
    for visit in visits:
        plan = visit.planned
        if plan is None or plan.cancelled_by is not None:
            continue
        if visit.attendances:
            groups = made
        elif missed_or_silent(visit, moment, context, rulebook) is ExceptionCode.NOT_REGISTERED:
            groups = missed
        else:
            continue
        for client_id in plan.client_ids:
            groups[client_id].append(visit)
    for client_id, others in missed.items():
        for visit, other in product(made.get(client_id, ()), others):
            yield from _as_one(client_id, visit, other, rulebook)


def _as_one(client_id: ClientId, visit: VisitFacts, other: VisitFacts, rulebook: Rulebook) -> Iterator[FoundException]:
    plan, absorbed = visit.planned, other.planned
    assert plan is not None, "only planned visits are compared"
    assert absorbed is not None, "only planned visits are compared"
    limit = rulebook.policies_at(plan.starts_at).merged_visits_gap_minutes
    gap = _gap(plan, absorbed)
    if not limit or not timedelta(minutes=limit) <= gap < ONE_DAY:
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
    first, second = sorted((plan, other), key=lambda each: (each.starts_at, each.ends_at, each.visit_id))
    return second.starts_at - first.ends_at
