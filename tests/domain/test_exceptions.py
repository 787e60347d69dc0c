"""Each exception of the catalogue: when it is found in a visit, and when it is not (exceptions.md)."""

from typing import Any

import msgspec
import pytest

from domain.context import Context
from domain.detectors.found import FoundException
from domain.exception_catalogue import CATALOGUE, ExceptionCode
from domain.exceptions import lasting_exceptions
from domain.facts import Absence, VisitFacts
from domain.ids import ClientId, WorkerId
from domain.rulebook.rulebook import rulebook_with
from domain.values import CancelledBy, ExceptionClass, NotPerformedReason, VisitKind
from tests.domain.given_facts import (
    ANNA,
    ASTA,
    BO,
    BROR,
    SHOP,
    SHOWER,
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


def found(made: VisitFacts, context: Context = KNOWN, **policies: Any) -> list[FoundException]:
    rulebook = rulebook_with(**policies)
    return list(lasting_exceptions([made], context=context, rulebook=rulebook))


def codes(made: VisitFacts, context: Context = KNOWN, **policies: Any) -> set[str]:
    return {each.code for each in found(made, context, **policies)}


PLAN, STAY, SHOWERED = plan(), stay("08:00", "08:30"), service()
SOUND = visit(PLAN, STAY, SHOWERED)


def test_a_visit_as_planned_has_no_exception() -> None:
    assert found(SOUND) == []


@pytest.mark.parametrize("code", ExceptionCode)
def test_every_code_has_a_class_an_owner_and_a_meaning_in_both_languages(code: ExceptionCode) -> None:
    entry = CATALOGUE[code]
    assert entry.exception_class in ExceptionClass
    assert entry.owner
    assert entry.meaning_en
    assert entry.meaning_sv
    assert entry.meaning_en != entry.meaning_sv


# Who was there


@pytest.mark.parametrize(
    "made",
    [
        visit(PLAN, stay("08:00", "08:30", clients=(ClientId("ghost"),)), SHOWERED),
        visit(PLAN, STAY, service(client=ClientId("ghost"))),
        visit(plan(clients=(ASTA, ClientId("ghost")))),
        visit(PLAN, stay("08:00", "08:30", clients=()), service(client=None)),
        visit(PLAN, failure(NotPerformedReason.DECLINED, ClientId("ghost"))),
    ],
)
def test_a_client_who_is_not_in_the_ledger_or_not_named_is_unknown(made: VisitFacts) -> None:
    assert ExceptionCode.CLIENT_UNKNOWN in codes(made)


def test_a_service_for_a_household_names_nobody_and_that_is_no_exception() -> None:
    couple = visit(plan(clients=(ASTA, BROR)), stay("08:00", "08:30", clients=(ASTA, BROR)), service(client=None))
    assert codes(couple) == set()


@pytest.mark.parametrize(
    "made",
    [
        visit(PLAN, stay("08:00", "08:30", WorkerId("ghost")), SHOWERED),
        visit(PLAN, STAY, service(worker=WorkerId("ghost"))),
    ],
)
def test_a_worker_who_is_not_in_the_ledger_is_unknown(made: VisitFacts) -> None:
    assert ExceptionCode.WORKER_UNKNOWN in codes(made)


def away(kind: str, person: str, since: str, until: str | None = None) -> Absence:
    ends_at = clock(until) if until else None
    return Absence(person_kind=kind, person_id=person, kind="hospital", from_at=clock(since), until_at=ends_at)


@pytest.mark.parametrize(
    ("absence", "expected"),
    [
        (away("client", ASTA, "07:00"), {ExceptionCode.CLIENT_ABSENT}),
        (away("client", ASTA, "07:00", "08:00"), set()),
        (away("client", ASTA, "08:00", "08:01"), {ExceptionCode.CLIENT_ABSENT}),
        (away("client", BROR, "07:00"), set()),
        (away("worker", ANNA, "07:00"), {ExceptionCode.WORKER_ABSENT}),
        (away("worker", ASTA, "07:00"), set()),
    ],
)
def test_a_visit_while_somebody_was_away_is_accepted_with_an_exception(absence: Absence, expected: set[str]) -> None:
    assert codes(SOUND, known(absences=[absence])) == expected


def test_one_of_a_couple_away_is_enough_to_be_told_of() -> None:
    couple = visit(plan(clients=(ASTA, BROR)), stay("08:00", "08:30", clients=(ASTA, BROR)), service(client=BROR))
    assert codes(couple, known(absences=[away("client", ASTA, "07:00")])) == {ExceptionCode.CLIENT_ABSENT}


def test_a_visit_by_somebody_else_than_the_assigned_is_told_of() -> None:
    made = visit(PLAN, stay("08:00", "08:30", BO), SHOWERED)
    assert codes(made) == {ExceptionCode.OTHER_WORKER}
    assert codes(msgspec.structs.replace(made, planned=plan(workers=()))) == set()


@pytest.mark.parametrize("planned", [None, plan(cancelled_by=CancelledBy.CLIENT)])
def test_a_visit_without_a_standing_plan_is_unplanned(planned: object) -> None:
    made = msgspec.structs.replace(SOUND, planned=planned)
    (unplanned,) = found(made)
    assert (unplanned.code, unplanned.minutes) == (ExceptionCode.UNPLANNED, 30)
    assert unplanned.since == clock("08:00")


def test_a_door_that_nobody_opened_may_be_unplanned_too() -> None:
    assert codes(visit(failure())) == {ExceptionCode.UNPLANNED}


@pytest.mark.parametrize("kind", [VisitKind.ALARM, VisitKind.ASSISTANCE])
def test_an_alarm_is_unplanned_by_nature_and_needs_no_service_or_order(kind: VisitKind) -> None:
    """[S:KUNDTID]."""
    assert codes(visit(stay("03:00", "03:20", kind=kind))) == set()
    assert codes(visit(stay("03:00", "03:20", kind=kind), service(SHOP, at="03:10"))) == set()


# How long


def test_a_departure_without_an_arrival_misses_it() -> None:
    (missing,) = found(visit(PLAN, stay(None, "08:30"), SHOWERED))
    assert (missing.code, missing.minutes, missing.since) == (ExceptionCode.ARRIVAL_MISSING, 30, clock("08:30"))


def test_services_without_any_attendance_miss_the_arrival() -> None:
    assert codes(visit(PLAN, SHOWERED)) == {ExceptionCode.ARRIVAL_MISSING}
    assert codes(visit(PLAN, service(performed=False))) == set()


def test_a_time_that_cannot_be_true_is_told_of_until_it_is_corrected() -> None:
    wrong = but(STAY, implausible=True)
    assert codes(visit(PLAN, wrong, SHOWERED)) == {ExceptionCode.TIME_IMPLAUSIBLE}
    assert codes(visit(PLAN, but(wrong, corrected=True), SHOWERED)) == {ExceptionCode.MANUAL}
    assert codes(visit(PLAN, stay("08:00", "07:50"), SHOWERED)) == {ExceptionCode.TIME_IMPLAUSIBLE}


@pytest.mark.parametrize(("cap", "minutes"), [(None, None), (30, None), (29, 1)])
def test_a_visit_above_the_longest_allowed_is_told_of_where_the_rulebook_sets_one(
    cap: int | None, minutes: int | None
) -> None:
    capped = found(SOUND, duration_cap_minutes=cap)
    assert [(each.code, each.minutes) for each in capped] == (
        [] if minutes is None else [(ExceptionCode.DURATION_CAP, minutes)]
    )


@pytest.mark.parametrize(("departed", "minutes"), [("08:15", None), ("08:14", 16), ("08:00", 30)])
def test_a_visit_below_half_its_plan_is_short(departed: str, minutes: int | None) -> None:
    """[A] half; no source gives a share. A visit of no length at all is short too."""
    short = [
        each.minutes for each in found(visit(PLAN, stay("08:00", departed), SHOWERED)) if each.code == "SHORT_VISIT"
    ]
    assert short == ([] if minutes is None else [minutes])


def test_short_is_measured_against_the_services_planned_and_by_the_rulebook() -> None:
    planned = plan("08:00", "09:00", (SHOWER, 20, ASTA))
    made = visit(planned, STAY, SHOWERED)
    assert "SHORT_VISIT" not in codes(made)
    assert "SHORT_VISIT" in codes(visit(PLAN, stay("08:00", "08:29"), SHOWERED), short_visit_percent=100)
    assert "SHORT_VISIT" not in codes(visit(PLAN, stay("08:00", "08:01"), SHOWERED), short_visit_percent=0)


def test_two_workers_are_late_early_and_short_together() -> None:
    """The first to come and the last to leave decide, and nobody is short while a colleague is still there."""
    doubled = plan("08:00", "09:00", workers=(ANNA, BO), workers_needed=2)
    first, second = stay("08:05", "08:20"), stay("08:30", "08:50", BO)
    assert codes(visit(doubled, first, second, SHOWERED)) == set()
    assert codes(visit(doubled, first, stay("08:30", None, BO), SHOWERED)) == set()
    (short,) = found(visit(doubled, stay("08:40", "08:50", BO), first, SHOWERED))
    assert (short.code, short.minutes, short.since) == (ExceptionCode.SHORT_VISIT, 35, clock("08:05"))


@pytest.mark.parametrize("more", [failure(NotPerformedReason.DECLINED), service(performed=False)])
def test_a_declined_visit_is_neither_short_nor_early(more: object) -> None:
    assert codes(msgspec.structs.replace(visit(PLAN, stay("08:00", "08:03")), **holding(more))) == set()


def holding(fact: object) -> dict[str, object]:
    return {"services": (fact,)} if type(fact) is type(SHOWERED) else {"failures": (fact,)}


@pytest.mark.parametrize(
    ("arrived", "departed", "late", "early"),
    [
        ("08:15", "08:30", None, None),
        ("08:16", "08:46", 16, None),
        ("07:45", "08:15", None, None),
        ("07:44", "08:14", None, 16),
    ],
)
def test_late_and_early_are_told_of_beyond_a_quarter_of_an_hour(
    arrived: str, departed: str, late: int | None, early: int | None
) -> None:
    """[A]; a vendor's practice is a buffer of 15 to 30 minutes [S:CAIRE-DOC]."""
    minutes = {each.code: each.minutes for each in found(visit(PLAN, stay(arrived, departed), SHOWERED))}
    assert minutes.get(ExceptionCode.LATE_ARRIVAL) == late
    assert minutes.get(ExceptionCode.EARLY_DEPARTURE) == early
