"""The five compensation models (rules.md 7.1 [S:SKL16] [S:SKR24])."""

from datetime import date
from decimal import Decimal

import pytest

from domain.local_time import Month
from domain.order.time_frame import TimeFrame
from domain.pay.lines import PayKind, Withheld
from domain.rulebook.rulebook import Rulebook
from domain.rulebook.values import CompensationModel, Level
from domain.values import NotPerformedReason
from tests.domain.given_facts import ASTA, MUNICIPAL, NEW_YEAR, failure, order, plan, stay
from tests.domain.pay.made import CLEAN, SHOWER, facts, made, minutes_and_kronor, only, pay, town
from tests.domain.pay.rulebooks import DAY, EVENING, rate, rulebook, where

GRANTED = rulebook(compensation_model=CompensationModel.GRANTED, rates=(rate("360"),))
DAILY = order(ASTA, SHOWER, 30, "1/day")


def test_granted_time_is_paid_whatever_was_done_and_what_was_done_is_shown() -> None:
    lines = pay(made("08:00", 50), context=town(DAILY), rulebook=GRANTED)
    assert minutes_and_kronor(lines, PayKind.GRANTED) == (31 * 30, Decimal(31 * 180))
    visit = only(lines)
    assert (visit.performed_minutes, visit.reimbursed_minutes, visit.withheld) == (50, 0, Withheld.PAID_OTHERWISE)


def test_granted_time_is_one_line_for_each_service_and_band() -> None:
    """The hour is the window's first, else noon [A]."""
    evening = order(ASTA, SHOWER, 30, "1/day", window="20:00-21:00")
    rules = rulebook(
        compensation_model=CompensationModel.GRANTED,
        bands=(EVENING, DAY),
        rates=(rate("400", band="evening"), rate("300", band="day")),
    )
    lines = pay(context=town(evening, order(ASTA, CLEAN, 60, "1/week@mon")), rulebook=rules)
    assert {(line.service_code, line.band): line.amount for line in lines} == {
        (SHOWER, "evening"): Decimal(31 * 200),
        (CLEAN, "day"): Decimal(5 * 300),
    }


def test_a_time_frame_is_granted_time_too() -> None:
    frame = TimeFrame(
        order_id=DAILY.order_id,
        client_id=ASTA,
        provider_id=MUNICIPAL,
        legal_basis="SoL",
        minutes=600,
        period="month",
        starts_on=NEW_YEAR,
        ends_on=None,
    )
    lines = pay(context=town(frames=[frame]), rulebook=GRANTED)
    assert minutes_and_kronor(lines, PayKind.GRANTED) == (600, Decimal(3600))


def test_time_outside_the_order_is_no_part_of_the_granted() -> None:
    lines = pay(made("08:00", 30, CLEAN, extra=30), context=town(DAILY), rulebook=GRANTED)
    assert only(lines).amount == Decimal(180)


def test_a_declined_visit_is_in_the_granted_time_already() -> None:
    rules = rulebook(compensation_model=CompensationModel.GRANTED, declined_share_percent=75)
    visit = facts(
        plan("10:00", "10:30", (SHOWER, 30, ASTA)), stay("10:00", "10:03"), failure(NotPerformedReason.DECLINED, ASTA)
    )
    line = only(pay(visit, context=town(DAILY), rulebook=rules), PayKind.DECLINED)
    assert (line.reimbursed_minutes, line.withheld) == (0, Withheld.PAID_OTHERWISE)


def test_one_service_may_be_paid_as_granted_and_another_as_performed() -> None:
    rules = rulebook(where(CLEAN, compensation_model=CompensationModel.GRANTED), rates=(rate("360"),))
    context = town(DAILY, order(ASTA, CLEAN, 60, "1/week@mon"))
    lines = pay(made("08:00", 20), made("10:00", 20, CLEAN), context=context, rulebook=rules)
    assert minutes_and_kronor(lines, PayKind.GRANTED)[0] == 5 * 60
    assert minutes_and_kronor(lines, PayKind.PERFORMED)[0] == 20


LEVELS = rulebook(
    compensation_model=CompensationModel.LEVEL,
    levels=(
        Level(name="1", until_minutes=600, amount=Decimal(5000)),
        Level(name="2", until_minutes=930, amount=Decimal(8000)),
        Level(name="3", until_minutes=None, amount=Decimal(12000)),
    ),
)


@pytest.mark.parametrize(
    ("frequency", "level", "amount"), [("1/week@mon", "1", 5000), ("2/week", "1", 5000), ("1/day", "3", 12000)]
)
def test_a_level_is_paid_by_the_months_ordered_minutes(frequency: str, level: str, amount: int) -> None:
    """The amounts are examples: no source gives any [A]. 930 ordered minutes are no longer under 930."""
    lines = pay(made(), context=town(order(ASTA, SHOWER, 30, frequency)), rulebook=LEVELS)
    line = only(lines, PayKind.LEVEL)
    assert (line.band, line.amount) == (level, Decimal(amount))
    assert only(lines).withheld is Withheld.PAID_OTHERWISE


def test_a_budget_pays_no_visit() -> None:
    lines = pay(made(), context=town(DAILY), rulebook=rulebook(compensation_model=CompensationModel.BUDGET))
    assert [(line.withheld, line.performed_minutes, line.amount) for line in lines] == [
        (Withheld.PAID_OTHERWISE, 30, Decimal(0))
    ]


@pytest.mark.parametrize("rules", [GRANTED, LEVELS])
def test_a_month_without_an_order_pays_nothing(rules: Rulebook) -> None:
    ended = order(ASTA, SHOWER, 30, "1/day", until=date(2025, 3, 1))
    assert pay(context=town(ended), rulebook=rules, month=Month(2025, 3)) == []
