"""What evens out, and what is left of it as excess and shortfall (rules.md 2.2, 3.2)."""

from datetime import date, timedelta

import msgspec
import pytest

from domain.deviation.cause import Cause
from domain.ids import VisitId
from domain.order.time_frame import TimeFrame
from domain.reconciliation import Level, ReconciliationRow
from domain.rulebook.rulebook import DEFAULT_RULEBOOK, Rulebook, rulebook_with
from domain.rulebook.values import CapPeriod
from tests.domain.given_facts import (
    ASTA,
    BROR,
    MONDAY,
    MUNICIPAL,
    SHOWER,
    but,
    clock,
    excess,
    known,
    order,
    plan,
    service,
    stay,
    visit,
)
from tests.domain.test_deviation import ONE_SHOWER, rows_of, showered


def both_days(rulebook: Rulebook) -> list[ReconciliationRow]:
    """10 minutes too many on Monday, 15 too few on Tuesday."""
    tuesday, other = MONDAY + timedelta(days=1), VisitId("other")
    twice = [order(minutes=40, frequency="1/day", since=MONDAY, until=MONDAY + timedelta(days=2))]
    second = visit(
        plan(clock("08:00", tuesday), clock("08:40", tuesday), (SHOWER, 40, ASTA), visit_id=other),
        stay(clock("08:00", tuesday), clock("08:25", tuesday), visit_id=other),
        service(at=clock("08:25", tuesday), visit_id=other),
        visit_id=other,
    )
    return rows_of(showered(50), second, orders=twice, rulebook=rulebook)


@pytest.mark.parametrize(
    ("period", "beyond", "shortfall"),
    [(CapPeriod.MONTH, 0, 5), (CapPeriod.WEEK, 0, 5), (CapPeriod.DAY, 10, 15), (CapPeriod.VISIT, 10, 15)],
)
def test_what_evens_out_within_the_cap_period_is_no_excess(period: CapPeriod, beyond: int, shortfall: int) -> None:
    for level in (Level.CLIENT, Level.UNIT, Level.PROVIDER):
        (row,) = [row for row in both_days(rulebook=rulebook_with(cap_period=period)) if row.level is level]
        assert (row.deviation_minutes, row.excess_minutes, row.shortfall_minutes) == (-5, beyond, shortfall)
        assert sum(row.causes.values()) == -5


def test_what_is_tolerated_and_what_is_approved_is_no_excess() -> None:
    tolerant = rulebook_with(tolerance_percent=10)
    for rulebook, approved, told in (
        (DEFAULT_RULEBOOK, (), (10, 0)),
        (tolerant, (), (6, 0)),
        (DEFAULT_RULEBOOK, (excess(7),), (3, 7)),
        (tolerant, (excess(7),), (0, 7)),
        (DEFAULT_RULEBOOK, (excess(7, client=BROR),), (10, 0)),
        (DEFAULT_RULEBOOK, (excess(99),), (0, 10)),
    ):
        allowed = msgspec.structs.replace(showered(50), excess=approved)
        (row,) = [row for row in rows_of(allowed, rulebook=rulebook) if row.level is Level.CLIENT]
        assert (row.excess_minutes, row.approved_excess) == told


def test_one_clients_excess_is_not_evened_out_by_anothers_shortfall() -> None:
    orders = [ONE_SHOWER, order(BROR, minutes=30, frequency="once", since=MONDAY)]
    (unit,) = [row for row in rows_of(showered(50), orders=orders) if row.level is Level.UNIT]
    assert (unit.deviation_minutes, unit.excess_minutes, unit.shortfall_minutes) == (-20, 10, 30)


def test_a_service_has_causes_only_where_it_is_strictly_ordered() -> None:
    (loose,) = [row for row in rows_of(showered(25)) if row.level is Level.SERVICE]
    assert (loose.causes, loose.shortfall_minutes) == ({}, 0)
    strict = [but(ONE_SHOWER, minute_control="strict")]
    (row,) = [row for row in rows_of(showered(25), orders=strict) if row.level is Level.SERVICE]
    assert (row.causes, row.shortfall_minutes) == ({Cause.UNEXPLAINED: -15}, 15)


def test_where_no_minute_is_ordered_there_is_nothing_to_explain() -> None:
    rows = rows_of(showered(25), orders=[but(ONE_SHOWER, minute_control="none")])
    assert [(row.deviation_minutes, row.causes) for row in rows] == [(None, {})] * 4


def test_a_pot_of_minutes_stands_on_the_month_whatever_is_counted_by_the_day() -> None:
    pot = TimeFrame(
        order_id=order().order_id,
        client_id=ASTA,
        provider_id=MUNICIPAL,
        legal_basis="SoL",
        minutes=50,
        period="month",
        starts_on=date(2025, 1, 1),
        ends_on=None,
    )
    free = [order(control="time_frame", minutes=None)]
    daily = rulebook_with(cap_period=CapPeriod.DAY)
    rows = rows_of(showered(50), context=known(orders=free, frames=[pot]), rulebook=daily)
    (row,) = [row for row in rows if row.level is Level.CLIENT]
    assert (row.deviation_minutes, row.excess_minutes, row.causes) == (0, 0, {})


def test_time_within_a_frame_that_states_no_minutes_has_nothing_to_explain() -> None:
    rows = rows_of(showered(25), orders=[order(control="time_frame", minutes=None)])
    assert [(row.deviation_minutes, row.causes, row.excess_minutes) for row in rows] == [(None, {}, 0)] * 4
