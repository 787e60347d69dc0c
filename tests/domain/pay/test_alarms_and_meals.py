"""How alarms and meals are paid (rules.md 4.3, 5.6)."""

from datetime import date
from decimal import Decimal

import pytest

from domain.facts import OrderLine
from domain.ids import ProviderId
from domain.local_time import Month
from domain.organisation.values import ServiceCategory
from domain.pay.lines import PayKind, Withheld
from domain.rulebook.rulebook import Rulebook
from domain.rulebook.values import AlarmPayment, Rate, RatePer
from domain.values import VisitKind
from tests.domain.given_facts import ANNA, ASTA, BO, MUNICIPAL, order, stay
from tests.domain.pay.made import (
    ALARM,
    MEAL,
    PRIVATE,
    SHOWER,
    TOILET,
    done,
    facts,
    made,
    minutes_and_kronor,
    pay,
    town,
)
from tests.domain.pay.rulebooks import rate, rulebook, where

# Alarms (rules.md 5.6)

ALARMS = order(ASTA, ALARM, None, "as_needed")


def alarm(rules: Rulebook, *orders: OrderLine, provider: ProviderId = MUNICIPAL, month: int = 3) -> tuple[int, Decimal]:
    visits = (made("10:00", 30, ALARM, kind=VisitKind.ALARM), made("23:00", 15, ALARM, kind=VisitKind.ALARM))
    context = town(*(orders or (ALARMS,)), provider=provider)
    return minutes_and_kronor(pay(*visits, context=context, rulebook=rules, month=Month(2025, month)), PayKind.ALARM)


def alarms(payment: AlarmPayment, *rates: Rate, full: Rate | None = None) -> Rulebook:
    return rulebook(
        where(categories=[ServiceCategory.ALARM], rates=rates, alarm_payment=payment, alarm_full_month=full)
    )


def test_an_alarm_is_paid_by_the_hour() -> None:
    """[S:TYR] 274 in-house, 282 private."""
    rules = alarms(AlarmPayment.HOUR, rate("274", "282"))
    assert alarm(rules) == (45, Decimal("205.50"))
    assert alarm(rules, provider=PRIVATE) == (45, Decimal("211.50"))


def test_an_alarm_is_paid_by_the_occasion() -> None:
    """[S:VETL] 149 central, 170 elsewhere."""
    rules = alarms(
        AlarmPayment.OCCASION, rate("149", area="urban", per=RatePer.OCCASION), rate("170", per=RatePer.OCCASION)
    )
    assert alarm(rules)[1] == Decimal(340)


@pytest.mark.parametrize(("provider", "kronor"), [(MUNICIPAL, 185), (PRIVATE, 197)])
def test_an_alarm_is_paid_by_the_client_and_month(provider: ProviderId, kronor: int) -> None:
    """[S:STHLM-ERS]: fixed, however often somebody came; also when nobody did."""
    rules = alarms(AlarmPayment.MONTH, rate("185", "197", RatePer.MONTH))
    assert alarm(rules, provider=provider) == (0, Decimal(kronor))
    assert alarm(rules, provider=provider, month=4) == (0, Decimal(kronor))


@pytest.mark.parametrize(
    ("since", "kronor"), [(date(2025, 1, 1), 684), (date(2025, 3, 2), 690), (date(2025, 3, 22), 230)]
)
def test_an_alarm_is_paid_by_the_day_and_a_full_month_has_its_own_price(since: date, kronor: int) -> None:
    """[S:VAS24]: 23 a day or 684 for a full month."""
    rules = alarms(AlarmPayment.DAY, rate("23", per=RatePer.DAY), full=rate("684", per=RatePer.MONTH))
    assert alarm(rules, order(ASTA, ALARM, None, "as_needed", since=since)) == (0, Decimal(kronor))


def test_time_at_an_alarm_that_is_paid_otherwise_is_still_shown() -> None:
    rules = alarms(AlarmPayment.MONTH, rate("185", per=RatePer.MONTH))
    lines = pay(made("10:00", 30, ALARM, kind=VisitKind.ALARM), context=town(ALARMS), rulebook=rules)
    (visit,) = [line for line in lines if line.visit_id]
    assert (visit.performed_minutes, visit.reimbursed_minutes, visit.withheld) == (30, 0, Withheld.PAID_OTHERWISE)


def test_two_workers_on_one_alarm_are_one_occasion() -> None:
    """[S:KUNDTID]: one registers the alarm, the other assistance."""
    rules = alarms(AlarmPayment.OCCASION, rate("149", per=RatePer.OCCASION))
    both = facts(
        stay("10:00", "10:20", ANNA, kind=VisitKind.ALARM),
        stay("10:05", "10:20", BO, kind=VisitKind.ALARM),
        done(ALARM, "10:10"),
    )
    assert minutes_and_kronor(pay(both, context=town(ALARMS), rulebook=rules))[1] == Decimal(149)


# Meals (rules.md 4.3)


def meals(rules: Rulebook) -> tuple[int, Decimal]:
    visits = [made("11:00", 5, MEAL, day=date(2025, 3, day), kind=VisitKind.MEAL) for day in (3, 4, 5)]
    return minutes_and_kronor(pay(*visits, context=town(order(ASTA, MEAL, None, "1/day")), rulebook=rules))


def test_meals_are_paid_by_the_box() -> None:
    """[S:VETL] 42 or 83; [S:JKPG] 50.25."""
    assert meals(rulebook(meal_box_rate=rate("50.25"), rates=(rate("400"),))) == (15, Decimal("150.75"))


def test_meals_are_paid_as_an_hour_a_month_and_the_box() -> None:
    """[S:HUDD]: 60 minutes for each client with such a decision, and a price for the box."""
    both = rulebook(meal_box_rate=rate("42"), meal_minutes_per_month=60, rates=(rate("400"),))
    assert meals(both)[1] == Decimal(3 * 42 + 400)
    assert meals(rulebook(meal_minutes_per_month=60, rates=(rate("400"),))) == (60, Decimal(400))


def test_an_alarm_with_several_services_is_one_occasion() -> None:
    rules = rulebook(alarm_payment=AlarmPayment.OCCASION, rates=(rate("149", per=RatePer.OCCASION),))
    lines = pay(
        made("10:00", 30, SHOWER, TOILET, kind=VisitKind.ALARM),
        context=town(order(ASTA, SHOWER), order(ASTA, TOILET)),
        rulebook=rules,
    )
    assert minutes_and_kronor(lines) == (30, Decimal(149))
