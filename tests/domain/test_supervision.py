"""Supervision: what may be said of an occasion, and what a provider claims for it (rules.md 8)."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

import pytest

from domain.debit_basis import debit_claims, debit_lines
from domain.detectors.supervision import supervision_in_team_weeks
from domain.errors import DomainError
from domain.ids import ProviderId, UnitId, WorkerId
from domain.local_time import Month
from domain.rulebook.policies import PolicyChanges
from domain.rulebook.rulebook import Edition, Override, Rulebook, Scope, rulebook_with
from domain.supervision import errors
from domain.supervision.aggregate import Supervision
from domain.supervision.events import (
    SupervisionCancelled,
    SupervisionHeld,
    SupervisionTeamMeetingPlanned,
    SupervisionWithdrawn,
)
from domain.supervision.facts import SupervisionSession, TeamMeeting, supervision_facts
from domain.supervision.values import SupervisionCancelReason
from domain.values import ExceptionClass, ReasonCode
from domain.visit.errors import ReasonMissingError
from tests.domain.given_facts import ANNA, BO, BRACKE, CILLA, GALLO, MONDAY, MUNICIPAL, known
from tests.scenario import Scenario, Told, fact

occasion = Scenario(Supervision, "tuesday")
THERAPIST = WorkerId("therapist")
MARCH = Month(2025, 3)
TEAM_WEEK = SupervisionCancelReason.TEAM_MEETING_WEEK
Command = Callable[[Supervision], None]

HELD = fact(SupervisionHeld, unit_id=BRACKE, on=MONDAY, worker_ids=(ANNA, BO), minutes=30, supervisor_id=THERAPIST)
CANCELLED = fact(SupervisionCancelled, unit_id=BRACKE, on=MONDAY, reason=TEAM_WEEK)
MEETING = fact(SupervisionTeamMeetingPlanned, unit_id=BRACKE, on=MONDAY)
WITHDRAWN = fact(SupervisionWithdrawn, reason_codes=(ReasonCode.DUPLICATE,))


def hold(*worker_ids: WorkerId, minutes: int = 30) -> Command:
    return lambda supervision: supervision.hold(
        unit_id=BRACKE, on=MONDAY, worker_ids=worker_ids, minutes=minutes, supervisor_id=THERAPIST
    )


def cancel(supervision: Supervision) -> None:
    supervision.cancel(unit_id=BRACKE, on=MONDAY, reason=TEAM_WEEK)


def plan_team_meeting(supervision: Supervision) -> None:
    supervision.plan_team_meeting(unit_id=BRACKE, on=MONDAY)


def withdraw(*reason_codes: ReasonCode) -> Command:
    return lambda supervision: supervision.withdraw(reason_codes=reason_codes)


COMMANDS = [(hold(ANNA, BO), HELD), (cancel, CANCELLED), (plan_team_meeting, MEETING)]


# What may be said


@pytest.mark.parametrize(("command", "told"), COMMANDS)
def test_an_occasion_is_a_session_held_or_cancelled_or_a_team_meeting(command: Command, told: Told) -> None:
    occasion.given().when(command).then(told)


@pytest.mark.parametrize("command", [command for command, _ in COMMANDS])
@pytest.mark.parametrize("told", [told for _, told in COMMANDS])
def test_one_occasion_is_one_thing_until_it_is_withdrawn(command: Command, told: Told) -> None:
    occasion.given(told).when(command).then_refused(errors.SupervisionAlreadyRegisteredError)


@pytest.mark.parametrize(("command", "told"), COMMANDS)
def test_what_was_said_is_taken_back_with_a_reason_and_may_be_said_anew(command: Command, told: Told) -> None:
    occasion.given(told).when(withdraw(ReasonCode.DUPLICATE)).then(WITHDRAWN)
    occasion.given(told).when(withdraw()).then_refused(ReasonMissingError)
    occasion.given(told, WITHDRAWN).when(withdraw(ReasonCode.DUPLICATE)).then_refused(
        errors.SupervisionAlreadyWithdrawnError
    )
    occasion.given(HELD, WITHDRAWN).when(command).then(told)


@pytest.mark.parametrize(
    ("command", "error"),
    [
        (hold(), errors.ParticipantsMissingError),
        (hold(ANNA, ANNA), errors.ParticipantTwiceError),
        (hold(ANNA, THERAPIST), errors.ParticipantTwiceError),
        (hold(ANNA, minutes=0), errors.SupervisionMinutesError),
    ],
)
def test_a_session_has_participants_each_once_and_lasts(command: Command, error: type[DomainError]) -> None:
    occasion.given().when(command).then_refused(error)


def test_nothing_is_believed_of_an_occasion_that_was_withdrawn() -> None:
    assert supervision_facts("tuesday", occasion.given(HELD).aggregate.history) == (session(),)
    assert supervision_facts("tuesday", occasion.given(HELD, WITHDRAWN).aggregate.history) == ()


# What is claimed


def session(
    day: date = MONDAY, unit_id: UnitId = BRACKE, *workers: WorkerId, cancelled: str = "", minutes: int = 30
) -> SupervisionSession:
    return SupervisionSession(
        session_id="tuesday" if day == MONDAY else f"{unit_id}-{day}",
        unit_id=unit_id,
        session_on=day,
        worker_ids=() if cancelled else workers or (ANNA, BO),
        minutes=0 if cancelled else minutes,
        supervisor_id=WorkerId("") if cancelled else THERAPIST,
        cancelled_because=cancelled,
    )


def meeting(day: date, unit_id: UnitId = BRACKE) -> TeamMeeting:
    return TeamMeeting(meeting_id=f"meeting-{unit_id}-{day}", unit_id=unit_id, meeting_on=day)


def day(number: int) -> date:
    return MONDAY + timedelta(days=number)


PRICED = rulebook_with(supervision_price=Decimal("112.345"))


def test_a_claim_is_participants_times_thirty_minutes_however_long_the_session_was() -> None:
    [line] = debit_lines(MARCH, [session(minutes=45)], [], context=known(), rulebook=PRICED)
    assert (line.participants, line.minutes, line.held_minutes, line.amount) == (2, 60, 45, Decimal("224.69"))
    assert (line.provider_id, line.supervisor_id, line.rulebook_version) == (MUNICIPAL, THERAPIST, "changed")


def test_the_minutes_and_the_price_are_the_rulebooks_of_the_day_and_the_provider() -> None:
    dear = Override(scope=Scope(providers=(MUNICIPAL,)), policies=PolicyChanges(supervision_price=Decimal(50)))
    book = Rulebook(
        municipality="",
        editions=(
            Edition(version="2024", from_on=date.min),
            Edition(version="2025", from_on=MONDAY, overrides=(dear,)),
        ),
    )
    lines = debit_lines(MARCH, [session(day(-1)), session()], [], context=known(), rulebook=book)
    assert [(line.rulebook_version, line.amount) for line in lines] == [("2024", Decimal(0)), ("2025", Decimal(100))]


def test_what_was_cancelled_or_is_of_another_month_is_not_claimed() -> None:
    others = [session(date(2025, 2, 28)), session(date(2025, 4, 1)), session(day(1), cancelled="supervisor_away")]
    assert debit_lines(MARCH, others, [], context=known(), rulebook=PRICED) == []
    assert debit_claims(MARCH, []) == []


def test_a_providers_month_is_the_sum_of_its_sessions() -> None:
    sessions = [session(), session(day(7), GALLO, ANNA, BO, CILLA), session(day(8), UnitId("elsewhere"))]
    lines = debit_lines(MARCH, sessions, [meeting(day(11), GALLO)], context=known(), rulebook=PRICED)
    unknown, municipal = debit_claims(MARCH, lines)
    assert (municipal.month, municipal.provider_id, municipal.occasions) == ("2025-03", MUNICIPAL, 2)
    assert (municipal.participants, municipal.minutes, municipal.in_team_weeks) == (5, 150, 1)
    assert municipal.amount == Decimal("224.69") + Decimal("337.04")
    assert (unknown.provider_id, unknown.occasions) == (ProviderId(""), 1)


# No session in the week of a team meeting


@pytest.mark.parametrize(
    ("number", "unit_id", "is_found"),
    [(0, BRACKE, True), (6, BRACKE, True), (7, BRACKE, False), (-1, BRACKE, False), (0, GALLO, False)],
)
def test_a_session_in_the_week_of_the_units_team_meeting_is_told_of(
    number: int, unit_id: UnitId, *, is_found: bool
) -> None:
    meetings = [meeting(day(number), unit_id)]
    found = list(
        supervision_in_team_weeks([session()], meetings, first_on=MONDAY, last_on=MONDAY, zone="Europe/Stockholm")
    )
    assert [each.code for each in found] == ["SUPERVISION_IN_TEAM_WEEK"] * is_found
    assert [
        line.in_team_week for line in debit_lines(MARCH, [session()], meetings, context=known(), rulebook=PRICED)
    ] == [is_found]


def test_a_session_cancelled_for_a_team_meeting_says_that_the_week_has_one() -> None:
    twice = [session(), session(day(2), cancelled=TEAM_WEEK)]
    [found] = supervision_in_team_weeks(twice, [], first_on=MONDAY, last_on=MONDAY, zone="Europe/Stockholm")
    assert found.key == "SUPERVISION_IN_TEAM_WEEK|supervision/tuesday|bracke-2025-03-05+tuesday"
    assert (found.minutes, found.exception_class) == (60, ExceptionClass.ACKNOWLEDGE)
    other = [session(), session(day(2), cancelled="supervisor_away")]
    assert list(supervision_in_team_weeks(other, [], first_on=MONDAY, last_on=MONDAY, zone="Europe/Stockholm")) == []


def test_only_sessions_of_the_days_asked_for_are_told_of() -> None:
    asked = supervision_in_team_weeks(
        [session()], [meeting(MONDAY)], first_on=day(1), last_on=day(1), zone="Europe/Stockholm"
    )
    assert list(asked) == []


def test_a_session_that_was_cancelled_for_the_team_meeting_is_as_it_should_be() -> None:
    cancelled = session(cancelled=TEAM_WEEK)
    asked = supervision_in_team_weeks(
        [cancelled], [meeting(MONDAY)], first_on=MONDAY, last_on=MONDAY, zone="Europe/Stockholm"
    )
    assert list(asked) == []
