"""Exceptions that hold visits against each other and against the hour (exceptions.md)."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.context import Context
from domain.detectors.found import FoundException
from domain.detectors.hour import Moment, moment_of
from domain.evidence import DeviceContact
from domain.exception_catalogue import ExceptionCode
from domain.exceptions import find_exceptions, hourly_exceptions
from domain.facts import Absence, Attendance, VisitFacts
from domain.ids import ClientId, DeviceId, VisitId, WorkerId
from domain.rulebook.rulebook import DEFAULT_RULEBOOK
from domain.values import CancelledBy, VisitKind
from tests.domain.given_facts import (
    ANNA,
    ASTA,
    BO,
    BROR,
    but,
    clock,
    failure,
    known,
    plan,
    service,
    stay,
    visit,
)

KNOWN = known()
FIRST, SECOND = VisitId("first"), VisitId("second")
EVENING = Moment(clock("20:00"))


def found(*visits: VisitFacts, context: Context = KNOWN, moment: Moment = EVENING) -> list[FoundException]:
    return find_exceptions(visits, context=context, rulebook=DEFAULT_RULEBOOK, moment=moment)


def of_code(code: ExceptionCode, *visits: VisitFacts) -> list[FoundException]:
    return [each for each in found(*visits) if each.code == code]


def made(
    visit_id: VisitId, arrived: str, departed: str, worker: WorkerId = ANNA, client: ClientId = ASTA, **planned: object
) -> VisitFacts:
    """A visit as it was planned."""
    return visit(
        plan(arrived, departed, visit_id=visit_id, clients=(client,), workers=(worker,), **planned),
        stay(arrived, departed, worker, (client,), visit_id=visit_id),
        service(client=client, worker=worker, at=departed, visit_id=visit_id),
        visit_id=visit_id,
    )


# Two places at once


def test_a_worker_in_two_visits_at_once_is_told_of_with_the_minutes_that_overlap() -> None:
    (overlap,) = of_code(
        ExceptionCode.OVERLAP_WORKER, made(FIRST, "08:00", "08:30"), made(SECOND, "08:20", "08:50", client=BROR)
    )
    assert (overlap.subject_kind, overlap.subject_id, overlap.minutes) == ("worker", ANNA, 10)
    assert (overlap.visit_ids, overlap.since, len(overlap.fact_ids)) == ((FIRST, SECOND), clock("08:20"), 4)


@pytest.mark.parametrize(("arrived", "worker"), [("08:30", ANNA), ("08:20", BO)])
def test_one_visit_after_the_other_or_by_another_worker_is_no_overlap(arrived: str, worker: WorkerId) -> None:
    later = made(SECOND, arrived, "08:50", worker, BROR)
    assert of_code(ExceptionCode.OVERLAP_WORKER, made(FIRST, "08:00", "08:30"), later) == []


def test_an_attendance_that_overlaps_several_is_told_of_for_each() -> None:
    long = made(VisitId("long"), "08:00", "12:00")
    others = [made(VisitId(f"other-{hour}"), f"{hour}:00", f"{hour}:20", client=BROR) for hour in (10, 11)]
    assert [each.minutes for each in of_code(ExceptionCode.OVERLAP_WORKER, long, *others)] == [20, 20]


def test_what_only_touches_does_not_overlap_even_beside_what_does() -> None:
    visits = [
        made(VisitId("long"), "08:00", "08:30"),
        made(FIRST, "08:00", "08:10", client=BROR),
        made(SECOND, "08:10", "08:20", client=BROR),
        made(VisitId("later"), "09:00", "09:10"),
    ]
    assert [each.minutes for each in of_code(ExceptionCode.OVERLAP_WORKER, *visits)] == [10, 10]


def test_each_group_of_overlaps_in_a_day_is_found() -> None:
    pairs = [
        made(VisitId(f"{hour}-{start}"), f"{hour}:{start}", f"{hour}:50") for hour in (10, 12) for start in (10, 20)
    ]
    assert [each.minutes for each in of_code(ExceptionCode.OVERLAP_WORKER, *pairs)] == [30, 30]


def test_a_time_that_cannot_be_true_overlaps_nothing() -> None:
    false = visit(stay("08:00", "12:00", visit_id=FIRST, implausible=True), visit_id=FIRST)
    assert of_code(ExceptionCode.OVERLAP_WORKER, false, made(SECOND, "09:00", "09:30", client=BROR)) == []


@pytest.mark.parametrize(("arrived", "departed"), [("08:00", None), (None, "12:00")])
def test_an_open_attendance_overlaps_nothing(arrived: str | None, departed: str | None) -> None:
    forgotten = visit(stay(arrived, departed, visit_id=FIRST), visit_id=FIRST)
    assert of_code(ExceptionCode.OVERLAP_WORKER, forgotten, made(SECOND, "09:00", "09:30", client=BROR)) == []


@pytest.mark.parametrize(("needed", "minutes"), [(1, [20]), (2, [])])
def test_more_workers_than_planned_are_told_of(needed: int, minutes: list[int]) -> None:
    doubled = visit(plan(workers_needed=needed, workers=(ANNA, BO)), stay("08:00", "08:30"), stay("08:10", "08:40", BO))
    found_ones = of_code(ExceptionCode.OVERLAP_CLIENT, doubled)
    assert [each.minutes for each in found_ones] == minutes
    assert {each.since for each in found_ones} <= {clock("08:10")}


def test_two_planned_visits_to_one_client_at_once_expect_a_worker_each() -> None:
    both = made(FIRST, "08:00", "08:30"), made(SECOND, "08:10", "08:40", BO)
    assert of_code(ExceptionCode.OVERLAP_CLIENT, *both) == []


def test_a_second_unplanned_worker_is_one_too_many_and_one_alone_is_not() -> None:
    unplanned = visit(stay("08:10", "08:25", BO, visit_id=SECOND), visit_id=SECOND)
    (overlap,) = of_code(ExceptionCode.OVERLAP_CLIENT, made(FIRST, "08:00", "08:30"), unplanned)
    assert (overlap.subject_kind, overlap.subject_id, overlap.minutes) == ("client", ASTA, 15)
    assert of_code(ExceptionCode.OVERLAP_CLIENT, unplanned) == []


def test_two_workers_on_one_alarm_are_expected() -> None:
    """One registers the alarm, the other the assistance [S:KUNDTID]."""
    alarm = visit(
        stay("03:00", "03:20", ANNA, kind=VisitKind.ALARM), stay("03:00", "03:20", BO, kind=VisitKind.ASSISTANCE)
    )
    assert of_code(ExceptionCode.OVERLAP_CLIENT, alarm) == []


# The hour


def at(text: str, **last_heard: str) -> Moment:
    return Moment(clock(text), {WorkerId(worker): clock(heard) for worker, heard in last_heard.items()})


def hourly(one: VisitFacts, moment: Moment, context: Context = KNOWN) -> list[str]:
    return [each.code for each in hourly_exceptions([one], moment, context=context, rulebook=DEFAULT_RULEBOOK)]


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        (at("09:29"), []),
        (at("09:30"), ["NOT_REGISTERED"]),
        (at("09:30", anna="08:29"), ["SILENT"]),
        (at("09:30", anna="08:30"), ["NOT_REGISTERED"]),
        (at("09:30", bo="07:00"), ["NOT_REGISTERED"]),
    ],
)
def test_a_visit_is_not_registered_only_when_late_ones_have_had_their_time_and_the_phone_was_heard(
    moment: Moment, expected: list[str]
) -> None:
    """Never infer "missed" before the window has passed and late registrations may still arrive ([A] rules.md 10)."""
    assert hourly(visit(plan()), moment) == expected


@pytest.mark.parametrize(
    "one",
    [
        visit(plan(cancelled_by=CancelledBy.CLIENT)),
        visit(plan(), failure()),
        visit(plan(), service(performed=False)),
        visit(plan(), stay("08:00", "08:30")),
        visit(),
    ],
)
def test_what_was_cancelled_or_has_any_registration_is_not_missed(one: VisitFacts) -> None:
    assert hourly(one, at("20:00")) == []


def test_nobody_is_missed_where_the_client_was_away() -> None:
    away = Absence(person_kind="client", person_id=ASTA, kind="hospital", from_at=clock("07:00"), until_at=None)
    assert hourly(visit(plan()), at("20:00"), known(absences=[away])) == []
    assert hourly(visit(plan(clients=(ASTA, BROR))), at("20:00"), known(absences=[away])) == ["NOT_REGISTERED"]


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        (at("12:29"), []),
        (at("12:30"), ["DEPARTURE_MISSING"]),
        (at("12:30", anna="12:29"), ["SILENT"]),
        (at("12:31", anna="12:30"), ["DEPARTURE_MISSING"]),
    ],
)
def test_a_departure_is_missing_when_the_visit_can_no_longer_be_under_way(moment: Moment, expected: list[str]) -> None:
    """[A] four hours after the planned end; no source gives a time at which a visit closes (rules.md 2.1)."""
    assert hourly(visit(plan(), stay("08:00", None)), moment) == expected


def test_without_a_plan_or_beyond_it_the_arrival_decides() -> None:
    assert hourly(visit(stay("08:00", None)), at("12:00")) == ["DEPARTURE_MISSING"]
    assert hourly(visit(plan(), stay("10:00", None)), at("13:59")) == []


def test_a_departure_is_missing_at_once_when_the_worker_has_come_again() -> None:
    again = visit(plan(), stay("08:00", None), stay("09:00", "09:10"))
    assert hourly(again, at("08:59")) == []
    assert hourly(visit(*again.attendances, stay("10:00", "10:10")), at("09:30")) == ["DEPARTURE_MISSING"]
    assert hourly(again, at("09:15", anna="09:01")) == ["DEPARTURE_MISSING"]


def test_a_colleague_who_comes_later_does_not_end_anybodys_stay() -> None:
    doubled = visit(plan("08:00", "09:00"), stay("08:00", None, ANNA), stay("08:20", None, BO))
    assert hourly(doubled, at("09:30")) == []


def test_one_silent_phone_of_two_is_reason_to_wait() -> None:
    doubled = visit(plan(workers=(ANNA, BO)))
    assert hourly(doubled, at("09:30", anna="09:00", bo="08:00")) == ["SILENT"]


def test_what_was_entered_without_a_phone_waits_for_none() -> None:
    entered = but(stay("08:00", None), device_id=DeviceId(""))
    assert hourly(visit(entered), at("12:00", anna="07:00")) == ["DEPARTURE_MISSING"]


def test_a_worker_is_heard_of_by_whichever_phone_was_last() -> None:
    contacts = [
        DeviceContact(device_id=DeviceId(phone), worker_id=ANNA, heard_at=clock(heard))
        for phone, heard in (("old", "07:00"), ("new", "09:00"), ("lost", "08:00"))
    ]
    assert moment_of(clock("10:00"), contacts).last_heard == {ANNA: clock("09:00")}


# In whatever order it came

STAYS = st.builds(
    lambda start, length, worker, client, visit_id: stay(
        clock("06:00") + timedelta(minutes=start),
        clock("06:00") + timedelta(minutes=start + length) if length else None,
        worker,
        (client,),
        visit_id=visit_id,
    ),
    st.integers(0, 300),
    st.integers(0, 90),
    st.sampled_from([ANNA, BO]),
    st.sampled_from([ASTA, BROR]),
    st.sampled_from([FIRST, SECOND]),
)


@given(stays=st.lists(STAYS, max_size=6, unique_by=lambda each: each.attendance_id))
def test_exceptions_do_not_depend_on_any_order_and_each_has_its_own_key(stays: list[Attendance]) -> None:
    def gathered(order: list[Attendance], visit_ids: list[VisitId]) -> list[VisitFacts]:
        return [visit(*(each for each in order if each.visit_id == one), visit_id=one) for one in visit_ids]

    forwards = found(*gathered(stays, [FIRST, SECOND]))
    assert forwards == found(*gathered(stays[::-1], [SECOND, FIRST]))
    assert len({each.key for each in forwards}) == len(forwards)
