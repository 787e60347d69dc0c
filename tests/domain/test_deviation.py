"""Why ordered and performed differ, in a controller's words (exceptions.md)."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from domain.context import Context
from domain.detectors.hour import Moment
from domain.deviation.cause import Cause
from domain.deviation.grounds import Grounds
from domain.facts import Absence, NeedChange, OrderLine, VisitFacts
from domain.ids import ClientId, VisitId
from domain.local_time import Month
from domain.performed_time import performed_time
from domain.reconciliation import Level, ReconciliationRow, reconcile
from domain.rulebook.rulebook import DEFAULT_RULEBOOK, Rulebook
from domain.values import CancelledBy, NotPerformedReason, VisitKind
from tests.domain.given_facts import (
    ANNA,
    ASTA,
    CLEAN,
    MONDAY,
    SHOWER,
    but,
    clock,
    failure,
    known,
    order,
    plan,
    service,
    stay,
    visit,
)

MARCH = Month(2025, 3)
ONE_SHOWER = order(minutes=40, frequency="once", since=MONDAY)
PLANNED = plan("08:00", "08:40", (SHOWER, 40, ASTA))
BEFORE, DURING = clock("07:00"), clock("08:20")


def rows_of(
    *visits: VisitFacts,
    orders: Sequence[OrderLine] = (ONE_SHOWER,),
    context: Context | None = None,
    rulebook: Rulebook = DEFAULT_RULEBOOK,
    **more: Any,
) -> list[ReconciliationRow]:
    context = context or known(orders=orders)
    return reconcile(
        MARCH,
        planned=[each.planned for each in visits if each.planned],
        performed=performed_time(visits, context=context, rulebook=rulebook),
        context=context,
        rulebook=rulebook,
        grounds=Grounds(visits={each.visit_id: each for each in visits}, **more),
    )


def causes(*visits: VisitFacts, **more: Any) -> dict[Cause, int]:
    """The client's deviation split by cause."""
    (row,) = [row for row in rows_of(*visits, **more) if row.level is Level.CLIENT]
    assert sum(row.causes.values()) == row.deviation_minutes
    return row.causes


def away(kind: str, person: str, since: str = "00:00", until: str | None = None) -> Context:
    gone = Absence(
        person_kind=kind,
        person_id=person,
        kind="planned",
        from_at=clock(since),
        until_at=clock(until) if until else None,
    )
    return known(orders=[ONE_SHOWER], absences=[gone])


def need(direction: str, noticed: date = MONDAY, answered: date | None = None) -> dict[ClientId, list[NeedChange]]:
    change = NeedChange(
        order_id=ONE_SHOWER.order_id,
        fact_id="need",
        client_id=ASTA,
        direction=direction,
        noticed_on=noticed,
        answered_from_on=answered,
    )
    return {ASTA: [change]}


def showered(minutes: int) -> VisitFacts:
    """The planned visit, made, but so long."""
    return visit(PLANNED, stay("08:00", clock("08:00") + timedelta(minutes=minutes)), service(SHOWER))


# Less than ordered


@pytest.mark.parametrize(
    ("reason", "cause"),
    [
        (NotPerformedReason.DECLINED, Cause.DECLINED),
        (NotPerformedReason.NOBODY_HOME, Cause.FAILED),
        (NotPerformedReason.HOSPITAL, Cause.CLIENT_ABSENT),
        (NotPerformedReason.CLIENT_AWAY, Cause.CLIENT_ABSENT),
        (NotPerformedReason.NO_STAFF, Cause.STAFF_ABSENT),
        (NotPerformedReason.WEATHER, Cause.MISSED_BY_PROVIDER),
        (NotPerformedReason.OTHER, Cause.FAILED),
    ],
)
def test_a_visit_where_nothing_was_done_lacks_what_the_worker_said_of_it(
    reason: NotPerformedReason, cause: Cause
) -> None:
    assert causes(visit(PLANNED, failure(reason))) == {cause: -40}


def test_a_service_the_client_declined_is_declined() -> None:
    both = (
        order(minutes=40, frequency="once", since=MONDAY),
        order(code=CLEAN, minutes=20, frequency="once", since=MONDAY),
    )
    planned = plan("08:00", "09:00", (SHOWER, 40, ASTA), (CLEAN, 20, ASTA))
    made = visit(planned, stay("08:00", "08:40"), service(SHOWER), service(CLEAN, performed=False))
    assert causes(made, orders=both) == {Cause.DECLINED: -20}


@pytest.mark.parametrize(
    ("by", "notice", "cause"),
    [
        (CancelledBy.CLIENT, clock("23:59", MONDAY - timedelta(days=1)), Cause.CANCELLED_IN_TIME),
        (CancelledBy.CLIENT, clock("00:00"), Cause.DECLINED),
        (CancelledBy.CLIENT, None, Cause.DECLINED),
        (CancelledBy.MUNICIPALITY, None, Cause.CANCELLED_IN_TIME),
        (CancelledBy.PROVIDER, clock("00:00", MONDAY - timedelta(days=7)), Cause.MISSED_BY_PROVIDER),
    ],
)
def test_a_cancelled_visit_counts_by_whose_wish_it_was_and_when_it_was_told(
    by: CancelledBy, notice: datetime | None, cause: Cause
) -> None:
    assert causes(visit(but(PLANNED, cancelled_by=by, notice_given_at=notice))) == {cause: -40}


def test_a_client_who_is_away_all_day_lacks_the_days_order_planned_or_not() -> None:
    assert causes(context=away("client", ASTA)) == {Cause.CLIENT_ABSENT: -40}
    assert causes(visit(PLANNED), context=away("client", ASTA)) == {Cause.CLIENT_ABSENT: -40}


def test_a_client_who_leaves_after_the_visit_was_to_begin_was_missed() -> None:
    assert causes(visit(PLANNED), context=away("client", ASTA, "07:00")) == {Cause.CLIENT_ABSENT: -40}
    assert causes(visit(PLANNED), context=away("client", ASTA, "12:00")) == {Cause.MISSED_BY_PROVIDER: -40}


def test_a_visit_that_nobody_came_to_is_the_staffs_absence_or_missed() -> None:
    assert causes(visit(PLANNED), context=away("worker", ANNA)) == {Cause.STAFF_ABSENT: -40}
    assert causes(visit(PLANNED)) == {Cause.MISSED_BY_PROVIDER: -40}


def test_nothing_is_missed_before_its_time_has_passed_or_while_a_phone_may_hold_it() -> None:
    evening = clock("20:00")
    assert causes(visit(PLANNED), moment=Moment(BEFORE)) == {Cause.AWAITED: -40}
    assert causes(visit(PLANNED), moment=Moment(evening, {ANNA: BEFORE})) == {Cause.AWAITED: -40}
    assert causes(visit(PLANNED), moment=Moment(evening, {ANNA: evening})) == {Cause.MISSED_BY_PROVIDER: -40}


def test_a_day_to_come_without_a_plan_is_awaited_and_one_gone_by_is_unexplained() -> None:
    assert causes(moment=Moment(BEFORE)) == {Cause.AWAITED: -40}
    assert causes(moment=Moment(clock("07:00", MONDAY + timedelta(days=1)))) == {Cause.UNEXPLAINED: -40}


def test_a_visit_under_way_is_awaited_and_one_left_open_is_a_registration_error() -> None:
    opened = visit(PLANNED, stay("08:00", None))
    assert causes(opened, moment=Moment(DURING)) == {Cause.AWAITED: -40}
    assert causes(opened, moment=Moment(clock("20:00"), {ANNA: DURING})) == {Cause.AWAITED: -40}
    assert causes(opened, moment=Moment(clock("20:00"))) == {Cause.REGISTRATION_ERROR: -40}


def test_a_visit_with_something_that_must_be_fixed_is_a_registration_error() -> None:
    assert causes(showered(25), must_fix=frozenset({PLANNED.visit_id})) == {Cause.REGISTRATION_ERROR: -15}
    assert causes(showered(25)) == {Cause.UNEXPLAINED: -15}


def test_a_reported_change_of_need_explains_until_the_order_answers_it() -> None:
    assert causes(showered(25), need_changes=need("decreased")) == {Cause.NEED_DECREASED: -15}
    assert causes(showered(25), need_changes=need("decreased", answered=MONDAY)) == {Cause.UNEXPLAINED: -15}
    assert causes(showered(25), need_changes=need("decreased", MONDAY + timedelta(days=1))) == {Cause.UNEXPLAINED: -15}
    assert causes(showered(50), need_changes=need("increased")) == {Cause.NEED_INCREASED: 10}
    assert causes(showered(50), need_changes=need("decreased")) == {Cause.UNEXPLAINED: 10}


@pytest.mark.parametrize(("planned", "minutes"), [(30, -10), (55, 15)])
def test_an_order_of_the_standard_time_may_differ_from_the_clients_own_plan(planned: int, minutes: int) -> None:
    """Kristianstad's shower has 40 minutes [S:KSTD-SCH]."""
    own = plan("08:00", "09:00", (SHOWER, planned, ASTA))
    made = visit(own, stay("08:00", clock("08:00") + timedelta(minutes=planned)), service(SHOWER))
    assert causes(made) == {Cause.STANDARD_TIME_DIFFERS: minutes}
    typed = [but(ONE_SHOWER, ordered_minutes=45, granted_minutes=45)]
    assert causes(made, orders=typed) == {Cause.UNEXPLAINED: planned - 45}


def test_all_of_the_order_goes_with_the_visit_even_where_the_plan_was_shorter() -> None:
    short = plan("08:00", "08:20", (SHOWER, 20, ASTA))
    assert causes(visit(short, failure())) == {Cause.FAILED: -40}


def test_a_plan_without_services_that_was_not_made_was_to_be_the_days_services() -> None:
    strict = [
        order(code=code, minutes=20, frequency="once", since=MONDAY, control="strict") for code in (SHOWER, CLEAN)
    ]
    rows = rows_of(visit(plan("08:00", "08:30"), failure()), orders=strict)
    told = {row.service_code: row.causes for row in rows if row.level is Level.SERVICE and row.deviation_minutes}
    assert told == {CLEAN: {Cause.FAILED: -20}, SHOWER: {Cause.FAILED: -10, Cause.UNEXPLAINED: -10}}


def test_grounds_explain_no_more_than_is_lacking_and_the_clients_side_goes_first() -> None:
    twice = [order(minutes=40, frequency="1/day", since=MONDAY, until=MONDAY + timedelta(days=2))]
    tuesday = MONDAY + timedelta(days=1)
    failed = visit(PLANNED, failure())
    other = VisitId("other")
    missed = visit(
        plan(clock("08:00", tuesday), clock("08:40", tuesday), (SHOWER, 40, ASTA), visit_id=other), visit_id=other
    )
    third = VisitId("third")
    extra = visit(
        stay(clock("10:00", tuesday), clock("10:30", tuesday), visit_id=third, kind=VisitKind.EXTRA),
        service(at=clock("10:30", tuesday), visit_id=third),
        visit_id=third,
    )
    assert causes(failed, missed, orders=twice) == {Cause.FAILED: -40, Cause.MISSED_BY_PROVIDER: -40}
    assert causes(failed, missed, extra, orders=twice) == {Cause.FAILED: -40, Cause.MISSED_BY_PROVIDER: -10}


# More than ordered


@pytest.mark.parametrize(
    ("kind", "cause"),
    [(VisitKind.ALARM, Cause.ALARM), (VisitKind.ASSISTANCE, Cause.ALARM), (VisitKind.EXTRA, Cause.EXTRA)],
)
def test_an_alarm_and_an_extra_visit_are_named(kind: VisitKind, cause: Cause) -> None:
    other = VisitId("other")
    more = visit(stay("12:00", "12:20", visit_id=other, kind=kind), service(at="12:20", visit_id=other), visit_id=other)
    assert causes(showered(40), more) == {cause: 20}
