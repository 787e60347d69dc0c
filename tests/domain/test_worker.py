"""What the office may say of a worker: employment, loans, absence, delegations and titles."""

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest

from domain.absence import AbsentAlreadyError, NotAbsentError
from domain.evidence import Delegation
from domain.facts import Absence, Membership, Person
from domain.ids import ServiceCode, UnitId, WorkerId
from domain.worker import errors
from domain.worker.aggregate import Worker
from domain.worker.events import (
    WorkerAbsent,
    WorkerDelegationRevoked,
    WorkerHealthTaskDelegated,
    WorkerLentToUnit,
    WorkerLicensedTitleRecorded,
    WorkerRegistered,
    WorkerReturned,
    WorkerUnitJoined,
    WorkerUnitLeft,
)
from domain.worker.facts import WorkerFact, worker_facts
from domain.worker.values import LicensedTitle, WorkerAbsenceKind
from tests.scenario import Scenario, Told, fact

worker = Scenario(Worker, "anna")
ANNA, NURSE = WorkerId("anna"), WorkerId("nurse")
BRACKE, GALLO = UnitId("bracke"), UnitId("gallo")
INSULIN = ServiceCode("INSULIN")
Command = Callable[[Worker], None]


def march(day: int) -> date:
    return date(2025, 3, day)


def at(day: int) -> datetime:
    return datetime(2025, 3, day, 6, tzinfo=UTC)


def lent(from_on: date, until_on: date, unit_id: UnitId = GALLO) -> Told:
    return fact(WorkerLentToUnit, unit_id=unit_id, from_on=from_on, until_on=until_on)


def delegated(from_on: date, until_on: date | None) -> Told:
    return fact(WorkerHealthTaskDelegated, service_code=INSULIN, from_on=from_on, until_on=until_on, delegated_by=NURSE)


REGISTERED = fact(
    WorkerRegistered, registered_on=march(1), title="care_assistant", name="Anna Example", employee_number="1017"
)
JOINED = fact(WorkerUnitJoined, unit_id=BRACKE, on=march(3))
LEFT = fact(WorkerUnitLeft, unit_id=BRACKE, on=march(20))
LENT = lent(march(10), march(15))
ABSENT = fact(WorkerAbsent, kind=WorkerAbsenceKind.UNPLANNED, from_at=at(10))
RETURNED = fact(WorkerReturned, at=at(14))
DELEGATED = delegated(march(5), march(25))
REVOKED = fact(WorkerDelegationRevoked, service_code=INSULIN, on=march(15))
LICENSED = fact(WorkerLicensedTitleRecorded, title=LicensedTitle.ASSISTANT_NURSE, from_on=march(5))


def enrol(worker: Worker) -> None:
    worker.enrol(registered_on=march(1), title="care_assistant", name="Anna Example", employee_number="1017")


def join(on: date, unit_id: UnitId = BRACKE) -> Command:
    return lambda worker: worker.join_unit(unit_id=unit_id, on=on)


def leave(on: date, unit_id: UnitId = BRACKE) -> Command:
    return lambda worker: worker.leave_unit(unit_id=unit_id, on=on)


def lend(from_on: date, until_on: date, unit_id: UnitId = GALLO) -> Command:
    return lambda worker: worker.lend_to_unit(unit_id=unit_id, from_on=from_on, until_on=until_on)


def go(from_at: datetime, until_at: datetime | None = None) -> Command:
    return lambda worker: worker.record_absence(kind=WorkerAbsenceKind.UNPLANNED, from_at=from_at, until_at=until_at)


def come_back(moment: datetime) -> Command:
    return lambda worker: worker.record_return(at=moment)


def delegate(from_on: date, until_on: date | None, by: WorkerId = NURSE) -> Command:
    return lambda worker: worker.delegate_health_task(
        service_code=INSULIN, from_on=from_on, until_on=until_on, delegated_by=by
    )


def revoke(on: date, code: ServiceCode = INSULIN) -> Command:
    return lambda worker: worker.revoke_delegation(service_code=code, on=on)


def record_title(from_on: date) -> Command:
    return lambda worker: worker.record_licensed_title(title=LicensedTitle.ASSISTANT_NURSE, from_on=from_on)


def facts(*told: Told) -> tuple[WorkerFact, ...]:
    return worker_facts(ANNA, worker.given(*told).aggregate.history)


def memberships(*told: Told) -> list[tuple[str, str, date, date | None]]:
    found = (each for each in facts(*told) if isinstance(each, Membership))
    return [(each.kind, each.group_id, each.from_on, each.until_on) for each in found]


def test_a_worker_is_registered_once() -> None:
    worker.given().when(enrol).then(REGISTERED)
    worker.given(REGISTERED).when(enrol).then_refused(errors.WorkerAlreadyRegisteredError)
    assert facts(REGISTERED) == (Person(kind="worker", person_id=ANNA, registered_on=march(1)),)


def test_who_the_worker_is_stands_sealed_under_the_workers_own_key() -> None:
    event = worker.event(1, REGISTERED)
    assert isinstance(event, WorkerRegistered)
    assert event.name == "identity of anna at worker/anna@1#worker.registered#name: Anna Example"
    assert event.employee_number == "identity of anna at worker/anna@1#worker.registered#employee_number: 1017"


def test_a_worker_joins_and_leaves_a_unit() -> None:
    worker.given(REGISTERED).when(join(march(3))).then(JOINED)
    worker.given(REGISTERED, JOINED).when(leave(march(20))).then(LEFT)
    assert memberships(REGISTERED, JOINED, LEFT) == [("worker_unit", BRACKE, march(3), march(20))]


def test_a_worker_may_belong_to_two_units_but_not_to_one_twice() -> None:
    worker.given(REGISTERED, JOINED).when(join(march(10), GALLO)).then(
        fact(WorkerUnitJoined, unit_id=GALLO, on=march(10))
    )
    worker.given(REGISTERED, JOINED).when(join(march(10))).then_refused(errors.InUnitAlreadyError)
    worker.given(REGISTERED, JOINED, LEFT).when(join(march(19))).then_refused(errors.InUnitAlreadyError)


def test_a_worker_may_come_back_to_a_unit() -> None:
    worker.given(REGISTERED, JOINED, LEFT).when(join(march(20))).then(
        fact(WorkerUnitJoined, unit_id=BRACKE, on=march(20))
    )


def test_of_two_units_only_the_one_is_left() -> None:
    in_both = fact(WorkerUnitJoined, unit_id=GALLO, on=march(10))
    assert memberships(REGISTERED, JOINED, in_both, LEFT) == [
        ("worker_unit", BRACKE, march(3), march(20)),
        ("worker_unit", GALLO, march(10), None),
    ]


def test_a_unit_may_be_left_earlier_than_was_said() -> None:
    earlier = fact(WorkerUnitLeft, unit_id=BRACKE, on=march(10))
    worker.given(REGISTERED, JOINED, LEFT).when(leave(march(10))).then(earlier)
    assert memberships(REGISTERED, JOINED, LEFT, earlier) == [("worker_unit", BRACKE, march(3), march(10))]


def test_a_unit_that_the_worker_does_not_belong_to_is_not_left() -> None:
    worker.given(REGISTERED, JOINED).when(leave(march(20), GALLO)).then_refused(errors.NotInUnitError)
    worker.given(REGISTERED, JOINED, LEFT).when(leave(march(20))).then_refused(errors.NotInUnitError)


def test_a_unit_is_not_left_before_it_was_joined() -> None:
    worker.given(REGISTERED, JOINED).when(leave(march(2))).then_refused(errors.UnitBackwardsError)
    worker.given(REGISTERED, JOINED).when(leave(march(3))).then(fact(WorkerUnitLeft, unit_id=BRACKE, on=march(3)))


def test_a_worker_is_lent_to_another_unit() -> None:
    worker.given(REGISTERED, JOINED).when(lend(march(10), march(15))).then(LENT)
    assert memberships(REGISTERED, JOINED, LENT) == [
        ("worker_unit", BRACKE, march(3), None),
        ("lent", GALLO, march(10), march(15)),
    ]


def test_a_loan_from_the_same_day_changes_its_end() -> None:
    longer = lent(march(10), march(18))
    worker.given(REGISTERED, LENT).when(lend(march(10), march(18))).then(longer)
    assert memberships(REGISTERED, LENT, longer) == [("lent", GALLO, march(10), march(18))]


def test_a_loan_is_not_repeated_nor_laid_over_another() -> None:
    worker.given(REGISTERED, LENT).when(lend(march(10), march(15))).then_refused(errors.LoanUnchangedError)
    worker.given(REGISTERED, LENT).when(lend(march(12), march(18))).then_refused(errors.LentAlreadyError)
    later = lent(march(20), march(25))
    worker.given(REGISTERED, LENT, later).when(lend(march(10), march(21))).then_refused(errors.LentAlreadyError)


def test_a_worker_is_not_lent_to_the_own_unit() -> None:
    worker.given(REGISTERED, JOINED).when(lend(march(10), march(15), BRACKE)).then_refused(errors.LentToOwnUnitError)


def test_a_loan_ends_after_it_begins() -> None:
    worker.given(REGISTERED).when(lend(march(10), march(10))).then_refused(errors.LoanBackwardsError)


def test_a_worker_is_away_and_comes_back() -> None:
    worker.given(REGISTERED).when(go(at(10))).then(ABSENT)
    worker.given(REGISTERED, ABSENT).when(come_back(at(14))).then(RETURNED)
    away = Absence(person_kind="worker", person_id=ANNA, kind="unplanned", from_at=at(10), until_at=at(14))
    assert away in facts(REGISTERED, ABSENT, RETURNED)


def test_a_worker_who_is_away_does_not_go_away_and_one_who_is_not_does_not_come_back() -> None:
    worker.given(REGISTERED, ABSENT).when(go(at(10))).then_refused(AbsentAlreadyError)
    worker.given(REGISTERED, ABSENT, RETURNED).when(come_back(at(14))).then_refused(NotAbsentError)


def test_a_health_task_is_delegated() -> None:
    worker.given(REGISTERED).when(delegate(march(5), march(25))).then(DELEGATED)
    assert facts(REGISTERED, DELEGATED)[1:] == (
        Delegation(worker_id=ANNA, service_code=INSULIN, from_on=march(5), until_on=march(25), delegated_by=NURSE),
    )


def test_a_health_task_is_not_delegated_twice_for_a_day() -> None:
    worker.given(REGISTERED, DELEGATED).when(delegate(march(5), march(25))).then_refused(errors.DelegatedAlreadyError)
    worker.given(REGISTERED, DELEGATED).when(delegate(march(24), None)).then_refused(errors.DelegatedAlreadyError)


def test_a_delegation_may_follow_another() -> None:
    worker.given(REGISTERED, DELEGATED).when(delegate(march(25), None)).then(delegated(march(25), None))


def test_a_delegation_ends_after_it_begins_and_comes_from_somebody_else() -> None:
    worker.given(REGISTERED).when(delegate(march(5), march(5))).then_refused(errors.DelegationBackwardsError)
    worker.given(REGISTERED).when(delegate(march(5), None, ANNA)).then_refused(errors.DelegatedByOneselfError)


def test_a_delegation_is_revoked_from_a_day_on() -> None:
    worker.given(REGISTERED, DELEGATED).when(revoke(march(15))).then(REVOKED)
    held = facts(REGISTERED, DELEGATED, REVOKED)[1]
    assert isinstance(held, Delegation)
    assert (held.from_on, held.until_on) == (march(5), march(15))


def test_a_delegation_revoked_on_its_first_day_never_held() -> None:
    never = fact(WorkerDelegationRevoked, service_code=INSULIN, on=march(5))
    worker.given(REGISTERED, DELEGATED).when(revoke(march(5))).then(never)
    assert facts(REGISTERED, DELEGATED, never)[1:] == ()


@pytest.mark.parametrize("command", [revoke(march(4)), revoke(march(25)), revoke(march(15), ServiceCode("EYEDROPS"))])
def test_only_a_delegation_that_holds_is_revoked(command: Command) -> None:
    worker.given(REGISTERED, DELEGATED).when(command).then_refused(errors.NotDelegatedError)


def test_a_delegation_is_not_revoked_again() -> None:
    worker.given(REGISTERED, DELEGATED, REVOKED).when(revoke(march(15))).then_refused(errors.NotDelegatedError)


def test_a_licensed_title_is_recorded_once_unless_it_was_held_earlier() -> None:
    worker.given(REGISTERED).when(record_title(march(5))).then(LICENSED)
    for day in (5, 6):
        worker.given(REGISTERED, LICENSED).when(record_title(march(day))).then_refused(errors.TitleRecordedAlreadyError)
    worker.given(REGISTERED, LICENSED).when(record_title(march(4))).then(
        fact(WorkerLicensedTitleRecorded, title=LicensedTitle.ASSISTANT_NURSE, from_on=march(4))
    )


@pytest.mark.parametrize(
    "command",
    [
        join(march(3)),
        leave(march(3)),
        lend(march(10), march(15)),
        go(at(10)),
        come_back(at(10)),
        delegate(march(5), None),
        revoke(march(5)),
        record_title(march(5)),
    ],
)
def test_the_office_decides_nothing_about_a_worker_who_is_not_registered(command: Command) -> None:
    worker.given().when(command).then_refused(errors.WorkerUnknownError)
