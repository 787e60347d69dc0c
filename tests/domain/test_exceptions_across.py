"""Exceptions that hold visits against each other, the hour, orders and devices; and what the office says of them."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

import msgspec
import pytest

from domain.context import Context
from domain.detectors.found import FoundException
from domain.detectors.hour import Moment, moment_of
from domain.evidence import Acknowledgement, DeviceContact, QuarantinedFact
from domain.exception_catalogue import ExceptionCode
from domain.exceptions import find_exceptions, hourly_exceptions, payable, standing
from domain.facts import Absence, NeedChange, VisitFacts
from domain.ids import DeviceId, FactId, OrderId, VisitId, WorkerId
from domain.rulebook.rulebook import DEFAULT_RULEBOOK
from domain.values import ApprovalRole, CancelledBy, NotPerformedReason, ReasonCode, Source, VisitKind
from tests.domain.given_facts import (
    ANNA,
    ASTA,
    BO,
    BROR,
    approval,
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
    visit_id: VisitId, arrived: str, departed: str, worker: WorkerId = ANNA, client: str = ASTA, **planned: object
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


def test_an_open_attendance_overlaps_nothing() -> None:
    forgotten = visit(stay("08:00", None, visit_id=FIRST), visit_id=FIRST)
    assert of_code(ExceptionCode.OVERLAP_WORKER, forgotten, made(SECOND, "09:00", "09:30", client=BROR)) == []


@pytest.mark.parametrize(("needed", "minutes"), [(1, [20]), (2, [])])
def test_more_workers_than_planned_are_told_of(needed: int, minutes: list[int]) -> None:
    doubled = visit(plan(workers_needed=needed, workers=(ANNA, BO)), stay("08:00", "08:30"), stay("08:10", "08:40", BO))
    assert [each.minutes for each in of_code(ExceptionCode.OVERLAP_CLIENT, doubled)] == minutes


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
    assert hourly(again, at("09:15")) == ["DEPARTURE_MISSING"]


def test_what_was_entered_without_a_phone_waits_for_none() -> None:
    entered = but(stay("08:00", None), device_id=DeviceId(""))
    assert hourly(visit(entered), at("12:00", anna="07:00")) == ["DEPARTURE_MISSING"]


def test_a_worker_is_heard_of_by_whichever_phone_was_last() -> None:
    contacts = [
        DeviceContact(device_id=DeviceId(phone), worker_id=ANNA, heard_at=clock(heard))
        for phone, heard in (("old", "07:00"), ("new", "09:00"), ("lost", "08:00"))
    ]
    assert moment_of(clock("10:00"), contacts).last_heard == {ANNA: clock("09:00")}


# Orders and devices


@pytest.mark.parametrize(("answered", "count"), [(None, 1), (date(2025, 3, 20), 0), (date(2025, 3, 1), 0)])
def test_an_order_is_stale_until_it_answers_a_reported_need(answered: date | None, count: int) -> None:
    need = NeedChange(
        order_id=OrderId("order-of-asta"),
        fact_id="need",
        client_id=ASTA,
        direction="decreased",
        noticed_on=date(2025, 3, 10),
        answered_from_on=answered,
    )
    stale = find_exceptions([], context=KNOWN, rulebook=DEFAULT_RULEBOOK, moment=EVENING, need_changes=[need])
    assert [(each.code, each.subject_id, each.since) for each in stale] == [
        (ExceptionCode.ORDER_STALE, "order-of-asta", clock("00:00", date(2025, 3, 10)))
    ] * count


@pytest.mark.parametrize(("reason", "codes"), [("id_conflict", [ExceptionCode.ID_CONFLICT]), ("device_revoked", [])])
def test_one_id_for_two_registrations_is_a_conflict(reason: str, codes: list[ExceptionCode]) -> None:
    kept = QuarantinedFact(
        device_id=DeviceId("phone"), quarantine_id="q", fact_id=FactId("fact"), worker_id=ANNA, reason=reason
    )
    conflicts = find_exceptions([], context=KNOWN, rulebook=DEFAULT_RULEBOOK, moment=EVENING, quarantined=[kept])
    assert [each.code for each in conflicts] == codes


# What the office says


def acknowledged(one: FoundException, position: int = 5) -> Acknowledgement:
    return Acknowledgement(
        subject_kind=one.subject_kind,
        subject_id=one.subject_id,
        key=one.key,
        code=one.code,
        reason_codes=(ReasonCode.FORGOT_BOTH,),
        actor="coordinator",
        position=position,
    )


def by_hand(departed: str = "08:30") -> FoundException:
    entered = stay("08:00", departed, departure_source=Source.OFFICE_MANUAL, corrected=departed != "08:30")
    (manual,) = of_code(ExceptionCode.MANUAL, visit(plan(), entered, service()))
    return manual


def test_an_exception_is_open_until_it_is_acknowledged() -> None:
    (before,), (after,) = standing([by_hand()], []), standing([by_hand()], [acknowledged(by_hand())])
    assert (before.is_open, after.is_open, after.acknowledgement) == (True, False, acknowledged(by_hand()))


def test_a_changed_exception_is_open_again_and_shows_what_was_said_before() -> None:
    given = [acknowledged(by_hand(), 5), acknowledged(by_hand("08:40"), 9)]
    (again,) = standing([by_hand("08:50")], given)
    assert (again.is_open, again.acknowledgement, again.earlier) == (True, None, given[1])


def test_an_acknowledgement_is_of_one_subject_and_code() -> None:
    other = msgspec.structs.replace(by_hand(), subject_id="another visit")
    (unlike,) = standing([other], [acknowledged(by_hand())])
    assert (unlike.is_open, unlike.earlier) == (True, None)


def test_what_must_be_fixed_is_not_closed_by_an_acknowledgement() -> None:
    (missing,) = of_code(ExceptionCode.SERVICE_MISSING, visit(plan(), stay("08:00", "08:30")))
    assert standing([missing], [acknowledged(missing)])[0].is_open


def test_what_is_most_at_stake_comes_first_then_what_is_oldest() -> None:
    one, two, three = (made(VisitId(name), *times) for name, times in {
        "short": ("08:00", "08:10"), "long": ("10:00", "11:00"), "old": ("07:00", "07:10")}.items())
    unplanned = [msgspec.structs.replace(each, planned=None) for each in (one, two, three)]
    assert [each.subject_id for each in found(*unplanned) if each.code == ExceptionCode.UNPLANNED] == ["long", "old", "short"]


BOTH = (approval(ApprovalRole.WORKER), approval(ApprovalRole.COORDINATOR))


def can_be_paid(*facts: object, roles: Iterable[ApprovalRole] = tuple(ApprovalRole)) -> bool:
    one = visit(*facts)  # type: ignore[arg-type]
    rulebook = msgspec.structs.replace(DEFAULT_RULEBOOK, required_approvals=tuple(roles))
    return payable(one, found(one), rulebook)
