"""May time beyond the order be paid? (rules.md 2.2, 3.2, 3.3, 7.3)"""

from datetime import date

import pytest

from domain.facts import VisitFacts
from domain.ids import ServiceCode
from domain.local_time import Month
from domain.order.time_frame import TimeFrame
from domain.pay.lines import PayLine, Withheld
from domain.rulebook.values import CapPeriod, ExcessPolicy
from tests.domain.given_facts import ASTA, MUNICIPAL, NEW_YEAR, order
from tests.domain.pay.made import CLEAN, PHONE, RELIEF, SHOWER, made, pay, town
from tests.domain.pay.rulebooks import rate, rulebook, where

HOURLY = (rate("360"),)
ON_MONDAYS = order(ASTA, SHOWER, 30, "1/week@mon")
"""Thirty minutes on 3, 10, 17, 24 and 31 March: 150 in the month."""
KNOWN = town(ON_MONDAYS)
UNLESS = rulebook(rates=HOURLY)


def on(day: int, minutes: int, code: ServiceCode = SHOWER, start: str = "08:00", *, excess: int = 0) -> VisitFacts:
    return made(start, minutes, code, day=date(2025, 3, day), excess=excess)


def paid(lines: list[PayLine]) -> list[tuple[int, int]]:
    """Day of the month, and minutes reimbursed."""
    return [(line.day.day, line.reimbursed_minutes) for line in lines]


@pytest.mark.parametrize(
    ("period", "expected"),
    [
        (CapPeriod.VISIT, [(3, 30), (4, 30), (10, 20), (17, 30)]),
        (CapPeriod.DAY, [(3, 30), (4, 0), (10, 20), (17, 30)]),
        (CapPeriod.WEEK, [(3, 30), (4, 0), (10, 20), (17, 30)]),
        (CapPeriod.MONTH, [(3, 50), (4, 40), (10, 20), (17, 40)]),
    ],
)
def test_time_beyond_the_order_is_not_paid(period: CapPeriod, expected: list[tuple[int, int]]) -> None:
    """[S:INTRA16]; over which stretch is [A], within the week's hours in [S:TYR-BO]."""
    rules = rulebook(cap_period=period, rates=HOURLY)
    visits = (on(3, 50), on(4, 40), on(10, 20), on(17, 60))
    lines = pay(*visits, context=KNOWN, rulebook=rules)
    assert paid(lines) == expected
    assert [line.withheld_minutes for line in lines] == [
        line.performed_minutes - line.reimbursed_minutes for line in lines
    ]
    assert {line.withheld for line in lines if line.withheld_minutes} == {Withheld.OVER_CAP}


def test_unused_time_of_a_week_is_not_saved() -> None:
    """[S:TYR-BO]"""
    rules = rulebook(where(PHONE, cap_period=CapPeriod.WEEK))
    context = town(order(ASTA, PHONE, 120, "1/week@mon"))
    lines = pay(on(3, 60, PHONE), on(10, 150, PHONE), context=context, rulebook=rules)
    assert paid(lines) == [(3, 60), (10, 120)]


def test_a_care_manager_lets_time_beyond_the_order_be_paid() -> None:
    """Only when it is approved and documented [S:INTRA16]."""
    rules = rulebook(cap_period=CapPeriod.VISIT, rates=HOURLY)
    lines = pay(on(3, 50, excess=15), on(10, 50), context=KNOWN, rulebook=rules)
    assert paid(lines) == [(3, 45), (10, 30)]
    assert [line.withheld_minutes for line in lines] == [5, 20]


def test_what_was_approved_counts_in_its_period() -> None:
    lines = pay(on(3, 100, excess=40), on(10, 80), on(17, 30), context=KNOWN, rulebook=UNLESS)
    assert paid(lines) == [(3, 100), (10, 80), (17, 10)]


def test_where_the_cap_is_the_order_no_approval_helps_and_where_actual_time_is_paid_none_is_needed() -> None:
    hard = rulebook(excess_policy=ExcessPolicy.CAP_AT_ORDERED, cap_period=CapPeriod.VISIT)
    actual = rulebook(excess_policy=ExcessPolicy.PAY_ACTUAL)
    assert paid(pay(on(3, 50, excess=15), context=KNOWN, rulebook=hard)) == [(3, 30)]
    assert paid(pay(on(3, 50), on(4, 500), context=KNOWN, rulebook=actual)) == [(3, 50), (4, 500)]


def test_relief_is_paid_for_performed_time_within_the_granted() -> None:
    """[S:SOLNA-LSS]"""
    rules = rulebook(where(RELIEF, excess_policy=ExcessPolicy.CAP_AT_ORDERED))
    context = town(order(ASTA, RELIEF, 240, "1/month", legal_basis="LSS"))
    lines = pay(on(3, 100, RELIEF), on(4, 200, RELIEF), context=context, rulebook=rules)
    assert paid(lines) == [(3, 100), (4, 140)]


def test_what_was_approved_for_a_visit_before_the_month_is_not_paid_again_in_it() -> None:
    before = made("10:00", 50, day=date(2025, 2, 24), excess=15)
    rules = rulebook(cap_period=CapPeriod.MONTH, excess_policy=ExcessPolicy.CAP_UNLESS_APPROVED)
    once = town(order(ASTA, SHOWER, 30, "1/month"))
    assert paid(pay(before, on(3, 50), context=once, rulebook=rules)) == [(3, 30)]


def test_a_tolerance_lets_a_little_more_be_paid() -> None:
    """[A] No source gives one; ten percent of 30 minutes is three."""
    rules = rulebook(cap_period=CapPeriod.VISIT, tolerance_percent=10)
    assert paid(pay(on(3, 50), context=KNOWN, rulebook=rules)) == [(3, 33)]


@pytest.mark.parametrize(("control", "expected"), [("strict", [30, 30]), ("flexible", [40, 20]), ("none", [40, 60])])
def test_the_cap_binds_as_firmly_as_the_order(control: str, expected: list[int]) -> None:
    """[S:SEED3]: each service under strict control, the client's total under flexible, nothing without minutes."""
    first = date(2025, 3, 1)
    lines = [order(ASTA, code, 30, "once", since=first, control=control) for code in (SHOWER, CLEAN)]
    found = pay(on(3, 40), on(4, 60, CLEAN), context=town(*lines), rulebook=UNLESS)
    assert [line.reimbursed_minutes for line in found] == expected


def test_a_time_frame_is_one_pot_for_the_month_whatever_the_period() -> None:
    """[S:RAM]; the month is [A]."""
    frame = TimeFrame(
        order_id=ON_MONDAYS.order_id,
        client_id=ASTA,
        provider_id=MUNICIPAL,
        legal_basis="SoL",
        minutes=100,
        period="month",
        starts_on=NEW_YEAR,
        ends_on=None,
    )
    context = town(order(ASTA, SHOWER, None, control="time_frame"), frames=[frame])
    rules = rulebook(cap_period=CapPeriod.DAY)
    assert paid(pay(on(3, 70), on(4, 70), context=context, rulebook=rules)) == [(3, 70), (4, 30)]


def test_what_is_withheld_for_another_reason_uses_up_nothing_of_the_order() -> None:
    unapproved = made("07:00", 140, day=date(2025, 3, 3), approved=())
    lines = pay(unapproved, on(4, 140), context=KNOWN, rulebook=UNLESS)
    assert paid(lines) == [(3, 0), (4, 140)]


def test_one_laws_order_pays_nothing_of_anothers() -> None:
    """rules.md 11."""
    context = town(order(ASTA, SHOWER, 30, "1/month"), order(ASTA, RELIEF, 60, "1/month", legal_basis="LSS"))
    lines = pay(on(3, 50), on(4, 50, RELIEF), context=context, rulebook=UNLESS)
    assert paid(lines) == [(3, 30), (4, 50)]


def test_a_visit_over_the_month_end_draws_from_each_months_own_order() -> None:
    night = made("23:30", 60, day=date(2025, 3, 31))
    march = pay(night, context=KNOWN, rulebook=UNLESS)
    april = pay(night, context=KNOWN, rulebook=UNLESS, month=Month(2025, 4))
    assert (paid(march), paid(april)) == ([(31, 30)], [(1, 30)])
