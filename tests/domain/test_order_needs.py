"""How long an order lags behind a need that the provider reported."""

from datetime import date

from domain.facts import NeedChange
from domain.ids import OrderId, ServiceCode
from domain.order.events import Frame, OrderChanged, OrderEnded, OrderNeedChangeReported, ServiceLine
from domain.order.facts import need_changes
from domain.order.values import MinuteControl, NeedDirection, OrderEndReason
from domain.values import CalendarPeriod
from tests.domain.order_samples import ALARM, CLEANING, CLIENT, MORNING, PLACED, SHOWER, order, placed
from tests.scenario import Told, fact

ORDER = OrderId("order-1")


def march(day: int) -> date:
    return date(2025, 3, day)


def changed(from_on: date, *lines: ServiceLine) -> Told:
    return fact(OrderChanged, effective_from=from_on, lines=lines)


def ended(on: date) -> Told:
    return fact(OrderEnded, on=on, reason=OrderEndReason.NEED_CEASED)


def reported(noticed_on: date, service_code: ServiceCode | None = None) -> Told:
    return fact(
        OrderNeedChangeReported,
        direction=NeedDirection.DECREASED,
        noticed_on=noticed_on,
        client_id=CLIENT,
        service_code=service_code,
    )


def needs(*told: Told) -> tuple[NeedChange, ...]:
    return need_changes(ORDER, order.given(*told).aggregate.history)


def answers(*told: Told) -> list[date | None]:
    return [change.answered_from_on for change in needs(*told)]


def test_a_reported_need_is_open_until_the_order_changes() -> None:
    assert needs(PLACED, reported(march(5), ServiceCode("SHOWER"))) == (
        NeedChange(
            order_id=ORDER,
            fact_id="order/order-1@2",
            client_id=CLIENT,
            direction="decreased",
            noticed_on=march(5),
            service_code=ServiceCode("SHOWER"),
            answered_from_on=None,
        ),
    )


def test_a_change_of_the_service_answers_a_reported_need() -> None:
    assert answers(PLACED, reported(march(5), ServiceCode("SHOWER")), changed(march(20), MORNING)) == [march(20)]


def test_a_change_of_another_service_does_not_answer_it() -> None:
    need = reported(march(5), ServiceCode("SHOWER"))
    assert answers(PLACED, need, changed(march(20), SHOWER, CLEANING)) == [None]


def test_any_change_answers_a_need_that_names_no_service() -> None:
    assert answers(PLACED, reported(march(5)), changed(march(20), SHOWER, CLEANING)) == [march(20)]


def test_a_larger_time_frame_answers_a_need_that_names_no_service_and_no_other() -> None:
    small, large = Frame(600, CalendarPeriod.MONTH), Frame(900, CalendarPeriod.MONTH)
    frame_order = placed(lines=(ALARM,), minute_control=MinuteControl.TIME_FRAME, frame=small)
    enlarged = fact(OrderChanged, effective_from=march(20), lines=(ALARM,), frame=large)
    assert answers(frame_order, reported(march(5)), enlarged) == [march(20)]
    assert answers(frame_order, reported(march(5), ServiceCode("ALARM")), enlarged) == [None]


def test_a_change_recorded_before_the_report_does_not_answer_it() -> None:
    assert answers(PLACED, changed(march(20), MORNING), reported(march(5), ServiceCode("SHOWER"))) == [None]


def test_the_earliest_day_of_all_answers_counts() -> None:
    need = reported(march(5))
    assert answers(PLACED, need, changed(march(20), MORNING), changed(march(10), SHOWER)) == [march(10)]
    assert answers(PLACED, need, changed(march(10), MORNING), changed(march(20), SHOWER)) == [march(10)]


def test_an_end_answers_every_need() -> None:
    assert answers(PLACED, reported(march(5)), reported(march(6), ServiceCode("SHOWER")), ended(march(20))) == [
        march(20),
        march(20),
    ]
