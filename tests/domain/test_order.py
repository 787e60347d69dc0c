"""What becomes of an order: changed, suspended, resumed, moved, ended, and needs that changed meanwhile."""

from collections.abc import Callable
from datetime import date

import msgspec
import pytest

from domain.event import FactStamp
from domain.ids import FactId, ServiceCode
from domain.order import errors
from domain.order.aggregate import Order
from domain.order.events import (
    Decision,
    Frame,
    OrderChanged,
    OrderEnded,
    OrderMoved,
    OrderNeedChangeReported,
    OrderResumed,
    OrderSuspended,
    ServiceLine,
)
from domain.order.values import MinuteControl, NeedDirection, OrderEndReason, SuspensionReason
from domain.values import CalendarPeriod, ReasonCode
from tests.domain.order_samples import (
    ALARM,
    BRACKE,
    CLEANING,
    CLIENT,
    MORNING,
    NORRSKEN,
    PLACED,
    SHOWER,
    order,
    placed,
)
from tests.scenario import fact

SUSPENDED = fact(OrderSuspended, from_on=date(2025, 3, 10), reason=SuspensionReason.HOSPITAL)
RESUMED = fact(OrderResumed, on=date(2025, 3, 15))
MOVED = fact(OrderMoved, provider_id=NORRSKEN, from_on=date(2025, 3, 20))
ENDED = fact(OrderEnded, on=date(2025, 4, 1), reason=OrderEndReason.NEED_CEASED)
REPORTED = fact(
    OrderNeedChangeReported, direction=NeedDirection.DECREASED, noticed_on=date(2025, 3, 5), client_id=CLIENT
)
POT = Frame(minutes=1200, period=CalendarPeriod.MONTH)
NO_MINUTES = (ALARM, msgspec.structs.replace(MORNING, ordered_minutes=None))


def change(
    effective_from: date, *lines: ServiceLine, frame: Frame | None = None, decision: Decision | None = None
) -> Callable[[Order], None]:
    return lambda order: order.change(effective_from=effective_from, lines=lines, frame=frame, decision=decision)


def suspend(from_on: date) -> Callable[[Order], None]:
    return lambda order: order.suspend(from_on=from_on, reason=SuspensionReason.HOSPITAL)


def resume(on: date) -> Callable[[Order], None]:
    return lambda order: order.resume(on=on)


def end(on: date) -> Callable[[Order], None]:
    return lambda order: order.end(on=on, reason=OrderEndReason.NEED_CEASED)


def report(noticed_on: date, service_code: str | None = None) -> Callable[[Order], None]:
    code = ServiceCode(service_code) if service_code else None
    return lambda order: order.report_need_change(
        direction=NeedDirection.DECREASED, noticed_on=noticed_on, service_code=code
    )


def test_a_change_says_all_lines_anew_and_may_lie_back_in_time() -> None:
    order.given(PLACED).when(
        lambda order: order.change(
            effective_from=date(2025, 3, 1), lines=(SHOWER,), reason_codes=(ReasonCode.RETROACTIVE_ORDER,)
        )
    ).then(
        fact(
            OrderChanged,
            effective_from=date(2025, 3, 1),
            lines=(SHOWER,),
            reason_codes=(ReasonCode.RETROACTIVE_ORDER,),
        )
    )


def test_a_change_may_bring_a_new_decision_alone() -> None:
    renewed = Decision(reference="SN 2025-200", from_on=date(2025, 4, 1))
    order.given(PLACED).when(change(date(2025, 4, 1), SHOWER, MORNING, decision=renewed)).then(
        fact(OrderChanged, effective_from=date(2025, 4, 1), lines=(SHOWER, MORNING), decision=renewed)
    )


def test_a_change_that_says_what_stands_already_is_refused() -> None:
    order.given(PLACED).when(change(date(2025, 3, 10), SHOWER, MORNING)).then_refused(errors.OrderUnchangedError)


def test_a_change_is_refused_when_it_is_repeated() -> None:
    changed = fact(OrderChanged, effective_from=date(2025, 3, 10), lines=(SHOWER,))
    order.given(PLACED, changed).when(change(date(2025, 3, 10), SHOWER)).then_refused(errors.OrderUnchangedError)


def test_a_change_back_to_what_stood_takes_the_place_of_a_later_change() -> None:
    later = fact(OrderChanged, effective_from=date(2025, 4, 1), lines=(SHOWER,))
    order.given(PLACED, later).when(change(date(2025, 3, 10), SHOWER, MORNING)).then(
        fact(OrderChanged, effective_from=date(2025, 3, 10), lines=(SHOWER, MORNING))
    )


def test_a_change_keeps_to_the_minute_control_of_the_order() -> None:
    given = order.given(placed(lines=NO_MINUTES, minute_control=MinuteControl.NONE))
    given.when(change(date(2025, 3, 10), SHOWER)).then_refused(errors.MinutesNotStatedError)


def test_a_time_frame_changes_with_its_minutes() -> None:
    larger = Frame(minutes=1500, period=CalendarPeriod.MONTH)
    frame_order = placed(lines=NO_MINUTES, minute_control=MinuteControl.TIME_FRAME, frame=POT)
    order.given(frame_order).when(change(date(2025, 4, 1), *NO_MINUTES, frame=larger)).then(
        fact(OrderChanged, effective_from=date(2025, 4, 1), lines=NO_MINUTES, frame=larger)
    )


def test_a_change_with_a_backward_decision_is_refused() -> None:
    backwards = Decision(reference="SN", from_on=date(2025, 4, 1), until_on=date(2025, 3, 1))
    order.given(PLACED).when(change(date(2025, 3, 10), SHOWER, decision=backwards)).then_refused(
        errors.DecisionBackwardsError
    )


def test_an_order_is_suspended() -> None:
    order.given(PLACED).when(suspend(date(2025, 3, 10))).then(SUSPENDED)


def test_an_order_that_is_suspended_is_not_suspended_again() -> None:
    order.given(PLACED, SUSPENDED).when(suspend(date(2025, 3, 10))).then_refused(errors.OrderSuspendedError)


def test_a_suspended_order_is_resumed() -> None:
    order.given(PLACED, SUSPENDED).when(resume(date(2025, 3, 15))).then(RESUMED)


def test_an_order_resumed_on_the_day_it_was_suspended_from_never_rested() -> None:
    order.given(PLACED, SUSPENDED).when(resume(date(2025, 3, 10))).then(fact(OrderResumed, on=date(2025, 3, 10)))


def test_an_order_may_be_resumed_earlier_than_was_said() -> None:
    order.given(PLACED, SUSPENDED, RESUMED).when(resume(date(2025, 3, 12))).then(
        fact(OrderResumed, on=date(2025, 3, 12))
    )


def test_an_order_is_not_resumed_before_it_was_suspended() -> None:
    order.given(PLACED, SUSPENDED).when(resume(date(2025, 3, 9))).then_refused(errors.ResumedTooEarlyError)


def test_only_a_suspended_order_is_resumed() -> None:
    order.given(PLACED).when(resume(date(2025, 3, 15))).then_refused(errors.OrderNotSuspendedError)
    order.given(PLACED, SUSPENDED, RESUMED).when(resume(date(2025, 3, 15))).then_refused(errors.OrderNotSuspendedError)


def test_an_order_may_be_suspended_again_after_it_was_resumed() -> None:
    again = fact(OrderSuspended, from_on=date(2025, 3, 20), reason=SuspensionReason.HOSPITAL)
    order.given(PLACED, SUSPENDED, RESUMED).when(suspend(date(2025, 3, 20))).then(again)


def test_an_order_moves_to_another_provider() -> None:
    order.given(PLACED).when(lambda order: order.move(provider_id=NORRSKEN, from_on=date(2025, 3, 20))).then(MOVED)


def test_an_order_does_not_move_to_the_provider_that_has_it() -> None:
    order.given(PLACED).when(lambda order: order.move(provider_id=BRACKE, from_on=date(2025, 3, 20))).then_refused(
        errors.SameProviderError
    )
    order.given(PLACED, MOVED).when(
        lambda order: order.move(provider_id=NORRSKEN, from_on=date(2025, 3, 25))
    ).then_refused(errors.SameProviderError)


def test_a_move_to_come_is_taken_back_by_a_move_to_the_first_provider() -> None:
    order.given(PLACED, MOVED).when(lambda order: order.move(provider_id=BRACKE, from_on=date(2025, 3, 20))).then(
        fact(OrderMoved, provider_id=BRACKE, from_on=date(2025, 3, 20))
    )


def test_an_order_ends() -> None:
    order.given(PLACED).when(end(date(2025, 4, 1))).then(ENDED)


def test_an_order_placed_by_mistake_ends_the_day_it_starts() -> None:
    order.given(PLACED).when(
        lambda order: order.end(on=date(2025, 3, 1), reason=OrderEndReason.PLACED_BY_MISTAKE)
    ).then(fact(OrderEnded, on=date(2025, 3, 1), reason=OrderEndReason.PLACED_BY_MISTAKE))


def test_an_end_may_be_moved_to_an_earlier_day_only() -> None:
    order.given(PLACED, ENDED).when(end(date(2025, 3, 31))).then(
        fact(OrderEnded, on=date(2025, 3, 31), reason=OrderEndReason.NEED_CEASED)
    )
    order.given(PLACED, ENDED).when(end(date(2025, 4, 1))).then_refused(errors.OrderEndedError)


def test_the_provider_reports_a_changed_need_in_words_sealed_for_the_client() -> None:
    order.given(PLACED).when(
        lambda order: order.report_need_change(
            direction=NeedDirection.INCREASED,
            noticed_on=date(2025, 3, 5),
            service_code=ServiceCode("SHOWER"),
            note="Needs two for the shower now",
        )
    ).then(
        fact(
            OrderNeedChangeReported,
            direction=NeedDirection.INCREASED,
            noticed_on=date(2025, 3, 5),
            client_id=CLIENT,
            service_code=ServiceCode("SHOWER"),
            note="Needs two for the shower now",
        )
    )


def test_a_changed_need_is_reported_once_for_each_day_and_service() -> None:
    order.given(PLACED, REPORTED).when(report(date(2025, 3, 5))).then_refused(errors.NeedChangeAlreadyReportedError)
    about_shower = fact(
        OrderNeedChangeReported,
        direction=NeedDirection.DECREASED,
        noticed_on=date(2025, 3, 5),
        client_id=CLIENT,
        service_code=ServiceCode("SHOWER"),
    )
    order.given(PLACED, REPORTED).when(report(date(2025, 3, 5), "SHOWER")).then(about_shower)


DECISIONS = {
    "change": lambda day: change(day, CLEANING),
    "suspend": suspend,
    "resume": resume,
    "move": lambda day: lambda order: order.move(provider_id=NORRSKEN, from_on=day),
    "end": end,
    "report": report,
}


@pytest.mark.parametrize("decision", DECISIONS)
def test_nothing_is_decided_about_an_order_that_was_never_placed(decision: str) -> None:
    order.given().when(DECISIONS[decision](date(2025, 3, 15))).then_refused(errors.OrderUnknownError)


@pytest.mark.parametrize("decision", DECISIONS)
def test_nothing_is_decided_for_days_before_the_order_starts(decision: str) -> None:
    order.given(PLACED).when(DECISIONS[decision](date(2025, 2, 28))).then_refused(errors.OrderNotYetStartedError)


@pytest.mark.parametrize("decision", DECISIONS)
def test_nothing_is_decided_for_days_after_the_order_has_ended(decision: str) -> None:
    order.given(PLACED, ENDED).when(DECISIONS[decision](date(2025, 4, 1))).then_refused(errors.OrderEndedError)


def test_days_before_the_end_may_still_be_corrected() -> None:
    order.given(PLACED, ENDED).when(change(date(2025, 3, 10), SHOWER)).then(
        fact(OrderChanged, effective_from=date(2025, 3, 10), lines=(SHOWER,))
    )


def test_a_need_reported_with_a_fact_id_keeps_it() -> None:
    stamp = FactStamp(id=FactId("fact-9"), digest="")
    order.given(PLACED).by("provider/norrsken", stamp).when(report(date(2025, 3, 5))).then(
        fact(
            OrderNeedChangeReported,
            actor="provider/norrsken",
            stamp=stamp,
            direction=NeedDirection.DECREASED,
            noticed_on=date(2025, 3, 5),
            client_id=CLIENT,
        )
    )
