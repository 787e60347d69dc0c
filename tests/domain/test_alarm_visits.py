"""An alarm that meets a planned visit, and two workers on one alarm (rules.md 5.6 [S:KUNDTID])."""

from collections import Counter
from collections.abc import Sequence

import pytest

from domain.alarm_visits import settle_alarms
from domain.explanation import counted_with
from domain.facts import ApprovalGiven, VisitFacts
from domain.ids import ServiceCode, VisitId
from domain.performed_time import PerformedMinutes, performed_time
from domain.rulebook.rulebook import DEFAULT_RULEBOOK, Rulebook, rulebook_with
from domain.values import ApprovalRole, CancelledBy, VisitKind
from tests.domain.given_facts import (
    ANNA,
    ASTA,
    BO,
    SHOWER,
    approval,
    but,
    clock,
    defined,
    known,
    order,
    plan,
    service,
    stay,
    visit,
)

ALARM, TOILET = ServiceCode("ALARM"), ServiceCode("TOILET")
KNOWN = known(orders=(order(),), catalogue=(defined(SHOWER, "personal_care"), defined(ALARM, "alarm")))
AT_HOME, CALLED = VisitId("planned"), VisitId("alarm")


def planned(*more: ApprovalGiven, made: bool = True) -> VisitFacts:
    """A shower from 8 to half past, made by Anna."""
    base = plan("08:00", "08:30", (SHOWER, 30, ASTA), visit_id=AT_HOME)
    if not made:
        return visit(base, *more, visit_id=AT_HOME)
    return visit(
        base, stay("08:00", "08:30", visit_id=AT_HOME), service(SHOWER, visit_id=AT_HOME), *more, visit_id=AT_HOME
    )


def alarm(arrived: str, departed: str, *codes: ServiceCode) -> VisitFacts:
    there = stay(arrived, departed, ANNA, visit_id=CALLED, kind=VisitKind.ALARM)
    done = [service(code, at=arrived, worker=there.worker_id, visit_id=CALLED) for code in codes]
    return visit(there, *done, visit_id=CALLED)


def rows(*visits: VisitFacts, rulebook: Rulebook = DEFAULT_RULEBOOK) -> list[PerformedMinutes]:
    return performed_time(visits, context=KNOWN, rulebook=rulebook)


def by_visit(found: Sequence[PerformedMinutes]) -> dict[tuple[str, str], int]:
    """Minutes of each visit and kind."""
    minutes = Counter[tuple[str, str]]()
    for row in found:
        minutes[row.visit_id, row.kind] += row.staff_minutes
    return dict(minutes)


@pytest.mark.parametrize("codes", [(SHOWER,), (ALARM, SHOWER), ()])
def test_an_alarm_just_before_that_led_to_the_planned_service_is_the_planned_visit(
    codes: tuple[ServiceCode, ...],
) -> None:
    assert by_visit(rows(planned(), alarm("07:50", "08:00", *codes))) == {(AT_HOME, "planned"): 40}


def test_an_alarm_during_the_visit_is_counted_once() -> None:
    assert by_visit(rows(planned(), alarm("08:10", "08:25", SHOWER))) == {(AT_HOME, "planned"): 30}


def test_the_planned_visit_need_not_be_made_again() -> None:
    assert by_visit(rows(planned(made=False), alarm("07:50", "08:20", SHOWER))) == {(AT_HOME, "planned"): 30}


def test_where_something_beyond_was_done_both_stand() -> None:
    found = by_visit(rows(planned(), alarm("07:50", "08:00", TOILET)))
    assert found == {(AT_HOME, "planned"): 30, (CALLED, "alarm"): 10}


def test_an_alarm_that_led_to_nothing_is_no_visit_that_nobody_made() -> None:
    assert by_visit(rows(planned(made=False), alarm("07:50", "08:00", ALARM))) == {(CALLED, "alarm"): 10}


@pytest.mark.parametrize(("arrived", "departed"), [("07:20", "07:29"), ("08:30", "08:40")])
def test_an_alarm_at_another_time_is_an_alarm(arrived: str, departed: str) -> None:
    """Just before means half an hour [A]; the rulebook may say otherwise."""
    found = by_visit(rows(planned(), alarm(arrived, departed, SHOWER)))
    assert sorted(found) == [(CALLED, "alarm"), (AT_HOME, "planned")]


def test_how_long_before_is_the_rulebooks() -> None:
    hour = rulebook_with(alarm_before_visit_minutes=60)
    assert by_visit(rows(planned(), alarm("07:20", "07:30", SHOWER), rulebook=hour)) == {(AT_HOME, "planned"): 40}


def test_a_cancelled_visit_is_not_met() -> None:
    called_off = visit(
        plan("08:00", "08:30", (SHOWER, 30, ASTA), visit_id=AT_HOME, cancelled_by=CancelledBy.CLIENT), visit_id=AT_HOME
    )
    assert by_visit(rows(called_off, alarm("07:50", "08:00", SHOWER))) == {(CALLED, "alarm"): 10}


def test_an_alarm_registered_in_the_planned_visit_itself_is_that_visit() -> None:
    called = but(stay("08:00", "08:30", visit_id=AT_HOME), kind=VisitKind.ALARM)
    base = planned(made=False)
    same = visit(base.planned or plan(), called, service(SHOWER, visit_id=AT_HOME), visit_id=AT_HOME)
    beyond = visit(base.planned or plan(), called, service(TOILET, visit_id=AT_HOME), visit_id=AT_HOME)
    assert by_visit(rows(same)) == {(AT_HOME, "planned"): 30}
    assert by_visit(rows(beyond)) == {(AT_HOME, "alarm"): 30}


def test_of_two_workers_on_one_alarm_the_second_gives_assistance() -> None:
    both = visit(
        stay("10:00", "10:20", ANNA, visit_id=CALLED, kind=VisitKind.ALARM),
        stay("10:05", "10:20", BO, visit_id=CALLED, kind=VisitKind.ALARM),
        visit_id=CALLED,
    )
    assert by_visit(rows(both)) == {(CALLED, "alarm"): 20, (CALLED, "assistance"): 15}


def test_what_was_not_approved_of_the_alarm_is_not_approved_with_the_visit() -> None:
    approved = planned(*(approval(role) for role in ApprovalRole))
    half = visit(*alarm("07:50", "08:00").attendances, approval(ApprovalRole.WORKER), visit_id=CALLED)
    settled = settle_alarms([approved, half], context=KNOWN, rulebook=DEFAULT_RULEBOOK)
    assert [each.role for each in settled[0].approvals] == [ApprovalRole.WORKER]
    assert settled[1].attendances == ()
    assert clock("08:00") == settled[0].attendances[0].arrived_at


def test_what_explains_the_visit_stands_in_the_alarm_too() -> None:
    visits = [planned(), alarm("07:45", "07:55", ALARM)]
    assert counted_with(visits, context=KNOWN, rulebook=DEFAULT_RULEBOOK) == {AT_HOME: [CALLED]}
    assert counted_with([planned()], context=KNOWN, rulebook=DEFAULT_RULEBOOK) == {}
