"""What the office may plan, and what the field says whatever was planned."""

from datetime import datetime

import pytest

from domain.errors import DomainError
from domain.ids import VisitId, WorkerId
from domain.values import CancelledBy, NotPerformedReason, PlannedService, ReasonCode, VisitKind
from domain.visit import errors
from domain.visit.events import (
    VisitCancelled,
    VisitCheckedIn,
    VisitCheckedOut,
    VisitNoteAdded,
    VisitNotPerformed,
    VisitPlanned,
    VisitRescheduled,
    VisitServiceDeclined,
    VisitServicePerformed,
    VisitWorkerAssigned,
    VisitWorkerUnassigned,
)
from domain.visit.facts import visit_facts
from tests.domain.visit_samples import (
    ANNA,
    ANNAS_PHONE,
    ARRIVED,
    ASTRID,
    BO,
    BRACKE,
    BROR,
    DEPARTED,
    PLANNED,
    SHOWER,
    SHOWERED,
    Command,
    at,
    stamp,
    visit,
)
from tests.scenario import Told, fact

CANCELLED = fact(VisitCancelled, cancelled_by=CancelledBy.CLIENT, notice_given_at=at(6))
ANNA_ASSIGNED = fact(VisitWorkerAssigned, worker_id=ANNA)
ANNA_UNASSIGNED = fact(VisitWorkerUnassigned, worker_id=ANNA, reason_codes=(ReasonCode.STAFF_ABSENCE,))
LATER = fact(
    VisitRescheduled,
    scheduled_start_at=at(10),
    scheduled_end_at=at(11),
    reason_codes=(ReasonCode.CLIENT_CHANGED_OR_CANCELLED,),
)
EIGHT, NINE, TEN, ELEVEN = at(8), at(9), at(10), at(11)
SHOWER_FOR_ASTRID = PlannedService(SHOWER, ASTRID, 40)


def plan(
    starts_at: datetime = EIGHT,
    ends_at: datetime = NINE,
    services: tuple[PlannedService, ...] = (SHOWER_FOR_ASTRID,),
) -> Command:
    return lambda visit: visit.plan(
        client_ids=(ASTRID,), scheduled_start_at=starts_at, scheduled_end_at=ends_at, services=services, unit_id=BRACKE
    )


def reschedule(
    starts_at: datetime = TEN, ends_at: datetime = ELEVEN, services: tuple[PlannedService, ...] = ()
) -> Command:
    return lambda visit: visit.reschedule(
        scheduled_start_at=starts_at,
        scheduled_end_at=ends_at,
        services=services,
        reason_codes=(ReasonCode.CLIENT_CHANGED_OR_CANCELLED,),
    )


def cancel() -> Command:
    return lambda visit: visit.cancel(cancelled_by=CancelledBy.CLIENT, notice_given_at=at(6))


def assign(worker_id: WorkerId) -> Command:
    return lambda visit: visit.assign(worker_id=worker_id)


def unassign(worker_id: WorkerId) -> Command:
    return lambda visit: visit.unassign(worker_id=worker_id, reason_codes=(ReasonCode.STAFF_ABSENCE,))


def test_a_visit_is_planned() -> None:
    visit.given().when(plan()).then(PLANNED)


def test_a_household_visit_plans_services_for_each_client() -> None:
    services = (SHOWER_FOR_ASTRID, PlannedService(SHOWER, BROR, 30))
    visit.given().when(
        lambda visit: visit.plan(
            client_ids=(ASTRID, BROR),
            scheduled_start_at=at(8),
            scheduled_end_at=at(9),
            services=services,
            kind=VisitKind.EXTRA,
            workers_needed=2,
            origin="plans.csv",
        )
    ).then(
        fact(
            VisitPlanned,
            client_ids=(ASTRID, BROR),
            scheduled_start_at=at(8),
            scheduled_end_at=at(9),
            services=services,
            kind=VisitKind.EXTRA,
            workers_needed=2,
            origin="plans.csv",
        )
    )


def test_a_visit_that_has_a_plan_is_not_planned_again() -> None:
    visit.given(PLANNED).when(plan()).then_refused(errors.VisitAlreadyPlannedError)


def test_a_cancelled_visit_may_be_planned_anew() -> None:
    visit.given(PLANNED, CANCELLED).when(plan()).then(PLANNED)


def test_a_visit_that_has_begun_may_still_be_planned() -> None:
    visit.given(ARRIVED, DEPARTED).when(plan()).then(PLANNED)


@pytest.mark.parametrize(
    ("command", "error"),
    [
        (plan(ends_at=at(8)), errors.ScheduleBackwardsError),
        (plan(services=(PlannedService(SHOWER, BROR, 40),)), errors.ClientMissingError),
        (
            lambda visit: visit.plan(client_ids=(), scheduled_start_at=at(8), scheduled_end_at=at(9)),
            errors.ClientMissingError,
        ),
    ],
)
def test_a_plan_has_clients_and_ends_after_it_begins(command: Command, error: type[DomainError]) -> None:
    visit.given().when(command).then_refused(error)


def test_a_plan_is_moved_to_another_time() -> None:
    visit.given(PLANNED).when(reschedule()).then(LATER)


def test_a_plan_moved_without_services_keeps_them() -> None:
    planned = visit_facts(VisitId("visit-1"), visit.given(PLANNED, LATER).aggregate.history).planned
    assert planned is not None
    assert (planned.starts_at, planned.services) == (at(10), (SHOWER_FOR_ASTRID,))


@pytest.mark.parametrize(
    ("past", "command", "error"),
    [
        ((), reschedule(), errors.VisitNotPlannedError),
        ((ARRIVED,), reschedule(), errors.VisitNotPlannedError),
        ((PLANNED, CANCELLED), reschedule(), errors.VisitCancelledError),
        ((PLANNED,), reschedule(ends_at=at(10)), errors.ScheduleBackwardsError),
        ((PLANNED,), reschedule(services=(PlannedService(SHOWER, BROR, 40),)), errors.ClientMissingError),
        ((), cancel(), errors.VisitNotPlannedError),
        ((PLANNED, CANCELLED), cancel(), errors.VisitAlreadyCancelledError),
        ((), assign(ANNA), errors.VisitNotPlannedError),
        ((PLANNED, CANCELLED), assign(ANNA), errors.VisitCancelledError),
        ((PLANNED, ANNA_ASSIGNED), assign(ANNA), errors.WorkerAlreadyAssignedError),
        ((PLANNED,), unassign(ANNA), errors.WorkerNotAssignedError),
        ((PLANNED, ANNA_ASSIGNED), unassign(BO), errors.WorkerNotAssignedError),
        ((PLANNED, ANNA_ASSIGNED, ANNA_UNASSIGNED), unassign(ANNA), errors.WorkerNotAssignedError),
    ],
)
def test_only_a_standing_plan_is_changed_and_nothing_is_decided_twice(
    past: tuple[Told, ...], command: Command, error: type[DomainError]
) -> None:
    visit.given(*past).when(command).then_refused(error)


def test_a_visit_is_cancelled_with_the_moment_that_notice_was_given() -> None:
    visit.given(PLANNED).when(cancel()).then(CANCELLED)


def test_workers_are_assigned_and_unassigned() -> None:
    visit.given(PLANNED).when(assign(ANNA)).then(ANNA_ASSIGNED)
    visit.given(PLANNED, ANNA_ASSIGNED).when(assign(BO)).then(fact(VisitWorkerAssigned, worker_id=BO))
    visit.given(PLANNED, ANNA_ASSIGNED).when(unassign(ANNA)).then(ANNA_UNASSIGNED)
    visit.given(PLANNED, ANNA_ASSIGNED, ANNA_UNASSIGNED).when(assign(ANNA)).then(ANNA_ASSIGNED)


FROM_THE_FIELD = [
    ARRIVED,
    DEPARTED,
    SHOWERED,
    fact(
        VisitServiceDeclined,
        actor=ANNAS_PHONE,
        stamp=stamp("declined-1"),
        worker_id=ANNA,
        occurred_at=at(8),
        service_code=SHOWER,
    ),
    fact(
        VisitNotPerformed,
        actor=ANNAS_PHONE,
        stamp=stamp("failed-1"),
        worker_id=ANNA,
        occurred_at=at(8),
        reason=NotPerformedReason.NOBODY_HOME,
    ),
    fact(
        VisitNoteAdded,
        actor=ANNAS_PHONE,
        stamp=stamp("note-1"),
        worker_id=ANNA,
        occurred_at=at(8),
        person_id=ASTRID,
        text="Astrid was tired",
    ),
]
PASTS = [(), (PLANNED,), (PLANNED, CANCELLED), (PLANNED, ANNA_ASSIGNED, ARRIVED, DEPARTED), (DEPARTED,)]


@pytest.mark.parametrize("told", FROM_THE_FIELD, ids=lambda told: told.event_class.TOPIC)
@pytest.mark.parametrize("past", PASTS, ids=["nothing", "planned", "cancelled", "over", "departure first"])
def test_what_the_phone_says_is_recorded_whatever_the_past(past: tuple[Told, ...], told: Told) -> None:
    assert issubclass(
        told.event_class,
        VisitCheckedIn
        | VisitCheckedOut
        | VisitServicePerformed
        | VisitServiceDeclined
        | VisitNotPerformed
        | VisitNoteAdded,
    )
    event_class = told.event_class
    visit.given(*past).by(ANNAS_PHONE, told.stamp).when(lambda visit: visit.register(event_class, **told.fields)).then(
        told
    )


def test_a_note_is_sealed_for_the_client_and_a_position_for_the_worker() -> None:
    note = visit.event(1, FROM_THE_FIELD[-1])
    assert isinstance(note, VisitNoteAdded)
    assert note.text == "sensitive of astrid at visit/visit-1@1#visit.note_added#text: Astrid was tired"
    arrival = visit.event(2, fact(VisitCheckedIn, worker_id=ANNA, occurred_at=at(8), position="62.75,15.42,12"))
    assert isinstance(arrival, VisitCheckedIn)
    assert arrival.position == "position of anna at visit/visit-1@2#visit.checked_in#position: 62.75,15.42,12"
