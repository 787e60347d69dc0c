"""A worker's shifts and time that was not at a client: planned by the office, told by the phone."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from itertools import permutations

import pytest

from domain.event import FactStamp
from domain.facts import IndirectTime, Shift
from domain.ids import FactId, UnitId, WorkerId
from domain.values import Source
from domain.worker import errors
from domain.worker.aggregate import Worker
from domain.worker.events import (
    WorkerIndirectTimeRecorded,
    WorkerRegistered,
    WorkerShiftChanged,
    WorkerShiftEnded,
    WorkerShiftScheduled,
    WorkerShiftStarted,
)
from domain.worker.facts import worker_facts
from tests.scenario import Scenario, Told, fact

worker = Scenario(Worker, "anna")
ANNA = WorkerId("anna")
BRACKE, GALLO, NOWHERE = UnitId("bracke"), UnitId("gallo"), UnitId("")
PHONE = "worker/anna"
Command = Callable[[Worker], None]


def at(hour: int, minute: int = 0) -> datetime:
    return datetime(2025, 3, 3, hour, minute, tzinfo=UTC)


def stamp(fact_id: str) -> FactStamp:
    return FactStamp(id=FactId(fact_id), digest="")


def started(hour: int, fact_id: str = "start-1", unit_id: UnitId = NOWHERE) -> Told:
    return fact(
        WorkerShiftStarted,
        actor=PHONE,
        stamp=stamp(fact_id),
        worker_id=ANNA,
        occurred_at=at(hour),
        shift_id="shift-1",
        unit_id=unit_id,
    )


def ended(hour: int, fact_id: str = "end-1", paid_minutes: int = 480) -> Told:
    return fact(
        WorkerShiftEnded,
        actor=PHONE,
        stamp=stamp(fact_id),
        worker_id=ANNA,
        occurred_at=at(hour),
        shift_id="shift-1",
        break_minutes=30,
        paid_minutes=paid_minutes,
        closed_through_seq=41,
    )


REGISTERED = fact(WorkerRegistered, registered_on=date(2025, 3, 1))
SCHEDULED = fact(
    WorkerShiftScheduled,
    shift_id="shift-1",
    unit_id=BRACKE,
    scheduled_start_at=at(6),
    scheduled_end_at=at(15),
)
CHANGED = fact(WorkerShiftChanged, shift_id="shift-1", unit_id=GALLO, scheduled_start_at=at(7), scheduled_end_at=at(15))
TRAVELLED = fact(
    WorkerIndirectTimeRecorded,
    actor=PHONE,
    stamp=stamp("travel-1"),
    worker_id=ANNA,
    occurred_at=at(9),
    kind="travel",
    starts_at=at(8, 45),
    minutes=15,
)


def schedule(starts_at: datetime, ends_at: datetime, unit_id: UnitId = BRACKE) -> Command:
    return lambda worker: worker.schedule_shift(
        shift_id="shift-1", unit_id=unit_id, scheduled_start_at=starts_at, scheduled_end_at=ends_at
    )


def change(starts_at: datetime, ends_at: datetime, unit_id: UnitId = BRACKE) -> Command:
    return lambda worker: worker.change_shift(
        shift_id="shift-1", unit_id=unit_id, scheduled_start_at=starts_at, scheduled_end_at=ends_at
    )


def shift(*told: Told) -> Shift:
    """The one shift that is believed."""
    found = worker_facts(ANNA, worker.given(*told).aggregate.history)
    shifts = [each for each in found if isinstance(each, Shift)]
    assert len(shifts) == 1
    return shifts[0]


def test_a_shift_is_scheduled_once() -> None:
    worker.given(REGISTERED).when(schedule(at(6), at(15))).then(SCHEDULED)
    worker.given(REGISTERED, SCHEDULED).when(schedule(at(6), at(15))).then_refused(errors.ShiftAlreadyScheduledError)


def test_a_shift_that_the_phone_has_begun_may_still_be_scheduled() -> None:
    worker.given(REGISTERED, started(6)).when(schedule(at(6), at(15))).then(SCHEDULED)


def test_a_scheduled_shift_gets_other_times_or_another_unit() -> None:
    worker.given(REGISTERED, SCHEDULED).when(change(at(7), at(15), GALLO)).then(CHANGED)
    assert shift(REGISTERED, SCHEDULED, CHANGED).unit_id == GALLO


def test_a_change_that_says_what_is_scheduled_already_is_refused() -> None:
    worker.given(REGISTERED, SCHEDULED).when(change(at(6), at(15))).then_refused(errors.ShiftUnchangedError)


def test_a_shift_that_is_not_scheduled_is_not_changed() -> None:
    worker.given(REGISTERED, started(6)).when(change(at(7), at(15))).then_refused(errors.ShiftUnknownError)


@pytest.mark.parametrize("command", [schedule(at(6), at(6)), change(at(15), at(6))])
def test_a_shift_ends_after_it_begins(command: Command) -> None:
    worker.given(REGISTERED).when(command).then_refused(errors.ShiftBackwardsError)


@pytest.mark.parametrize("command", [schedule(at(6), at(15)), change(at(6), at(15))])
def test_no_shift_is_planned_for_a_worker_who_is_not_registered(command: Command) -> None:
    worker.given().when(command).then_refused(errors.WorkerUnknownError)


@pytest.mark.parametrize("told", [started(6), ended(15), TRAVELLED])
@pytest.mark.parametrize("past", [(), (REGISTERED,), (REGISTERED, SCHEDULED), (REGISTERED, started(6), ended(15))])
def test_what_the_phone_says_is_recorded_whatever_the_past(past: tuple[Told, ...], told: Told) -> None:
    def register(worker: Worker) -> None:
        assert issubclass(told.event_class, WorkerShiftStarted | WorkerShiftEnded | WorkerIndirectTimeRecorded)
        worker.register(told.event_class, **{**told.fields, "worker_id": "somebody else"})

    worker.given(*past).by(PHONE, told.stamp).when(register).then(told)


def test_fields_of_a_newer_app_are_kept_sealed_for_the_worker() -> None:
    newer = fact(
        WorkerShiftStarted, worker_id=ANNA, occurred_at=at(6), shift_id="shift-1", unrecognised='{"mood":"good"}'
    )
    event = worker.event(1, newer)
    assert isinstance(event, WorkerShiftStarted)
    place = "worker/anna@1#worker.shift_started#unrecognised"
    assert event.unrecognised == f'sensitive of anna at {place}: {{"mood":"good"}}'
    assert event.source is Source.MOBILE_NO_RECEIPT


def test_a_shift_is_believed_as_scheduled_and_as_worked_in_whatever_order_that_was_told() -> None:
    believed = Shift(
        worker_id=ANNA,
        shift_id="shift-1",
        unit_id=BRACKE,
        scheduled_start_at=at(6),
        scheduled_end_at=at(15),
        started_at=at(6),
        ended_at=at(15),
        break_minutes=30,
        paid_minutes=480,
        closed_through_seq=41,
    )
    for told in permutations([SCHEDULED, started(6), ended(15)]):
        assert shift(*told) == believed


def test_of_two_starts_the_earliest_counts_and_of_two_ends_the_latest() -> None:
    told = [started(7, "start-2"), started(6), ended(15), ended(14, "end-2", paid_minutes=420)]
    for order in permutations(told):
        worked = shift(*order)
        assert (worked.started_at, worked.ended_at, worked.paid_minutes) == (at(6), at(15), 480)


def test_a_shift_that_was_never_scheduled_is_for_the_unit_that_the_phone_says() -> None:
    assert shift(started(6, unit_id=GALLO)) == Shift(
        worker_id=ANNA,
        shift_id="shift-1",
        unit_id=GALLO,
        scheduled_start_at=None,
        scheduled_end_at=None,
        started_at=at(6),
        ended_at=None,
    )


def test_an_end_without_a_start_stays_alone() -> None:
    worked = shift(ended(15))
    assert (worked.unit_id, worked.started_at, worked.ended_at) == ("", None, at(15))


def test_time_that_was_not_at_a_client_is_believed_as_told() -> None:
    assert worker_facts(ANNA, worker.given(TRAVELLED).aggregate.history) == (
        IndirectTime(worker_id=ANNA, fact_id="travel-1", kind="travel", starts_at=at(8, 45), minutes=15),
    )
