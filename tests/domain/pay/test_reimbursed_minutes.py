"""From performed minutes to reimbursed ones: base, allowance, minimum, approvals (rules.md 2, 2.1, 5.1, 7.3)."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

import pytest

from domain.ids import ServiceCode
from domain.pay.lines import PayKind, Withheld
from domain.pay.reimbursement import reimbursement
from domain.performed_time import performed_time
from domain.rulebook.rulebook import Rulebook
from domain.rulebook.values import AfterLock, CompensationModel, DoubleStaffing, MinimumMinutes
from domain.values import ApprovalRole, NotPerformedReason, Source, VisitKind
from tests.domain.given_facts import ANNA, ASTA, BO, BROR, failure, order, stay
from tests.domain.pay.made import (
    CLEAN,
    MARCH,
    PHONE,
    SHOP,
    SHOWER,
    TOILET,
    done,
    facts,
    made,
    minutes_and_kronor,
    only,
    pay,
    town,
)
from tests.domain.pay.rulebooks import SOLNA, rate, rulebook, where

ANY = order(ASTA, SHOWER, control="none")
"""Ordered without minutes, so that nothing is capped."""
KNOWN = town(ANY, order(ASTA, TOILET, control="none"), order(ASTA, SHOP, control="none"))
HOURLY = rulebook(rates=(rate("360"),))


def reimbursed(rules: Rulebook, start: str, minutes: int, source: Source = Source.PRESENCE_RECEIPT) -> int:
    return minutes_and_kronor(pay(made(start, minutes, source=source), context=KNOWN, rulebook=rules))[0]


def test_actual_time_is_paid_by_day() -> None:
    """[S:INTRA12] [S:INTRA16]"""
    line = only(pay(made("08:00", 7), context=KNOWN, rulebook=HOURLY))
    assert (line.performed_minutes, line.base_minutes, line.reimbursed_minutes) == (7, 7, 7)
    assert (line.quantity, line.rate, line.amount) == (Decimal("0.1167"), Decimal(360), Decimal("42.00"))


INTRAPHONE_2012 = rulebook(
    minimum_minutes=(MinimumMinutes(window="19:00-07:00", minutes=15),), greeting_allowance_minutes=3
)
INTRAPHONE_2016 = rulebook(minimum_minutes=(MinimumMinutes(window="19:00-07:00", minutes=15, sources=(Source.PHONE,)),))


@pytest.mark.parametrize(
    ("start", "minutes", "expected"),
    [("18:59", 7, 10), ("19:00", 7, 15), ("06:59", 7, 15), ("07:00", 7, 10), ("22:00", 12, 15), ("22:00", 13, 16)],
)
def test_a_short_evening_or_night_visit_is_paid_as_fifteen_minutes_after_three_for_the_greeting(
    start: str, minutes: int, expected: int
) -> None:
    """[S:INTRA12]; the greeting comes before the minimum [A]."""
    assert reimbursed(INTRAPHONE_2012, start, minutes) == expected


@pytest.mark.parametrize(("source", "expected"), [(Source.PHONE, 15), (Source.PRESENCE_RECEIPT, 7)])
def test_from_2016_only_a_visit_told_by_the_special_telephone_number_is(source: Source, expected: int) -> None:
    """[S:INTRA16]"""
    assert reimbursed(INTRAPHONE_2016, "22:00", 7, source=source) == expected


def test_the_minimum_is_the_visits_and_not_each_services() -> None:
    lines = pay(made("20:00", 10, SHOWER, TOILET), context=KNOWN, rulebook=INTRAPHONE_2016_ANY)
    assert sorted(line.reimbursed_minutes for line in lines) == [7, 8]


INTRAPHONE_2016_ANY = rulebook(minimum_minutes=(MinimumMinutes(window="19:00-07:00", minutes=15),))


def test_a_minimum_over_midnight_is_added_where_the_visit_began() -> None:
    lines = pay(made("23:55", 9), context=KNOWN, rulebook=INTRAPHONE_2016_ANY)
    assert [(line.day.day, line.performed_minutes, line.reimbursed_minutes) for line in lines] == [
        (3, 5, 11),
        (4, 4, 4),
    ]


@pytest.mark.parametrize("minutes", [4, 15, 40])
def test_a_reassurance_visit_is_fifteen_minutes_whatever_its_length(minutes: int) -> None:
    """[S:SOLNA]"""
    line = only(pay(made("10:00", minutes, kind=VisitKind.REASSURANCE), context=KNOWN, rulebook=SOLNA))
    assert (line.performed_minutes, line.base_minutes, line.reimbursed_minutes) == (minutes, 15, 15)
    assert line.amount == Decimal("116.00")  # a quarter of 464


@pytest.mark.parametrize(
    ("code", "minutes", "amount"),
    [
        ("SHOP", 60, "382.00"),
        ("PHARMACY", 45, "286.50"),
        ("CLEAN", 96, "611.20"),
        ("LAUNDRY", 86, "547.53"),
        ("WASTE", 30, "191.00"),
    ],
)
def test_service_tasks_are_paid_with_a_standard_time(code: str, minutes: int, amount: str) -> None:
    """[S:SOLNA]: whatever the clock says; service 382 kronor an hour."""
    service = ServiceCode(code)
    context = town(order(ASTA, service, control="none"))
    lines = pay(made("10:00", 50, service), context=context, rulebook=SOLNA)
    # A code outside the catalogue is paid like any other.
    line = only(lines)
    assert (line.performed_minutes, line.base_minutes, line.reimbursed_minutes) == (50, minutes, minutes)
    assert line.amount == Decimal(amount)


def test_a_standard_time_over_midnight_is_paid_once() -> None:
    lines = pay(made("23:50", 30, SHOP), context=KNOWN, rulebook=SOLNA)
    assert [(line.day.day, line.performed_minutes, line.reimbursed_minutes) for line in lines] == [
        (3, 10, 60),
        (4, 20, 0),
    ]


def test_performed_time_that_is_known_already_is_not_computed_again() -> None:
    visits = [made(), made("12:00", 20, TOILET)]
    rows = performed_time(visits, context=KNOWN, rulebook=HOURLY)
    again = reimbursement(MARCH, visits, context=KNOWN, rulebook=HOURLY, performed=rows)
    assert again == pay(*visits, context=KNOWN, rulebook=HOURLY)
    assert reimbursement(MARCH, visits, context=KNOWN, rulebook=HOURLY, performed=rows[:1]) == again[:1]


def test_personal_care_is_paid_by_the_clock_at_a_rate_of_its_own() -> None:
    """[S:SOLNA] 464 kronor an hour."""
    assert minutes_and_kronor(pay(made("10:00", 45), context=KNOWN, rulebook=SOLNA)) == (45, Decimal("348.00"))


def test_time_as_reported_is_what_the_worker_stated() -> None:
    """[S:SKL16] performed_reported."""
    reported = rulebook(compensation_model=CompensationModel.PERFORMED_REPORTED)
    visit = facts(stay("08:00", "08:30"), done(SHOWER, "08:20", minutes=25))
    line = only(pay(visit, context=KNOWN, rulebook=reported))
    assert (line.performed_minutes, line.reimbursed_minutes) == (30, 25)


def test_two_workers_are_paid_once_where_the_rate_includes_it_and_twice_where_each_counts() -> None:
    """[S:HUDD] [S:VAS24]; each one's time is client time [S:KUNDTID]."""
    doubled = facts(stay("08:00", "08:30", ANNA), stay("08:10", "08:40", BO), done(SHOWER, "08:20"))
    each = rulebook(double_staffing=DoubleStaffing.COUNT_EACH)
    assert only(pay(doubled, context=KNOWN, rulebook=HOURLY)).reimbursed_minutes == 40
    assert only(pay(doubled, context=KNOWN, rulebook=each)).reimbursed_minutes == 60


def test_a_couples_visit_is_paid_in_two_parts_that_come_to_the_whole() -> None:
    """[S:KSTD]; the odd minute is the older order's [A]."""
    context = town(order(ASTA, SHOP, control="none"), order(BROR, SHOP, control="none", since=date(2025, 2, 1)))
    visit = facts(stay("08:00", "08:31", clients=(BROR, ASTA)), done(SHOP, "08:20", client=None))
    lines = pay(visit, context=context, rulebook=HOURLY)
    assert {line.client_id: line.reimbursed_minutes for line in lines} == {ASTA: 16, BROR: 15}


# What keeps a visit from being paid


@pytest.mark.parametrize("approved", [(), (ApprovalRole.WORKER,), (ApprovalRole.COORDINATOR,)])
def test_a_visit_that_not_both_have_approved_is_not_paid(approved: Iterable[ApprovalRole]) -> None:
    """[S:INTRA16]"""
    line = only(pay(made(approved=approved), context=KNOWN, rulebook=HOURLY))
    assert (line.withheld, line.performed_minutes, line.reimbursed_minutes) == (Withheld.NOT_APPROVED, 30, 0)
    assert (line.withheld_minutes, line.amount) == (30, Decimal(0))


def test_a_visit_without_a_service_is_not_paid() -> None:
    """[S:INTRA16]"""
    line = only(pay(facts(stay("08:00", "08:30")), context=KNOWN, rulebook=HOURLY))
    assert (line.withheld, line.performed_minutes, line.reimbursed_minutes) == (Withheld.NO_SERVICE, 30, 0)


def test_an_open_visit_never_becomes_payable() -> None:
    open_visit = facts(stay("08:00", None), done(SHOWER, "08:20"))
    line = only(pay(open_visit, context=KNOWN, rulebook=HOURLY))
    assert (line.withheld, line.reimbursed_minutes) == (Withheld.OPEN, 0)


def test_what_must_be_fixed_and_what_came_after_the_lock_is_not_paid() -> None:
    """A visit entered after the month report is not paid [S:INTRA16]; by policy the difference comes in the next run [A]."""
    visit = made()
    assert only(pay(visit, context=KNOWN, must_fix=[visit.visit_id])).withheld is Withheld.MUST_FIX
    never = rulebook(after_lock=AfterLock.NOT_PAID)
    assert only(pay(visit, context=KNOWN, late=[visit.visit_id], rulebook=never)).withheld is Withheld.AFTER_LOCK
    assert only(pay(visit, context=KNOWN, late=[visit.visit_id])).reimbursed_minutes == 30


def test_on_a_day_without_a_rulebook_nothing_is_paid_and_the_time_is_shown() -> None:
    nothing = Rulebook(municipality="test")
    line = only(pay(made(), context=KNOWN, rulebook=nothing))
    assert (line.withheld, line.performed_minutes, line.rulebook_version) == (Withheld.RULEBOOK_MISSING, 30, "none")


def test_a_service_that_is_bought_privately_is_no_client_time() -> None:
    """[S:KUNDTID]"""
    private = rulebook(where(CLEAN, client_time=False))
    lines = pay(made("08:00", 31, SHOWER, CLEAN), context=KNOWN, rulebook=private)
    shown = {line.service_code: (line.performed_minutes, line.reimbursed_minutes, line.withheld) for line in lines}
    assert shown == {CLEAN: (0, 0, Withheld.NOT_CLIENT_TIME), SHOWER: (15, 15, None)}


@pytest.mark.parametrize(("counts", "expected"), [(True, 20), (False, 0)])
def test_a_call_counts_where_the_rulebook_says_so(counts: bool, expected: int) -> None:
    """Housing support together or by telephone counts [S:TYR-BO]."""
    rules = rulebook(where(PHONE, call_counts=counts))
    context = town(order(ASTA, PHONE, control="none"))
    lines = pay(made("10:00", 20, PHONE, kind=VisitKind.CALL), context=context, rulebook=rules)
    assert minutes_and_kronor(lines)[0] == expected


@pytest.mark.parametrize(("approved", "expected"), [(0, Withheld.OUTREACH_NOT_APPROVED), (20, None)])
def test_outreach_counts_once_a_care_manager_approved_it(approved: int, expected: Withheld | None) -> None:
    """[S:TYR-BO]"""
    rules = rulebook(where(PHONE, outreach_needs_approval=True))
    context = town(order(ASTA, PHONE, control="none"))
    line = only(pay(made("10:00", 20, PHONE, excess=approved), context=context, rulebook=rules))
    assert (line.withheld, line.performed_minutes) == (expected, approved)


# Outside the order (rules.md 5.5)


@pytest.mark.parametrize(
    ("approved", "paid", "why"),
    [(0, 0, Withheld.EXTRA_NOT_APPROVED), (20, 20, Withheld.EXTRA_NOT_APPROVED), (30, 30, None)],
)
def test_time_outside_the_order_is_counted_and_paid_as_far_as_approved(
    approved: int, paid: int, why: Withheld | None
) -> None:
    line = only(pay(made("08:00", 30, CLEAN, extra=approved), context=KNOWN, rulebook=HOURLY))
    assert (line.performed_minutes, line.reimbursed_minutes, line.withheld) == (30, paid, why)


def test_a_rulebook_may_pay_time_outside_the_order() -> None:
    free = rulebook(extra_needs_approval=False)
    assert only(pay(made("08:00", 30, CLEAN), context=KNOWN, rulebook=free)).reimbursed_minutes == 30


def test_where_no_order_is_needed_nothing_is_outside_it() -> None:
    """Home instructors [S:SEED0]."""
    orderless = rulebook(order_required=False)
    assert only(pay(made("08:00", 30, CLEAN), context=KNOWN, rulebook=orderless)).reimbursed_minutes == 30


# Work elsewhere (rules.md 2 [S:GBG])


def test_shopping_without_the_client_counts_without_a_presence_at_the_home() -> None:
    visit = facts(done(SHOP, "10:00", minutes=45))
    line = only(pay(visit, context=KNOWN, rulebook=HOURLY))
    assert (line.performed_minutes, line.reimbursed_minutes, line.amount) == (45, 45, Decimal("270.00"))


def test_laundry_after_the_worker_left_counts_beside_the_time_at_the_home() -> None:
    visit = facts(stay("08:00", "08:30"), done(SHOWER, "08:20"), done(SHOP, "09:10", minutes=35))
    lines = pay(visit, context=KNOWN, rulebook=HOURLY)
    assert {line.service_code: line.performed_minutes for line in lines} == {SHOWER: 30, SHOP: 35}


def test_no_more_counts_than_there_was_time_for_since_the_worker_left() -> None:
    visit = facts(stay("08:00", "08:30"), done(SHOWER, "08:20"), done(SHOP, "08:40", minutes=35))
    lines = pay(visit, context=KNOWN, rulebook=HOURLY)
    assert sum(line.performed_minutes for line in lines) == 40


def test_personal_care_is_never_done_elsewhere_and_a_rulebook_may_say_so_of_all() -> None:
    assert pay(facts(done(SHOWER, "10:00", minutes=45)), context=KNOWN, rulebook=HOURLY) == []
    nowhere = rulebook(offsite_counts=False)
    assert pay(facts(done(SHOP, "10:00", minutes=45)), context=KNOWN, rulebook=nowhere) == []


def test_what_is_registered_at_the_home_is_not_counted_beyond_it() -> None:
    visit = facts(stay("08:00", "08:30"), done(SHOP, "08:20", minutes=45))
    assert only(pay(visit, context=KNOWN, rulebook=HOURLY)).performed_minutes == 30


def test_a_failed_visit_has_a_line_and_no_minutes() -> None:
    visit = facts(stay("08:00", "08:05"), failure(NotPerformedReason.NOBODY_HOME, ASTA))
    line = only(pay(visit, context=KNOWN, rulebook=HOURLY), PayKind.FAILED)
    assert (line.performed_minutes, line.reimbursed_minutes, line.amount) == (0, 0, Decimal(0))
