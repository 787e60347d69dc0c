"""From a visit's history to the facts that reports are computed from. Pure; as known at any position."""

from collections.abc import Sequence
from datetime import UTC, datetime

import msgspec

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
from domain.values import ClockReading, ClockRule, PlaceCode, VisitKind
from domain.visit.believed import believed
from domain.visit.entries import Approval, Arrival, Cancellation, Departure, Excess, Failure, Plan, ServiceOutcome
from domain.visit.history import VisitHistory

_NEVER = datetime.min.replace(tzinfo=UTC)
NO_PLAN = Plan((), _NEVER, _NEVER, (), "", VisitKind.EXTRA, 1)
"""Stands in where a visit was never planned: no client, no unit, and it is an extra visit unless the phone says more."""
NO_CLOCK = ClockReading(wall_at="", rule=ClockRule.MONOTONIC)
"""Stands in where no clock was read: nothing is known to be wrong with it."""


def visit_facts(visit_id: VisitId, history: VisitHistory) -> VisitFacts:
    """Everything believed of the visit now."""
    plan, known = history.plan or NO_PLAN, believed(history.entries)
    corrected = known.corrected_fact_ids
    return VisitFacts(
        visit_id=visit_id,
        planned=planned(visit_id, plan, history.cancellation, history.worker_ids) if history.plan else None,
        attendances=attendances(visit_id, plan, known.arrivals, known.departures, corrected),
        services=services(visit_id, plan, known.services, corrected),
        failures=failures(visit_id, known.failures),
        approvals=approvals(visit_id, history),
        excess=excess(visit_id, history.excess),
    )


def planned(
    visit_id: VisitId, plan: Plan, cancellation: Cancellation | None, worker_ids: tuple[WorkerId, ...]
) -> PlannedVisit:
    """The visit as it is intended."""
    return PlannedVisit(
        visit_id=visit_id,
        client_ids=plan.client_ids,
        unit_id=UnitId(plan.unit_id),
        kind=plan.kind,
        starts_at=plan.starts_at,
        ends_at=plan.ends_at,
        services=plan.services,
        workers_needed=plan.workers_needed,
        worker_ids=worker_ids,
        cancelled_by=cancellation.cancelled_by if cancellation else None,
        notice_given_at=cancellation.notice_given_at if cancellation else None,
    )


def attendances(
    visit_id: VisitId,
    plan: Plan,
    arrivals: Sequence[Arrival],
    departures: Sequence[Departure],
    corrected: frozenset[FactId],
) -> tuple[Attendance, ...]:
    """Pair what is believed into attendances, in order of time."""
    return tuple([_attendance(visit_id, plan, paired, corrected) for paired in pair(arrivals, departures)])


def _attendance(visit_id: VisitId, plan: Plan, paired: Pair, corrected: frozenset[FactId]) -> Attendance:
    """Make it in two steps: a call that names more than fifteen values builds a dict of them, and takes twice as long."""
    arrival, departure = paired
    first, last = (arrival or departure), (departure or arrival)
    assert first is not None, "a pair has at least one end"
    assert last is not None
    clock, last_clock = first.clock or NO_CLOCK, last.clock or NO_CLOCK
    stay = Attendance(
        visit_id=visit_id,
        attendance_id=first.fact_id,
        worker_id=first.worker_id,
        client_ids=(arrival.client_ids if arrival else ()) or plan.client_ids,
        unit_id=UnitId(plan.unit_id),
        kind=(arrival.visit_kind if arrival else None) or plan.kind,
        arrived_at=arrival.at if arrival else None,
        departed_at=departure.at if departure else None,
        arrival_fact_id=arrival.fact_id if arrival else None,
        arrival_source=arrival.source if arrival else None,
        arrival_place=arrival.place.code if arrival else PlaceCode.ABSENT,
        arrival_tag_id=arrival.tag_id if arrival else "",
        km_from_previous=arrival.km_from_previous if arrival else None,
        previous_fact_id=arrival.previous_fact_id if arrival else None,
    )
    return msgspec.structs.replace(
        stay,
        departure_fact_id=departure.fact_id if departure else None,
        departure_source=departure.source if departure else None,
        departure_place=departure.place.code if departure else PlaceCode.ABSENT,
        departure_tag_id=departure.tag_id if departure else "",
        device_id=first.device_id,
        corrected=first.fact_id in corrected or last.fact_id in corrected,
        delay_s=first.delay_s if last is first else max(first.delay_s, last.delay_s),
        offset_ms=_further(clock.offset_ms, last_clock.offset_ms),
        jump_ms=_further(clock.jump_ms, last_clock.jump_ms),
        uncertain=ClockRule.WALL_UNCERTAIN in (clock.rule, last_clock.rule),
        implausible=clock.implausible or last_clock.implausible,
        app_newer=first.app_newer or last.app_newer,
        outside_m=max(first.place.outside_m, last.place.outside_m),
        position=max(first.position, last.position),
    )


def _further(one: int, other: int) -> int:
    """Whichever is further from zero."""
    return one if abs(one) >= abs(other) else other


def services(
    visit_id: VisitId, plan: Plan, outcomes: Sequence[ServiceOutcome], corrected: frozenset[FactId]
) -> tuple[ServiceRegistered, ...]:
    """What was registered of each service."""
    return tuple(
        [
            ServiceRegistered(
                visit_id=visit_id,
                fact_id=outcome.fact_id,
                worker_id=outcome.worker_id,
                client_id=outcome.client_id or _only_client(plan),
                service_code=outcome.service_code,
                performed=outcome.performed,
                minutes=outcome.minutes,
                at=outcome.at,
                source=outcome.source,
                corrected=outcome.fact_id in corrected,
            )
            for outcome in outcomes
        ]
    )


def _only_client(plan: Plan) -> ClientId | None:
    return plan.client_ids[0] if len(plan.client_ids) == 1 else None


def failures(visit_id: VisitId, failed: Sequence[Failure]) -> tuple[VisitFailed, ...]:
    """Who could not do the visit, and why."""
    return tuple(
        [
            VisitFailed(
                visit_id=visit_id,
                fact_id=failure.fact_id,
                worker_id=failure.worker_id,
                client_ids=failure.client_ids,
                reason=failure.reason,
                at=failure.at,
            )
            for failure in failed
        ]
    )


def approvals(visit_id: VisitId, history: VisitHistory) -> tuple[ApprovalGiven, ...]:
    """The approvals, and whether each still stands."""
    return tuple(
        [
            ApprovalGiven(
                visit_id=visit_id,
                role=approval.role,
                actor=approval.actor,
                position=approval.position,
                minutes=approval.minutes,
                stands=_stands(history, approval),
            )
            for approval in history.approvals
        ]
    )


def excess(visit_id: VisitId, approved: Sequence[Excess]) -> tuple[ExcessApproved, ...]:
    """What a care manager lets be paid beyond the order, in order of client."""
    return tuple(
        [
            ExcessApproved(
                visit_id=visit_id,
                client_id=each.client_id,
                is_extra=each.is_extra,
                minutes=each.minutes,
                actor=each.actor,
            )
            for each in sorted(approved, key=lambda each: (each.client_id, each.is_extra))
        ]
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
    plan, corrected, unnamed = history.plan or NO_PLAN, known.corrected_fact_ids, VisitId("")
    stays = tuple(
        (fact.worker_id, fact.client_ids, _minute(fact.arrived_at), _minute(fact.departed_at))
        for fact in attendances(unnamed, plan, known.arrivals, known.departures, corrected)
    )
    outcomes = sorted(
        (fact.service_code, fact.client_id or ClientId(""), fact.worker_id, fact.performed, fact.minutes or 0)
        for fact in services(unnamed, plan, known.services, corrected)
    )
    failed = sorted(f"{fact.worker_id}|{fact.reason}" for fact in known.failures)
    return stays, tuple(outcomes), tuple(failed)


def _minute(at: datetime | None) -> datetime | None:
    return at.replace(second=0, microsecond=0) if at else None
