"""All that is remembered of a visit, evolved from its events: the one fold behind decisions and read models."""

from datetime import datetime
from typing import assert_never

import msgspec

from domain.field import FieldEvent, fact_id_of
from domain.ids import DeviceId, WorkerId
from domain.visit.entries import (
    Approval,
    Arrival,
    AttendanceFix,
    Cancellation,
    Departure,
    Entry,
    Excess,
    Failure,
    Plan,
    ServiceFix,
    ServiceOutcome,
)
from domain.visit.events import (
    VisitApprovalWithdrawn,
    VisitApproved,
    VisitAttendanceCorrected,
    VisitCancelled,
    VisitCheckedIn,
    VisitCheckedOut,
    VisitEvent,
    VisitExcessApproved,
    VisitExtraVisitApproved,
    VisitNoteAdded,
    VisitNotPerformed,
    VisitPlanned,
    VisitRescheduled,
    VisitServiceDeclined,
    VisitServicePerformed,
    VisitServicesCorrected,
    VisitWorkerAssigned,
    VisitWorkerUnassigned,
)


class VisitHistory(msgspec.Struct, array_like=True):
    """All that is remembered of a visit: small enough to store whole beside a read model."""

    plan: Plan | None = None
    planned_position: int = 0
    cancellation: Cancellation | None = None
    worker_ids: tuple[WorkerId, ...] = ()
    entries: tuple[Entry, ...] = ()
    approvals: tuple[Approval, ...] = ()
    excess: tuple[Excess, ...] = ()


def evolve(history: VisitHistory, event: VisitEvent, *, position: int, recorded_at: datetime | None) -> None:
    """Take one event into the history. Never refuses: it already happened."""
    match event:
        case VisitCheckedIn() | VisitCheckedOut() | VisitServicePerformed():  # first, since there are most of these
            history.entries = (*history.entries, _entry(event, position, recorded_at))
        case VisitPlanned() | VisitRescheduled() | VisitCancelled():
            _evolve_plan(history, event, position)
        case VisitWorkerAssigned(worker_id=worker_id):
            history.worker_ids = tuple(dict.fromkeys((*history.worker_ids, worker_id)))
        case VisitWorkerUnassigned(worker_id=worker_id):
            history.worker_ids = tuple(other for other in history.worker_ids if other != worker_id)
        case VisitApproved():
            kept = tuple(approval for approval in history.approvals if approval.role != event.role)
            approval = Approval(event.role, event.position, event.minutes, event.actor, position)
            history.approvals = (*kept, approval)
        case VisitApprovalWithdrawn(role=role):
            history.approvals = tuple(approval for approval in history.approvals if approval.role != role)
        case VisitExcessApproved() | VisitExtraVisitApproved():
            history.excess = _with_excess(history.excess, event)
        case VisitNoteAdded():
            pass
        case _:
            history.entries = (*history.entries, _entry(event, position, recorded_at))


def _evolve_plan(history: VisitHistory, event: VisitPlanned | VisitRescheduled | VisitCancelled, position: int) -> None:
    match event:
        case VisitPlanned():
            history.plan = Plan(
                event.client_ids,
                event.scheduled_start_at,
                event.scheduled_end_at,
                event.services,
                event.unit_id,
                event.kind,
                event.workers_needed,
            )
            history.planned_position = position
            history.cancellation = None
        case VisitRescheduled():
            if history.plan is not None:
                history.plan = msgspec.structs.replace(
                    history.plan,
                    starts_at=event.scheduled_start_at,
                    ends_at=event.scheduled_end_at,
                    services=event.services or history.plan.services,
                )
        case VisitCancelled():
            history.cancellation = Cancellation(event.cancelled_by, event.notice_given_at)


def _with_excess(
    excess: tuple[Excess, ...], event: VisitExcessApproved | VisitExtraVisitApproved
) -> tuple[Excess, ...]:
    """Let the last word on a client's time hold; none of it is left where it was taken back."""
    is_extra = isinstance(event, VisitExtraVisitApproved)
    kept = tuple(each for each in excess if (each.client_id, each.is_extra) != (event.client_id, is_extra))
    return (*kept, Excess(event.client_id, is_extra, event.minutes, event.actor)) if event.minutes else kept


def _entry(
    event: VisitCheckedIn
    | VisitCheckedOut
    | VisitServicePerformed
    | VisitServiceDeclined
    | VisitNotPerformed
    | VisitAttendanceCorrected
    | VisitServicesCorrected,
    position: int,
    recorded_at: datetime | None,
) -> Entry:
    match event:
        case VisitCheckedIn():
            return _arrival(event, position, recorded_at)
        case VisitCheckedOut():
            return _departure(event, position, recorded_at)
        case VisitServicePerformed() | VisitServiceDeclined():
            return _outcome(event, position, recorded_at)
        case VisitNotPerformed():
            return _failure(event, position, recorded_at)
        case VisitAttendanceCorrected():
            return AttendanceFix(
                position,
                recorded_at,
                fact_id_of(event),
                event.arrival_fact_id,
                event.departure_fact_id,
                event.becomes,
                event.actor,
            )
        case VisitServicesCorrected():
            return ServiceFix(position, recorded_at, event.service_fact_id, event.becomes, event.actor)
        case _:
            assert_never(event)


# What all registrations share is written out in each: to unpack it from a mapping took three of the five microseconds that an
# event takes here, and every fold goes through these.
def _arrival(event: VisitCheckedIn, position: int, recorded_at: datetime | None) -> Arrival:
    return Arrival(
        position=position,
        recorded_at=recorded_at,
        fact_id=fact_id_of(event),
        worker_id=event.worker_id,
        at=event.occurred_at,
        source=event.source,
        device_id=_device_of(event),
        clock=event.clock,
        app_newer=event.unrecognised is not None,
        client_ids=event.client_ids,
        visit_kind=event.kind,
        place=event.place,
        tag_id=event.tag_id,
        km_from_previous=event.km_from_previous,
        previous_fact_id=event.previous_fact_id,
    )


def _departure(event: VisitCheckedOut, position: int, recorded_at: datetime | None) -> Departure:
    return Departure(
        position=position,
        recorded_at=recorded_at,
        fact_id=fact_id_of(event),
        worker_id=event.worker_id,
        at=event.occurred_at,
        source=event.source,
        device_id=_device_of(event),
        clock=event.clock,
        app_newer=event.unrecognised is not None,
        arrival_fact_id=event.arrival_fact_id,
        place=event.place,
        tag_id=event.tag_id,
    )


def _outcome(
    event: VisitServicePerformed | VisitServiceDeclined, position: int, recorded_at: datetime | None
) -> ServiceOutcome:
    return ServiceOutcome(
        position=position,
        recorded_at=recorded_at,
        fact_id=fact_id_of(event),
        worker_id=event.worker_id,
        at=event.occurred_at,
        source=event.source,
        device_id=_device_of(event),
        clock=event.clock,
        app_newer=event.unrecognised is not None,
        service_code=event.service_code,
        client_id=event.client_id,
        performed=isinstance(event, VisitServicePerformed),
        minutes=event.minutes if isinstance(event, VisitServicePerformed) else None,
    )


def _failure(event: VisitNotPerformed, position: int, recorded_at: datetime | None) -> Failure:
    return Failure(
        position=position,
        recorded_at=recorded_at,
        fact_id=fact_id_of(event),
        worker_id=event.worker_id,
        at=event.occurred_at,
        source=event.source,
        device_id=_device_of(event),
        clock=event.clock,
        app_newer=event.unrecognised is not None,
        reason=event.reason,
        client_ids=event.client_ids,
    )


def _device_of(event: FieldEvent) -> DeviceId:
    return event.stamp.device_id if event.stamp else DeviceId("")
