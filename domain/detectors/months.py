"""What only a whole month shows: more than was ordered, orders that no longer fit, refusals that fill unused time."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from domain.client_month import MonthOfClients
from domain.context import Context
from domain.detectors.found import FoundException, causes, service_causes
from domain.detectors.hour import is_registered
from domain.deviation.windows import Stretch, Stretches, Window, approved_minutes, excess_of, policies_of
from domain.exception_catalogue import ExceptionCode
from domain.facts import NeedChange, VisitFacts
from domain.ids import ClientId, FactId, derived_id
from domain.local_time import Month, iso_week, local_day, local_day_bounds
from domain.order_lag import LagGround, order_lags
from domain.order_weeks import Days
from domain.performed_time import PerformedMinutes
from domain.planned_time import planned_services
from domain.presence import clients_of
from domain.rulebook.rulebook import Rulebook
from domain.values import NotPerformedReason

PERCENT = 100


class MonthCase(NamedTuple):
    """One client's month under a look."""

    month: Month
    client_id: ClientId
    windows: Mapping[Stretch, Window]
    visits: list[VisitFacts]
    stretches: Stretches
    context: Context
    rulebook: Rulebook


def month_cases(
    minutes: MonthOfClients, visits: Sequence[VisitFacts], *, context: Context, rulebook: Rulebook
) -> Iterator[MonthCase]:
    """Take up each client's month."""
    theirs: defaultdict[ClientId, list[VisitFacts]] = defaultdict(list)
    for visit in visits:
        for client_id in _clients(visit):
            theirs[client_id].append(visit)
    for client in minutes.clients:
        own = theirs[client.client_id]
        yield MonthCase(minutes.month, client.client_id, client.windows, own, minutes.stretches, context, rulebook)


def longer_than_ordered(case: MonthCase) -> Iterator[FoundException]:
    """LONGER_THAN_ORDERED: beyond what is ordered, approved and tolerated, over the rulebook's cap period (rules.md 2.2)."""
    with_approval = {visit.visit_id: visit for visit in case.visits if visit.excess}
    approved = approved_minutes(case.windows, case.client_id, with_approval)
    for (pool, stretch), window in case.windows.items():
        excess, _ = excess_of(window, approved[pool, stretch], policies_of(pool, case.stretches.edition))
        if excess:
            name = f"over@{stretch}/{pool.legal_basis}/{pool.service_code or '*'}"
            inside = [visit for visit in case.visits if visit.visit_id in window.visit_ids]
            yield _of_visits(case, ExceptionCode.LONGER_THAN_ORDERED, name, inside, minutes=excess)


def refusal_patterns(case: MonthCase) -> Iterator[FoundException]:
    """REFUSAL_PATTERN: many of a client's visits were declined, and they fill all that is left of the order's time.

    A share of declined visits alone is the client's own affair; that they come to what was not used is worth a look [A].
    """
    policies, context = case.stretches.edition.policies, case.context
    if not policies.refusal_pattern_percent:
        return

    def is_inside(visit: VisitFacts) -> bool:
        return _day(visit, case.rulebook) in case.month

    declined = [visit for visit in case.visits if _is_declined(visit, case.client_id) and is_inside(visit)]
    if len(declined) < policies.refusal_pattern_visits_min:
        return
    heard = [visit for visit in case.visits if is_registered(visit) and is_inside(visit)]
    if PERCENT * len(declined) < policies.refusal_pattern_percent * len(heard):
        return
    unused = sum(window.ordered - window.performed for window in case.windows.values())
    refused = sum(
        minutes
        for visit in declined
        if visit.planned
        for client_id, _, minutes in planned_services(visit.planned, context, case.rulebook)
        if client_id == case.client_id
    )
    if 0 < unused <= refused:
        yield _of_visits(case, ExceptionCode.REFUSAL_PATTERN, f"declined@{case.month}", declined, minutes=unused)


def steady_differences(
    months: Sequence[Month],
    rows: Sequence[PerformedMinutes],
    need_changes: Iterable[NeedChange],
    *,
    today: date,
    context: Context,
    rulebook: Rulebook,
) -> Iterator[FoundException]:
    """ORDER_STALE: performed differs from ordered for weeks in a row, nobody reported it, and the order is unchanged. The
    key is that of the first of the weeks: one more of them is no news. Weeks that are not over say nothing."""
    days = Days(min(months).first_on, min(max(months).until_on, today))
    lags = order_lags(days, performed=rows, need_changes=need_changes, context=context, rulebook=rulebook)
    for lag in lags:
        if lag.ground is LagGround.STEADY and lag.answered_on is None:
            yield FoundException(
                code=ExceptionCode.ORDER_STALE,
                subject_kind="order",
                subject_id=lag.order_id,
                fact_ids=(FactId(f"{lag.direction}@{iso_week(lag.since_on)}/{lag.service_code or '*'}"),),
                minutes=abs(lag.minutes),
                since=local_day_bounds(lag.since_on, rulebook.zone)[0],
            )


def _of_visits(
    case: MonthCase, code: ExceptionCode, name: str, visits: Sequence[VisitFacts], *, minutes: int
) -> FoundException:
    """About a client. The facts are too many to name each: one name stands for all, and is another when one of them is."""
    fact_ids = sorted({fact_id for visit in visits for fact_id in _facts_of(visit)})
    return FoundException(
        code=code,
        subject_kind="client",
        subject_id=case.client_id,
        fact_ids=(FactId(f"{name}/{derived_id('facts', *fact_ids)}"),),
        visit_ids=tuple(sorted(visit.visit_id for visit in visits)),
        minutes=minutes,
        since=min((visit.stands_at for visit in visits if visit.stands_at), default=None),
    )


def _facts_of(visit: VisitFacts) -> Iterator[FactId]:
    for stay in visit.attendances:
        yield from causes(stay)
    for service in visit.services:
        yield from service_causes(service)
    for failure in visit.failures:
        yield failure.fact_id


def _is_declined(visit: VisitFacts, client_id: ClientId) -> bool:
    """Whether the client declined the whole visit: at the door, or each service of it."""
    if visit.is_all_done:
        return False
    for failure in visit.failures:
        if not failure.client_ids or client_id in failure.client_ids:
            return failure.reason is NotPerformedReason.DECLINED
    theirs = [service for service in visit.services if service.client_id is None or service.client_id == client_id]
    return bool(theirs) and not any(service.performed for service in theirs)


def _clients(visit: VisitFacts) -> Collection[ClientId]:
    """Those it was planned for, and those it was made at: hardly ever others."""
    planned = visit.planned.client_ids if visit.planned else ()
    for stay in visit.attendances:
        if not stay.client_ids or stay.client_ids != planned:
            return {*planned, *(client_id for each in visit.attendances for client_id in clients_of(visit, each))}
    return planned if len(planned) <= 1 else set(planned)


def _day(visit: VisitFacts, rulebook: Rulebook) -> date:
    """The local day a visit stands on; one that nothing places in time is on none that is asked for."""
    return local_day(visit.stands_at, rulebook.zone) if visit.stands_at else date.min
