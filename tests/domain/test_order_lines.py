"""What is ordered on which days, after all that was said of an order, in the order it was said."""

from datetime import date

import msgspec

from domain.facts import OrderLine
from domain.frequency import occurrences, parse_frequency
from domain.ids import OrderId, ProviderId, ServiceCode
from domain.order.events import (
    Frame,
    OrderChanged,
    OrderEnded,
    OrderMoved,
    OrderResumed,
    OrderSuspended,
    ServiceLine,
)
from domain.order.facts import order_facts, order_lines, time_frames
from domain.order.history import OrderHistory
from domain.order.time_frame import TimeFrame
from domain.order.values import MinuteControl, OrderEndReason, SuspensionReason
from domain.values import CalendarPeriod
from tests.domain.order_samples import ALARM, BRACKE, CLEANING, CLIENT, MORNING, NORRSKEN, PLACED, order, placed
from tests.scenario import Told, fact

ORDER = OrderId("order-1")
ONE_LINE = placed(lines=(CLEANING,))
SHORTER = msgspec.structs.replace(CLEANING, ordered_minutes=60)
Held = tuple[str, int | None, ProviderId, date, date | None]


def march(day: int) -> date:
    return date(2025, 3, day)


def changed(from_on: date, *lines: ServiceLine) -> Told:
    return fact(OrderChanged, effective_from=from_on, lines=lines)


def suspended(from_on: date) -> Told:
    return fact(OrderSuspended, from_on=from_on, reason=SuspensionReason.TRAVEL)


def resumed(on: date) -> Told:
    return fact(OrderResumed, on=on)


def moved(from_on: date, provider_id: ProviderId = NORRSKEN) -> Told:
    return fact(OrderMoved, provider_id=provider_id, from_on=from_on)


def ended(on: date) -> Told:
    return fact(OrderEnded, on=on, reason=OrderEndReason.NEED_CEASED)


def history_of(*told: Told) -> OrderHistory:
    return order.given(*told).aggregate.history


def held(*told: Told) -> list[Held]:
    """Service, minutes, provider and days of each line, in order of days."""
    lines = order_lines(ORDER, history_of(*told))
    found = [(x.service_code, x.ordered_minutes, x.provider_id, x.starts_on, x.ends_on) for x in lines]
    return sorted(found, key=lambda line: (line[3], line[0]))


def test_a_line_holds_from_the_first_day_until_further_notice() -> None:
    assert order_lines(ORDER, history_of(placed(lines=(MORNING,)))) == (
        OrderLine(
            order_id=ORDER,
            line_id="2",
            client_id=CLIENT,
            provider_id=BRACKE,
            service_code=ServiceCode("MORNING"),
            legal_basis="SoL",
            minute_control="flexible",
            granted_minutes=None,
            ordered_minutes=15,
            frequency="daily",
            starts_on=march(1),
            ends_on=None,
            ordered_on=march(1),
            anchor_on=march(1),
            extent="supporting",
            window="07:00-10:00",
        ),
    )


def test_nothing_is_ordered_before_an_order_is_placed() -> None:
    assert order_facts(ORDER, OrderHistory()) == ()


def test_a_change_ends_the_standing_lines_and_begins_new_ones() -> None:
    assert held(PLACED, changed(march(10), MORNING, SHORTER)) == [
        ("MORNING", 15, BRACKE, march(1), march(10)),
        ("SHOWER", 40, BRACKE, march(1), march(10)),
        ("CLEAN", 60, BRACKE, march(10), None),
        ("MORNING", 15, BRACKE, march(10), None),
    ]


def test_a_change_from_the_first_day_leaves_nothing_of_what_was_placed() -> None:
    assert held(ONE_LINE, changed(march(1), SHORTER)) == [("CLEAN", 60, BRACKE, march(1), None)]


def test_changes_recorded_one_after_the_other_follow_one_another() -> None:
    assert held(ONE_LINE, changed(march(10), SHORTER), changed(march(20), CLEANING)) == [
        ("CLEAN", 70, BRACKE, march(1), march(10)),
        ("CLEAN", 60, BRACKE, march(10), march(20)),
        ("CLEAN", 70, BRACKE, march(20), None),
    ]


def test_a_change_recorded_later_for_an_earlier_day_wins_from_its_day_on() -> None:
    assert held(ONE_LINE, changed(march(20), MORNING), changed(march(10), SHORTER)) == [
        ("CLEAN", 70, BRACKE, march(1), march(10)),
        ("CLEAN", 60, BRACKE, march(10), None),
    ]


def test_a_change_recorded_later_for_the_same_day_takes_the_place_of_the_first() -> None:
    assert held(ONE_LINE, changed(march(10), MORNING), changed(march(10), SHORTER)) == [
        ("CLEAN", 70, BRACKE, march(1), march(10)),
        ("CLEAN", 60, BRACKE, march(10), None),
    ]


def test_a_suspension_cuts_a_hole() -> None:
    assert held(ONE_LINE, suspended(march(10)), resumed(march(15))) == [
        ("CLEAN", 70, BRACKE, march(1), march(10)),
        ("CLEAN", 70, BRACKE, march(15), None),
    ]


def test_a_suspension_that_ends_earlier_than_was_said_cuts_a_smaller_hole() -> None:
    assert held(ONE_LINE, suspended(march(10)), resumed(march(15)), resumed(march(12))) == [
        ("CLEAN", 70, BRACKE, march(1), march(10)),
        ("CLEAN", 70, BRACKE, march(12), None),
    ]


def test_nothing_is_ordered_while_a_suspension_is_open() -> None:
    assert held(ONE_LINE, suspended(march(10))) == [("CLEAN", 70, BRACKE, march(1), march(10))]


def test_an_order_suspended_from_its_first_day_begins_when_it_is_resumed() -> None:
    assert held(ONE_LINE, suspended(march(1)), resumed(march(5))) == [("CLEAN", 70, BRACKE, march(5), None)]


def test_a_suspension_taken_back_leaves_no_trace_in_the_lines() -> None:
    assert held(ONE_LINE, suspended(march(10)), resumed(march(10))) == held(ONE_LINE)


def test_a_suspension_recorded_later_for_an_earlier_day_widens_the_hole() -> None:
    assert held(ONE_LINE, suspended(march(10)), resumed(march(15)), suspended(march(5)), resumed(march(20))) == [
        ("CLEAN", 70, BRACKE, march(1), march(5)),
        ("CLEAN", 70, BRACKE, march(20), None),
    ]


def test_a_resumption_ends_every_suspension_of_its_day() -> None:
    assert held(ONE_LINE, suspended(march(10)), resumed(march(20)), suspended(march(5)), resumed(march(12))) == [
        ("CLEAN", 70, BRACKE, march(1), march(5)),
        ("CLEAN", 70, BRACKE, march(12), None),
    ]


def test_a_change_during_a_suspension_is_what_holds_after_it() -> None:
    assert held(ONE_LINE, suspended(march(10)), changed(march(12), SHORTER), resumed(march(15))) == [
        ("CLEAN", 70, BRACKE, march(1), march(10)),
        ("CLEAN", 60, BRACKE, march(15), None),
    ]


def test_a_move_lets_the_lines_go_on_with_the_new_provider() -> None:
    assert held(ONE_LINE, moved(march(20))) == [
        ("CLEAN", 70, BRACKE, march(1), march(20)),
        ("CLEAN", 70, NORRSKEN, march(20), None),
    ]


def test_a_move_recorded_later_for_an_earlier_day_wins_from_its_day_on() -> None:
    assert held(ONE_LINE, moved(march(20)), moved(march(10), ProviderId("third"))) == [
        ("CLEAN", 70, BRACKE, march(1), march(10)),
        ("CLEAN", 70, ProviderId("third"), march(10), None),
    ]


def test_a_move_outlives_a_change_recorded_for_an_earlier_day() -> None:
    assert held(ONE_LINE, moved(march(20)), changed(march(10), SHORTER)) == [
        ("CLEAN", 70, BRACKE, march(1), march(10)),
        ("CLEAN", 60, BRACKE, march(10), march(20)),
        ("CLEAN", 60, NORRSKEN, march(20), None),
    ]


def test_an_end_closes_every_line() -> None:
    assert held(PLACED, ended(march(10))) == [
        ("MORNING", 15, BRACKE, march(1), march(10)),
        ("SHOWER", 40, BRACKE, march(1), march(10)),
    ]


def test_a_change_for_days_after_the_end_never_holds() -> None:
    assert held(ONE_LINE, changed(march(20), SHORTER), ended(march(10))) == [("CLEAN", 70, BRACKE, march(1), march(10))]


def test_an_order_that_ends_the_day_it_starts_never_held() -> None:
    assert held(ONE_LINE, ended(march(1))) == []


def test_a_line_keeps_its_dates_through_suspension_move_and_change_of_minutes() -> None:
    told = (ONE_LINE, suspended(march(9)), resumed(march(12)), moved(march(18)), changed(march(25), SHORTER))
    lines = order_lines(ORDER, history_of(*told))
    assert {line.anchor_on for line in lines} == {march(1)}
    assert [day for line in lines for day in dates_of(line)] == [march(1), march(15), march(29)]


def test_a_line_with_another_frequency_is_counted_anew() -> None:
    weekly = msgspec.structs.replace(CLEANING, frequency="1/week")
    lines = order_lines(ORDER, history_of(ONE_LINE, changed(march(18), weekly)))
    assert [line.anchor_on for line in lines] == [march(1), march(18)]


def test_a_line_that_was_taken_out_and_comes_back_is_counted_anew() -> None:
    lines = order_lines(ORDER, history_of(ONE_LINE, changed(march(10), ALARM), changed(march(18), CLEANING)))
    assert [(line.service_code, line.anchor_on) for line in lines] == [
        ("CLEAN", march(1)),
        ("ALARM", march(10)),
        ("CLEAN", march(18)),
    ]


def dates_of(line: OrderLine) -> list[date]:
    assert line.anchor_on is not None
    until_on = min(line.ends_on or date(2025, 4, 1), date(2025, 4, 1))
    dates = occurrences(
        parse_frequency(line.frequency), anchor_on=line.anchor_on, from_on=line.starts_on, until_on=until_on
    )
    return list(dates)


def test_a_time_frame_holds_like_the_lines() -> None:
    lines = (ALARM,)
    small, large = Frame(600, CalendarPeriod.MONTH), Frame(900, CalendarPeriod.MONTH)
    history = history_of(
        placed(lines=lines, minute_control=MinuteControl.TIME_FRAME, frame=small),
        fact(OrderChanged, effective_from=march(10), lines=lines, frame=large),
        moved(march(20)),
        ended(date(2025, 4, 1)),
    )
    same = {"order_id": ORDER, "client_id": CLIENT, "legal_basis": "SoL", "period": "month"}
    expected = [
        {"minutes": 600, "provider_id": BRACKE, "starts_on": march(1), "ends_on": march(10)},
        {"minutes": 900, "provider_id": BRACKE, "starts_on": march(10), "ends_on": march(20)},
        {"minutes": 900, "provider_id": NORRSKEN, "starts_on": march(20), "ends_on": date(2025, 4, 1)},
    ]
    assert time_frames(ORDER, history) == tuple(msgspec.convert({**same, **each}, TimeFrame) for each in expected)
    assert set(time_frames(ORDER, history)) < set(order_facts(ORDER, history))
