"""What is odd about stamps, and what an exception is known by (exceptions.md)."""

from collections.abc import Sequence
from typing import Any

import pytest

from domain.detectors.found import FoundException
from domain.exception_catalogue import ExceptionCode
from domain.exceptions import lasting_exceptions
from domain.facts import VisitFacts
from domain.rulebook.rulebook import rulebook_with
from domain.values import ApprovalRole, ExceptionClass, PlaceCode, Source, VisitKind
from tests.domain.given_facts import approval, but, known, plan, service, stay, visit

KNOWN = known()
PLAN, STAY, SHOWERED = plan(), stay("08:00", "08:30"), service()


def found(made: VisitFacts, **policies: Any) -> list[FoundException]:
    rulebook = rulebook_with(**policies)
    return list(lasting_exceptions([made], context=KNOWN, rulebook=rulebook))


def codes(made: VisitFacts, **policies: Any) -> set[str]:
    return {each.code for each in found(made, **policies)}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"offset_ms": 300_000}, set()),
        ({"offset_ms": -300_001}, {ExceptionCode.CLOCK_DRIFT}),
        ({"offset_ms": 300_001, "corrected": True}, {ExceptionCode.MANUAL}),
        ({"jump_ms": 300_000}, set()),
        ({"jump_ms": -300_001}, {ExceptionCode.TIME_JUMP}),
        ({"delay_s": 86_400}, set()),
        ({"delay_s": 86_401}, {ExceptionCode.LATE_SYNC}),
        ({"delay_s": 86_401, "arrival_source": Source.OFFICE_MANUAL}, {ExceptionCode.MANUAL}),
        ({"app_newer": True}, {ExceptionCode.APP_NEWER}),
        ({"arrival_source": Source.OFFICE_MANUAL}, {ExceptionCode.MANUAL}),
        ({"departure_source": Source.SYSTEM_ADJUSTED}, {ExceptionCode.MANUAL}),
        ({"arrival_place": PlaceCode.OUTSIDE}, {ExceptionCode.OUTSIDE_PLACE}),
        ({"departure_place": PlaceCode.OUTSIDE}, {ExceptionCode.OUTSIDE_PLACE}),
        ({"arrival_place": PlaceCode.WEAK}, {ExceptionCode.POSITION_WEAK}),
        ({"arrival_place": PlaceCode.FAKED}, {ExceptionCode.POSITION_FAKED}),
        ({"arrival_place": PlaceCode.INSIDE}, set()),
        ({"arrival_source": Source.MOBILE_NO_RECEIPT}, set()),
    ],
)
def test_what_is_odd_about_a_stamp(changes: dict[str, object], expected: set[str]) -> None:
    assert codes(visit(PLAN, but(STAY, **changes), SHOWERED)) == expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (Source.MOBILE_NO_RECEIPT, {ExceptionCode.POSITION_ABSENT}),
        (Source.PRESENCE_RECEIPT, set()),
        (Source.PHONE, set()),
    ],
)
def test_a_missing_position_is_told_of_only_where_the_rulebook_asks_and_a_phone_could_have_one(
    source: Source, expected: set[str]
) -> None:
    made = visit(PLAN, but(STAY, arrival_source=source), SHOWERED)
    assert codes(made, position_required=True) == expected
    assert codes(made) == set()


def test_a_rulebook_may_leave_positions_out() -> None:
    outside = visit(PLAN, but(STAY, arrival_place=PlaceCode.FAKED), SHOWERED)
    assert codes(outside, position_checked=False) == set()


@pytest.mark.parametrize("changes", [{"corrected": True}, {"source": Source.OFFICE_MANUAL}])
def test_a_service_entered_or_changed_by_hand_is_told_of(changes: dict[str, object]) -> None:
    assert codes(visit(PLAN, STAY, but(SHOWERED, **changes))) == {ExceptionCode.MANUAL}


def test_what_was_done_by_hand_is_one_exception_that_began_with_the_first_of_it() -> None:
    both = visit(PLAN, but(STAY, corrected=True), but(SHOWERED, corrected=True))
    (manual,) = found(both)
    assert (manual.minutes, manual.since) == (30, STAY.arrived_at)


def test_an_approval_of_what_has_changed_since_has_lapsed() -> None:
    kept, lapsed = approval(ApprovalRole.WORKER), approval(ApprovalRole.COORDINATOR, stands=False)
    (only,) = found(visit(PLAN, STAY, SHOWERED, kept, lapsed))
    assert (only.code, only.fact_ids) == (ExceptionCode.APPROVAL_LAPSED, ("approval@7-coordinator",))


# What an exception is known by


def keys(found_ones: Sequence[FoundException]) -> set[str]:
    return {each.key for each in found_ones}


def test_an_exceptions_key_names_code_subject_and_causing_facts() -> None:
    (manual,) = found(visit(PLAN, but(STAY, arrival_source=Source.OFFICE_MANUAL), SHOWERED))
    assert manual.key == f"MANUAL|visit/visit|{STAY.arrival_fact_id}+{STAY.departure_fact_id}"
    assert manual.exception_class is ExceptionClass.ACKNOWLEDGE


def test_each_correction_makes_another_key() -> None:
    first = found(visit(PLAN, but(STAY, corrected=True), SHOWERED))
    second = found(visit(PLAN, stay("08:00", "08:31", corrected=True), SHOWERED))
    services = [found(visit(PLAN, STAY, service(minutes=minutes, corrected=True))) for minutes in (10, 20)]
    assert len(keys(first) | keys(second)) == 2
    assert len(keys(services[0]) | keys(services[1])) == 2


def test_another_plan_makes_another_key() -> None:
    late = stay("10:00", "10:30")
    then, later = (found(visit(plan(starts, "08:30"), late, SHOWERED)) for starts in ("08:00", "08:10"))
    assert keys(then).isdisjoint(keys(later))


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, set()),
        ({"arrival_source": Source.PHONE}, {ExceptionCode.RECEIPT_MISSING}),
        ({"departure_source": Source.MOBILE_NO_RECEIPT}, {ExceptionCode.RECEIPT_MISSING}),
        ({"departure_source": Source.OFFICE_MANUAL}, {ExceptionCode.MANUAL}),
        ({"arrival_source": Source.PHONE, "departure_source": Source.PHONE, "kind": VisitKind.CALL}, set()),
    ],
)
def test_a_receipt_at_both_ends_is_asked_for_where_the_rulebook_does(
    changes: dict[str, object], expected: set[str]
) -> None:
    made = visit(but(PLAN, kind=changes.get("kind", VisitKind.PLANNED)), but(STAY, **changes), SHOWERED)
    assert codes(made, require_presence_receipt=True) == expected
    assert ExceptionCode.RECEIPT_MISSING not in codes(made)
