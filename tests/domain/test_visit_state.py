"""Where a visit stands, at any hour (exceptions.md: states are derived, never stored as truth)."""

import pytest

from domain.context import Context
from domain.detectors.hour import Moment
from domain.exceptions import find_exceptions, standing
from domain.facts import Absence, VisitFacts
from domain.rulebook.rulebook import DEFAULT_RULEBOOK
from domain.values import ApprovalRole, CancelledBy, NotPerformedReason, Source
from domain.visit_state import VisitState, visit_state
from tests.domain.given_facts import (
    ANNA,
    ASTA,
    BO,
    BROR,
    SHOP,
    approval,
    clock,
    failure,
    known,
    plan,
    service,
    stay,
    visit,
)

BOTH = (approval(ApprovalRole.WORKER), approval(ApprovalRole.COORDINATOR))
MADE = (plan(), stay("08:00", "08:30"), service())
HOSPITAL = Absence(person_kind="client", person_id=ASTA, kind="hospital", from_at=clock("07:00"), until_at=None)


def state(one: VisitFacts, hour: str = "20:00", heard: str | None = None, context: Context | None = None) -> VisitState:
    context = context or known()
    moment = Moment(clock(hour), {ANNA: clock(heard)} if heard else {})
    found = find_exceptions([one], context=context, rulebook=DEFAULT_RULEBOOK, moment=moment)
    return visit_state(one, standing(found, []), moment, context=context, rulebook=DEFAULT_RULEBOOK)


@pytest.mark.parametrize(
    ("hour", "heard", "expected"),
    [
        ("07:00", None, VisitState.PLANNED),
        ("09:29", None, VisitState.PLANNED),
        ("09:30", None, VisitState.MISSED),
        ("09:30", "09:00", VisitState.MISSED),
        ("09:30", "08:00", VisitState.SILENT),
    ],
)
def test_a_visit_that_nothing_is_registered_of_is_planned_then_missed_unless_its_phone_is_silent(
    hour: str, heard: str | None, expected: VisitState
) -> None:
    assert state(visit(plan()), hour, heard) is expected


def test_a_visit_to_somebody_in_hospital_is_not_performed_and_never_missed() -> None:
    context = known(absences=[HOSPITAL])
    assert state(visit(plan()), "08:29", context=context) is VisitState.PLANNED
    assert state(visit(plan()), "08:30", context=context) is VisitState.NOT_PERFORMED
    assert state(visit(plan()), "20:00", context=context) is VisitState.NOT_PERFORMED


def test_a_cancelled_visit_is_cancelled_unless_it_was_made_all_the_same() -> None:
    cancelled = plan(cancelled_by=CancelledBy.CLIENT)
    assert state(visit(cancelled)) is VisitState.CANCELLED
    assert state(visit(cancelled, *MADE[1:])) is VisitState.OPEN_EXCEPTIONS


@pytest.mark.parametrize(
    ("hour", "heard", "expected"),
    [
        ("08:10", None, VisitState.UNDER_WAY),
        ("12:29", None, VisitState.UNDER_WAY),
        ("12:30", None, VisitState.OPEN_EXCEPTIONS),
        ("12:30", "08:01", VisitState.SILENT),
    ],
)
def test_a_visit_without_a_departure_is_under_way_until_that_is_overdue(
    hour: str, heard: str | None, expected: VisitState
) -> None:
    assert state(visit(plan(), stay("08:00", None)), hour, heard) is expected


def test_a_visit_that_one_of_two_workers_has_left_is_under_way() -> None:
    doubled = plan(workers=(ANNA, BO), workers_needed=2)
    assert (
        state(visit(doubled, stay("08:00", "08:20"), stay("08:00", None, BO), service()), "08:25")
        is VisitState.UNDER_WAY
    )


def test_a_worker_who_came_again_is_not_still_there_from_the_first_time() -> None:
    again = visit(plan(), stay("08:00", None), stay("08:20", "08:30"), service())
    assert state(again, "08:40") is VisitState.OPEN_EXCEPTIONS


def test_a_visit_that_is_over_has_ended_until_both_have_approved_it() -> None:
    assert state(visit(*MADE)) is VisitState.ENDED
    assert state(visit(*MADE, BOTH[0])) is VisitState.ENDED
    assert state(visit(*MADE, *BOTH)) is VisitState.VERIFIED


def test_what_must_be_looked_at_goes_before_approval() -> None:
    unordered = visit(*MADE, service(SHOP), *BOTH)
    lapsed = visit(*MADE, BOTH[0], approval(ApprovalRole.COORDINATOR, stands=False))
    assert state(unordered) is state(lapsed) is VisitState.OPEN_EXCEPTIONS


def test_information_does_not_hold_a_visit_up() -> None:
    late = (plan(), stay("08:20", "08:50"), service(at="08:40"))
    assert state(visit(*late, *BOTH)) is VisitState.VERIFIED


def test_an_acknowledged_exception_does_not_either() -> None:
    one = visit(plan(), stay("08:00", "08:30", arrival_source=Source.OFFICE_MANUAL), service(), *BOTH)
    assert state(one) is VisitState.OPEN_EXCEPTIONS
    moment = Moment(clock("20:00"))
    assert visit_state(one, [], moment, context=known(), rulebook=DEFAULT_RULEBOOK) is VisitState.VERIFIED


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        (visit(plan(), failure(NotPerformedReason.DECLINED)), VisitState.DECLINED),
        (visit(plan(), failure(NotPerformedReason.NOBODY_HOME)), VisitState.NOT_PERFORMED),
        (visit(plan(), stay("08:00", "08:05"), failure(NotPerformedReason.DECLINED)), VisitState.DECLINED),
        (visit(plan(), service(performed=False)), VisitState.DECLINED),
        (visit(plan(), stay("08:00", "08:05"), service(performed=False)), VisitState.DECLINED),
        (visit(plan(), stay("08:00", "08:30"), service(), failure(NotPerformedReason.DECLINED)), VisitState.ENDED),
        (
            visit(
                plan(clients=(ASTA, BROR)),
                stay("08:00", "08:30", clients=(ASTA, BROR)),
                service(client=BROR),
                failure(NotPerformedReason.HOSPITAL, ASTA),
            ),
            VisitState.ENDED,
        ),
    ],
)
def test_a_visit_in_which_nothing_was_done_says_why(one: VisitFacts, expected: VisitState) -> None:
    assert state(one) is expected
