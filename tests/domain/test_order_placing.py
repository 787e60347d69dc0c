"""What the municipality may order, and what it may not."""

from collections.abc import Callable
from datetime import date

import msgspec
import pytest

from domain.errors import DomainError
from domain.frequency import FrequencyDaysError, FrequencyNumberError, FrequencyUnreadableError
from domain.order import errors
from domain.order.aggregate import Order
from domain.order.events import Decision, Frame, ServiceLine
from domain.order.values import LegalBasis, MinuteControl
from domain.values import CalendarPeriod
from tests.domain.order_samples import ALARM, MORNING, PLACED, SHOWER, order, place, placed

POT = Frame(minutes=1200, period=CalendarPeriod.MONTH)
NO_MINUTES = (ALARM, msgspec.structs.replace(MORNING, ordered_minutes=None))


def test_an_order_is_placed() -> None:
    order.given().when(place()).then(PLACED)


def test_an_order_is_placed_once() -> None:
    order.given(PLACED).when(place()).then_refused(errors.OrderAlreadyPlacedError)


def test_an_order_may_stand_without_a_decision_and_without_minutes() -> None:
    order.given().when(
        place(lines=NO_MINUTES, legal_basis=LegalBasis.NONE, minute_control=MinuteControl.NONE, decision=None)
    ).then(placed(lines=NO_MINUTES, legal_basis=LegalBasis.NONE, minute_control=MinuteControl.NONE, decision=None))


def test_an_order_with_a_time_frame_is_placed() -> None:
    order.given().when(place(lines=NO_MINUTES, minute_control=MinuteControl.TIME_FRAME, frame=POT)).then(
        placed(lines=NO_MINUTES, minute_control=MinuteControl.TIME_FRAME, frame=POT)
    )


def line(**changes: object) -> tuple[ServiceLine, ...]:
    return (msgspec.structs.replace(SHOWER, **changes),)


@pytest.mark.parametrize(
    ("command", "error"),
    [
        (place(lines=()), errors.LinesMissingError),
        (place(lines=(SHOWER, SHOWER)), errors.LineTwiceError),
        (place(lines=line(line_id="")), errors.LineNamelessError),
        (place(lines=line(service_code="")), errors.LineNamelessError),
        (place(lines=line(granted_minutes=-1)), errors.MinutesNegativeError),
        (place(lines=line(ordered_minutes=-1)), errors.MinutesNegativeError),
        (place(lines=line(frequency="often")), FrequencyUnreadableError),
        (place(lines=line(frequency="0/day")), FrequencyNumberError),
        (place(lines=line(frequency="1/day@fri-mon")), FrequencyDaysError),
        (place(lines=line(window="morning")), errors.WindowUnreadableError),
        (place(lines=line(window="24:00-25:00")), errors.WindowUnreadableError),
        (place(lines=line(window="07:00-07:00")), errors.WindowUnreadableError),
        (place(minute_control=MinuteControl.NONE), errors.MinutesNotStatedError),
        (place(minute_control=MinuteControl.TIME_FRAME, frame=POT), errors.MinutesNotStatedError),
        (place(lines=(ALARM,), legal_basis=LegalBasis.HSL), errors.MinutesMissingError),
        (place(lines=line(ordered_minutes=None), legal_basis=LegalBasis.HSL), errors.MinutesMissingError),
        (place(lines=NO_MINUTES, minute_control=MinuteControl.TIME_FRAME), errors.FrameMissingError),
        (place(frame=POT), errors.FrameNotStatedError),
        (
            place(lines=NO_MINUTES, minute_control=MinuteControl.TIME_FRAME, frame=Frame(0, CalendarPeriod.MONTH)),
            errors.FrameEmptyError,
        ),
        (
            place(decision=Decision(reference="SN", from_on=date(2025, 3, 1), until_on=date(2025, 3, 1))),
            errors.DecisionBackwardsError,
        ),
    ],
)
def test_an_order_that_cannot_be_read_one_way_only_is_refused(
    command: Callable[[Order], None], error: type[DomainError]
) -> None:
    order.given().when(command).then_refused(error)


def test_a_health_care_order_states_its_minutes_itself() -> None:
    order.given().when(place(lines=line(granted_minutes=None), legal_basis=LegalBasis.HSL)).then(
        placed(lines=line(granted_minutes=None), legal_basis=LegalBasis.HSL)
    )


def test_a_night_window_may_run_over_midnight() -> None:
    order.given().when(place(lines=line(window="22:00-07:00"))).then(placed(lines=line(window="22:00-07:00")))
