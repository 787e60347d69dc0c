"""Days, and what stands from a day on."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.timeline import DaySpan, Since, stand_from, standing_on, stands_already, stretches

FIRST = date(2025, 3, 1)
days = st.integers(0, 30).map(lambda number: FIRST + timedelta(days=number))
spans = st.builds(DaySpan, days, st.none() | days)
said = st.lists(st.tuples(days, st.sampled_from("abc")), max_size=8)
MONTH = [FIRST + timedelta(days=number) for number in range(40)]


def day(number: int) -> date:
    return date(2025, 3, number)


@pytest.mark.parametrize(
    ("span", "held"),
    [
        (DaySpan(day(2), day(4)), [2, 3]),
        (DaySpan(day(4), day(4)), []),
        (DaySpan(day(4), day(2)), []),
        (DaySpan(day(29)), [29, 30, 31]),
    ],
)
def test_a_span_holds_from_its_first_day_up_to_its_last(span: DaySpan, held: list[int]) -> None:
    assert [number for number in range(1, 32) if span.holds_on(day(number))] == held
    assert span.is_empty is (not held)


@settings(deadline=None)
@given(spans, spans)
def test_two_spans_overlap_when_a_day_lies_in_both(this: DaySpan, that: DaySpan) -> None:
    both = [each for each in MONTH if this.holds_on(each) and that.holds_on(each)]
    assert this.overlaps(that) == that.overlaps(this) == bool(both)
    assert [each for each in MONTH if this.common(that).holds_on(each)] == both


@settings(deadline=None)
@given(spans, st.lists(spans, max_size=4))
def test_what_is_left_of_a_span_is_every_day_of_it_in_no_hole(span: DaySpan, holes: list[DaySpan]) -> None:
    left = span.without(holes)
    expected = [each for each in MONTH if span.holds_on(each) and not any(hole.holds_on(each) for hole in holes)]
    assert [each for each in MONTH for piece in left if piece.holds_on(each)] == expected
    assert not any(piece.is_empty for piece in left)


@settings(deadline=None)
@given(said)
def test_the_last_word_wins_from_its_day_on(said: list[tuple[date, str]]) -> None:
    timeline: tuple[Since[str], ...] = ()
    expected: dict[date, str] = {}
    for from_on, value in said:
        timeline = stand_from(timeline, from_on, value)
        expected.update((each, value) for each in MONTH if each >= from_on)
    assert {each: standing_on(timeline, each) for each in MONTH} == {each: expected.get(each) for each in MONTH}
    assert {each: value for span, value in stretches(timeline) for each in MONTH if span.holds_on(each)} == expected


@settings(deadline=None)
@given(said, days, st.sampled_from("abc"))
def test_what_stands_already_changes_nothing_when_it_is_said_again(
    said: list[tuple[date, str]], from_on: date, value: str
) -> None:
    timeline: tuple[Since[str], ...] = ()
    for earlier, word in said:
        timeline = stand_from(timeline, earlier, word)
    again = stand_from(timeline, from_on, value)
    same = all(standing_on(timeline, each) == standing_on(again, each) for each in MONTH)
    if stands_already(timeline, from_on, value):
        assert same
