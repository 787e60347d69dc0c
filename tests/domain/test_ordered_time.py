"""What a month's orders come to in minutes ([A] rules.md 4: actual occurrences; 4.33 weeks is no month)."""

from datetime import date

import pytest

from domain.facts import OrderLine
from domain.local_time import Month
from domain.order.time_frame import TimeFrame
from domain.order.values import MinuteControl
from domain.ordered_time import OrderedMinutes, ordered_time
from domain.rulebook.rulebook import DEFAULT_RULEBOOK, Rulebook, rulebook_with
from domain.rulebook.values import StandardTime
from tests.domain.given_facts import ASTA, MORNING, MUNICIPAL, NEW_YEAR, SHOWER, known, order

MARCH = Month(2025, 3)
"""It has 31 days, five Mondays, and a clock change that shall make no difference."""


def ordered(
    *lines: OrderLine, frames: tuple[TimeFrame, ...] = (), rulebook: Rulebook = DEFAULT_RULEBOOK
) -> list[OrderedMinutes]:
    return list(ordered_time(MARCH, known(orders=lines, frames=frames), rulebook))


def minutes(*lines: OrderLine) -> int:
    return sum(each.ordered_minutes or 0 for each in ordered(*lines))


def frame(size: int, period: str, since: date = NEW_YEAR, until: date | None = None) -> TimeFrame:
    return TimeFrame(
        order_id=order().order_id,
        client_id=ASTA,
        provider_id=MUNICIPAL,
        legal_basis="SoL",
        minutes=size,
        period=period,
        starts_on=since,
        ends_on=until,
    )


@pytest.mark.parametrize(
    ("frequency", "since", "expected"),
    [
        ("1/day", NEW_YEAR, 31 * 30),
        ("1/week@mon", NEW_YEAR, 5 * 30),
        ("1/2weeks@mon", date(2025, 3, 3), 3 * 30),
        ("3/day", date(2025, 3, 30), 2 * 3 * 30),
        ("1/month", date(2025, 1, 20), 30),
        ("once", date(2025, 3, 31), 30),
    ],
)
def test_occurrences_are_counted_on_the_calendar(frequency: str, since: date, expected: int) -> None:
    assert minutes(order(frequency=frequency, since=since)) == expected


def test_an_order_counts_from_its_first_day_up_to_its_last() -> None:
    assert minutes(order(since=date(2025, 3, 10), until=date(2025, 3, 20))) == 10 * 30


def test_an_order_changed_within_the_month_counts_each_part_as_it_was() -> None:
    change = date(2025, 3, 16)
    assert minutes(order(minutes=30, until=change), order(minutes=20, since=change)) == 15 * 30 + 16 * 20


def test_every_second_week_goes_on_counting_through_a_pause() -> None:
    """Counted from 6 January, a line resumed on 12 March falls on the 17th and the 31st."""
    resumed = order(frequency="1/2weeks@mon", since=date(2025, 3, 12), anchor_on=date(2025, 1, 6))
    assert [each.day.day for each in ordered(resumed)] == [17, 31]


def test_an_order_of_another_month_is_not_in_this_one() -> None:
    assert ordered(order(until=date(2025, 3, 1)), order(since=date(2025, 4, 1))) == []


def test_one_context_is_asked_for_several_months_and_by_several_rulebooks() -> None:
    """What was counted out once is kept; an order of codes alone takes its minutes from the rulebook."""
    context = known(orders=[order(minutes=None)])
    longer = rulebook_with(standard_times=(StandardTime(service=SHOWER, minutes=50),))
    asked = [(MARCH, DEFAULT_RULEBOOK), (Month(2025, 4), DEFAULT_RULEBOOK), (MARCH, longer), (MARCH, DEFAULT_RULEBOOK)]
    found = [sum(each.ordered_minutes or 0 for each in ordered_time(month, context, rules)) for month, rules in asked]
    assert found == [31 * 40, 30 * 40, 31 * 50, 31 * 40]


def test_granted_and_ordered_may_differ() -> None:
    (once,) = ordered(order(frequency="once", since=date(2025, 3, 1), granted_minutes=45))
    assert (once.granted_minutes, once.ordered_minutes) == (45, 30)


def test_an_order_of_codes_alone_means_their_standard_times() -> None:
    """A SoL order is service codes with standard times [S:SEED3]; a shower is 40 minutes in this catalogue."""
    (once,) = ordered(order(minutes=None, frequency="once", since=date(2025, 3, 1)))
    assert (once.granted_minutes, once.ordered_minutes) == (40, 40)


@pytest.mark.parametrize(
    "line",
    [
        order(control="none", minutes=None),
        order(frequency="as_needed", control="strict"),
        order(code=MORNING, minutes=None, control="strict"),
    ],
)
def test_without_minutes_or_occasions_nothing_is_controlled(line: OrderLine) -> None:
    assert {(each.minute_control, each.ordered_minutes) for each in ordered(line)} == {(MinuteControl.NONE, None)}


def test_a_line_that_falls_on_no_day_of_the_month_still_says_how_firmly_it_binds() -> None:
    (line,) = ordered(order(frequency="1/year", control="strict", since=date(2024, 6, 1)))
    assert (line.minute_control, line.ordered_minutes) == (MinuteControl.STRICT, 0)


@pytest.mark.parametrize(
    ("pot", "expected"),
    [
        (frame(60, "day"), 31 * 60),
        (frame(70, "week"), 310),
        (frame(60, "month"), 60),
        (frame(62, "month", since=date(2025, 3, 16)), 32),
        (frame(62, "month", until=date(2025, 3, 16)), 30),
        (frame(120, "four_months"), 31),
        (frame(365, "year"), 31),
        (frame(60, "month", until=date(2025, 3, 1)), None),
    ],
)
def test_a_time_frame_counts_by_its_days(pot: TimeFrame, expected: int | None) -> None:
    """[S:RAM]; the period and its division are [A]."""
    found = ordered(frames=(pot,))
    assert [each.ordered_minutes for each in found] == ([] if expected is None else [expected])
    assert {each.minute_control for each in found} <= {MinuteControl.TIME_FRAME}
