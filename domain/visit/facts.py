"""From a visit's history to the facts that reports are computed from. Pure; as known at any position."""

from datetime import UTC, datetime

from domain.aggregate import NOT_YET_STORED
from domain.attendance import Pair, pair
from domain.facts import (
    ApprovalGiven,
    Attendance,
    ExcessApproved,
    PlannedVisit,
    ServiceRegistered,
    VisitFacts,
    VisitFailed,
)
from domain.ids import ClientId, FactId, ServiceCode, UnitId, VisitId, WorkerId
from domain.values import ClockRule, PlaceCode, VisitKind
from domain.visit.believed import Believed, believed
from domain.visit.entries import Approval, Arrival, Departure, Plan
from domain.visit.history import VisitHistory

_NEVER = datetime.min.replace(tzinfo=UTC)
NO_PLAN = Plan((), _NEVER, _NEVER, (), "", VisitKind.EXTRA, 1)
"""Stands in where a visit was never planned: no client, no unit, and it is an extra visit unless the phone says more."""


def visit_facts(visit_id: VisitId, history: VisitHistory) -> VisitFacts:
    """Everything believed of the visit now."""
    known = believed(history.entries)
    return VisitFacts(
        visit_id=visit_id,
        planned=_planned(visit_id, history),
        attendances=attendances(visit_id, history, known),
        services=_services(visit_id, history.plan or NO_PLAN, known),
        failures=_failures(visit_id, known),
        approvals=_approvals(visit_id, history),
        excess=_excess(visit_id, history),
    )


def attendances(visit_id: VisitId, history: VisitHistory, known: Believed) -> tuple[Attendance, ...]:
    """Pair what is believed into attendances, in order of time."""
    plan = history.plan or NO_PLAN
    return tuple(
        _attendance(visit_id, plan, paired, known.corrected_fact_ids)
        for paired in pair(known.arrivals, known.departures)
    )


def _planned(visit_id: VisitId, history: VisitHistory) -> PlannedVisit | None:
    plan, cancellation = history.plan, history.cancellation
    if plan is None:
        return None
    return PlannedVisit(
        visit_id=visit_id,
        client_ids=plan.client_ids,
        unit_id=UnitId(plan.unit_id),
        kind=plan.kind,
        starts_at=plan.starts_at,
        ends_at=plan.ends_at,
        services=plan.services,
        workers_needed=plan.workers_needed,
        worker_ids=history.worker_ids,
        cancelled_by=cancellation.cancelled_by if cancellation else None,
        notice_given_at=cancellation.notice_given_at if cancellation else None,
    )


def _attendance(visit_id: VisitId, plan: Plan, paired: Pair, corrected: frozenset[FactId]) -> Attendance:
    arrival, departure = paired
    ends = [end for end in paired if end is not None]
    clocks = [end.clock for end in ends if end.clock is not None]
    return Attendance(
        visit_id=visit_id,
        attendance_id=ends[0].fact_id,
        worker_id=ends[0].worker_id,
        client_ids=(arrival.client_ids if arrival else ()) or plan.client_ids,
        unit_id=UnitId(plan.unit_id),
        kind=(arrival.visit_kind if arrival else None) or plan.kind,
        arrived_at=arrival.at if arrival else None,
        departed_at=departure.at if departure else None,
        arrival_fact_id=arrival.fact_id if arrival else None,
        departure_fact_id=departure.fact_id if departure else None,
        arrival_source=arrival.source if arrival else None,
        departure_source=departure.source if departure else None,
        device_id=ends[0].device_id,
        corrected=not corrected.isdisjoint([end.fact_id for end in ends]),
        delay_s=max([_delay_s(end) for end in ends]),
        offset_ms=max([clock.offset_ms for clock in clocks], key=abs, default=0),
        jump_ms=max([clock.jump_ms for clock in clocks], key=abs, default=0),
        uncertain=ClockRule.WALL_UNCERTAIN in [clock.rule for clock in clocks],
        implausible=True in [clock.implausible for clock in clocks],
        app_newer=True in [end.app_newer for end in ends],
        arrival_place=arrival.place.code if arrival else PlaceCode.ABSENT,
        departure_place=departure.place.code if departure else PlaceCode.ABSENT,
        outside_m=max([end.place.outside_m for end in ends]),
        arrival_tag_id=arrival.tag_id if arrival else "",
        departure_tag_id=departure.tag_id if departure else "",
        km_from_previous=arrival.km_from_previous if arrival else None,
        previous_fact_id=arrival.previous_fact_id if arrival else None,
        position=max([end.position for end in ends]),
    )


def _delay_s(end: Arrival | Departure) -> int:
    if end.recorded_at is None:
        return 0
    return max(0, int((end.recorded_at - end.at).total_seconds()))


def _services(visit_id: VisitId, plan: Plan, known: Believed) -> tuple[ServiceRegistered, ...]:
    return tuple(
        ServiceRegistered(
            visit_id=visit_id,
            fact_id=service.fact_id,
            worker_id=service.worker_id,
            client_id=service.client_id or _only_client(plan),
            service_code=service.service_code,
            performed=service.performed,
            minutes=service.minutes,
            at=service.at,
            source=service.source,
            corrected=service.fact_id in known.corrected_fact_ids,
        )
        for service in known.services
    )


def _only_client(plan: Plan) -> ClientId | None:
    return plan.client_ids[0] if len(plan.client_ids) == 1 else None


def _failures(visit_id: VisitId, known: Believed) -> tuple[VisitFailed, ...]:
    return tuple(
        VisitFailed(
            visit_id=visit_id,
            fact_id=failure.fact_id,
            worker_id=failure.worker_id,
            client_ids=failure.client_ids,
            reason=failure.reason,
            at=failure.at,
        )
        for failure in known.failures
    )


def _approvals(visit_id: VisitId, history: VisitHistory) -> tuple[ApprovalGiven, ...]:
    return tuple(
        ApprovalGiven(
            visit_id=visit_id,
            role=approval.role,
            actor=approval.actor,
            position=approval.position,
            minutes=approval.minutes,
            stands=_stands(history, approval),
        )
        for approval in history.approvals
    )


def _excess(visit_id: VisitId, history: VisitHistory) -> tuple[ExcessApproved, ...]:
    return tuple(
        ExcessApproved(
            visit_id=visit_id,
            client_id=each.client_id,
            is_extra=each.is_extra,
            minutes=each.minutes,
            actor=each.actor,
        )
        for each in sorted(history.excess, key=lambda each: (each.client_id, each.is_extra))
    )


def _stands(history: VisitHistory, approval: Approval) -> bool:
    """Whether what it was given for is still what is believed; where nothing came later, it is."""
    if not history.entries or history.entries[-1].position <= approval.position:
        return True
    return substance(history, upto=approval.position) == substance(history)


Stay = tuple[WorkerId, tuple[ClientId, ...], datetime | None, datetime | None]
Outcome = tuple[ServiceCode, ClientId, WorkerId, bool, int]
Substance = tuple[tuple[Stay, ...], tuple[Outcome, ...], tuple[str, ...]]


def substance(history: VisitHistory, *, upto: int = NOT_YET_STORED) -> Substance:
    """What an approval is given for: minutes, services, clients and workers, as known at position `upto`.

    An approval stands while this is unchanged. Seconds, sources and notes may change without touching it.
    """
    known = believed(history.entries, upto=upto)
    plan = history.plan or NO_PLAN
    stays = tuple(
        (fact.worker_id, fact.client_ids, _minute(fact.arrived_at), _minute(fact.departed_at))
        for fact in attendances(VisitId(""), history, known)
    )
    outcomes = sorted(
        (fact.service_code, fact.client_id or ClientId(""), fact.worker_id, fact.performed, fact.minutes or 0)
        for fact in _services(VisitId(""), plan, known)
    )
    failures = sorted(f"{fact.worker_id}|{fact.reason}" for fact in known.failures)
    return stays, tuple(outcomes), tuple(failures)


def _minute(at: datetime | None) -> datetime | None:
    return at.replace(second=0, microsecond=0) if at else None
