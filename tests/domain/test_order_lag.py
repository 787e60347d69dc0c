"""How long an order stays as it was after the need has changed (rules.md 3.5 [S:SEED3])."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any

import pytest

from domain.context import Context
from domain.facts import Absence, NeedChange, OrderLine, VisitFacts
from domain.ids import ServiceCode, VisitId
from domain.order.time_frame import TimeFrame
from domain.order_lag import LagGround, LagLevel, OrderLag, lag_totals, order_lags
from domain.order_weeks import Days
from domain.performed_time import performed_time
from domain.rulebook.rulebook import DEFAULT_RULEBOOK, Rulebook, rulebook_with
from tests.domain.given_facts import (
    ASTA,
    BRACKE,
    CLEAN,
    MUNICIPAL,
    SHOWER,
    clock,
    known,
    order,
    service,
    stay,
    visit,
)

MARCH = Days(date(2025, 3, 1), date(2025, 4, 1))
"""Its whole weeks begin on the 3rd, 10th, 17th and 24th."""


def showers(minutes: int, days: Iterable[int] = range(1, 32), code: ServiceCode = SHOWER) -> list[VisitFacts]:
    """A visit of so long on each of these days of March."""
    found = []
    for day in days:
        starts_at, visit_id = clock("08:00", date(2025, 3, day)), VisitId(f"{code}-{day}")
        ends_at = starts_at + timedelta(minutes=minutes)
        found.append(
            visit(
                stay(starts_at, ends_at, visit_id=visit_id),
                service(code, at=ends_at, visit_id=visit_id),
                visit_id=visit_id,
            )
        )
    return found


def need(noticed: int = 10, answered: date | None = None, direction: str = "decreased") -> NeedChange:
    return NeedChange(
        order_id=order().order_id,
        fact_id="need",
        client_id=ASTA,
        direction=direction,
        noticed_on=date(2025, 3, noticed),
        answered_from_on=answered,
    )


def lags(
    visits: Sequence[VisitFacts],
    *needs: NeedChange,
    orders: Sequence[OrderLine] = (order(minutes=30),),
    context: Context | None = None,
    rulebook: Rulebook = DEFAULT_RULEBOOK,
    days: Days = MARCH,
) -> list[OrderLag]:
    context = context or known(orders=orders)
    rows = performed_time(visits, context=context, rulebook=rulebook)
    return order_lags(days, performed=rows, need_changes=needs, context=context, rulebook=rulebook)


# Reported


def test_a_report_is_answered_by_the_order_after_so_many_days_and_minutes() -> None:
    """From the 10th to the 19th: ten days of 5 minutes too few."""
    (lag,) = lags(showers(25), need(10, date(2025, 3, 20)))
    assert (lag.ground, lag.since_on, lag.answered_on) == (LagGround.REPORTED, date(2025, 3, 10), date(2025, 3, 20))
    assert (lag.days, lag.minutes, lag.unit_id, lag.provider_id) == (10, -50, BRACKE, MUNICIPAL)


def test_a_report_without_an_answer_counts_up_to_the_last_day_asked_for() -> None:
    (lag,) = lags(showers(40), need(22, direction="increased"))
    assert (lag.answered_on, lag.days, lag.minutes) == (None, 10, 100)


@pytest.mark.parametrize("answered", [date(2025, 3, 1), date(2025, 2, 20)])
def test_a_report_answered_before_the_days_asked_for_is_not_of_them(answered: date) -> None:
    assert lags(showers(30), need(1, answered)) == []


def test_a_report_of_one_service_counts_that_services_minutes() -> None:
    both = [order(minutes=30), order(code=CLEAN, minutes=10)]
    cleaning = NeedChange(
        order_id=both[0].order_id,
        fact_id="need",
        client_id=ASTA,
        direction="decreased",
        noticed_on=date(2025, 3, 22),
        service_code=CLEAN,
    )
    (lag,) = lags([*showers(30), *showers(8, code=CLEAN)], cleaning, orders=both)
    assert (lag.service_code, lag.minutes) == (CLEAN, -20)


# Steady


def steady(*visits: VisitFacts, **more: Any) -> list[tuple[date, date | None, int, int]]:
    found = lags(visits, **more)
    assert {lag.ground for lag in found} <= {LagGround.STEADY}
    return [(lag.since_on, lag.answered_on, lag.days, lag.minutes) for lag in found]


@pytest.mark.parametrize(("minutes", "told"), [(24, [-168]), (25, []), (30, []), (35, []), (36, [168])])
def test_performed_that_differs_by_the_share_for_four_weeks_in_a_row_shows_a_lag(minutes: int, told: list[int]) -> None:
    """20 % of 30 minutes are 6."""
    assert [each[3] for each in steady(*showers(minutes))] == told


def test_three_weeks_are_too_few_and_one_as_ordered_breaks_the_row() -> None:
    assert steady(*showers(20, range(10, 32)), *showers(30, range(1, 10))) == []
    assert steady(*showers(20, range(1, 10)), *showers(30, range(10, 17)), *showers(20, range(17, 32))) == []
    three = rulebook_with(order_stale_weeks=3)
    assert [each[0] for each in steady(*showers(20), rulebook=three)] == [date(2025, 3, 3)]
    assert steady(*showers(20), rulebook=rulebook_with(order_stale_percent=0)) == []


def test_a_row_turns_where_too_little_becomes_too_much() -> None:
    assert steady(*showers(20, range(1, 17)), *showers(40, range(17, 32))) == []


def test_the_lag_ends_on_the_day_the_order_became_another() -> None:
    changed = [order(minutes=30, until=date(2025, 3, 31)), order(minutes=20, since=date(2025, 3, 31))]
    assert steady(*showers(20), orders=changed) == [(date(2025, 3, 3), date(2025, 3, 31), 28, -280)]


def test_what_ceased_without_the_order_is_no_lag() -> None:
    """The last whole week of the days was as ordered again."""
    three = rulebook_with(order_stale_weeks=3)
    assert steady(*showers(20, range(1, 24)), *showers(30, range(24, 32)), rulebook=three) == []


def test_a_week_away_neither_counts_nor_breaks() -> None:
    gone = Absence(
        person_kind="client",
        person_id=ASTA,
        kind="hospital_planned",
        from_at=clock("10:00", date(2025, 3, 12)),
        until_at=clock("10:00", date(2025, 3, 14)),
    )
    context = known(orders=[order(minutes=30)], absences=[gone])
    three = rulebook_with(order_stale_weeks=3)
    assert [each[3] for each in steady(*showers(20), context=context, rulebook=three)] == [-210]
    assert steady(*showers(20), context=context) == []


def test_services_even_out_unless_they_are_strict_and_what_has_no_minutes_lags_behind_nothing() -> None:
    visits = [*showers(40), *showers(20, code=CLEAN)]
    for control, told in (("flexible", []), ("none", []), ("strict", [280, -280])):
        orders = [order(minutes=30, control=control), order(code=CLEAN, minutes=30, control=control)]
        assert sorted(each[3] for each in steady(*visits, orders=orders)) == sorted(told)


def test_a_pot_of_minutes_has_no_weeks() -> None:
    frame = TimeFrame(
        order_id=order().order_id,
        client_id=ASTA,
        provider_id=MUNICIPAL,
        legal_basis="SoL",
        minutes=2000,
        period="month",
        starts_on=date(2025, 1, 1),
        ends_on=None,
    )
    context = known(orders=[order(control="time_frame", minutes=None)], frames=[frame])
    days = Days(date(2025, 2, 24), date(2025, 3, 3))
    assert steady(*showers(20), context=context, days=days, rulebook=rulebook_with(order_stale_weeks=1)) == []


def test_what_is_reported_is_not_told_again_as_steady() -> None:
    assert [lag.ground for lag in lags(showers(20), need(10))] == [LagGround.REPORTED]
    assert [lag.ground for lag in lags(showers(20), need(10, direction="increased"))] == [
        LagGround.STEADY,
        LagGround.REPORTED,
    ]


# Totals


@pytest.mark.parametrize(("level", "unit"), [(LagLevel.UNIT, BRACKE), (LagLevel.PROVIDER, None)])
def test_lags_are_added_up_by_unit_and_by_provider(level: LagLevel, unit: object) -> None:
    found = [*lags(showers(25), need(10, date(2025, 3, 20))), *lags(showers(40), need(22, direction="increased"))]
    (total,) = lag_totals(level, found)
    assert (total.unit_id, total.provider_id, total.lags, total.unanswered) == (unit, MUNICIPAL, 2, 1)
    assert (total.days_mean, total.over_minutes, total.under_minutes) == (10, 100, 50)
