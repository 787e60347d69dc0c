"""How often a service is ordered, and the real dates it comes to."""

from contextlib import suppress
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.frequency import (
    WEEKDAYS,
    Frequency,
    FrequencyDaysError,
    FrequencyNumberError,
    FrequencyUnreadableError,
    Unit,
    occurrences,
    parse_frequency,
)

MONDAY = date(2025, 3, 3)
APRIL, MAY = date(2025, 4, 1), date(2025, 5, 1)


def dates(text: str, from_on: date, until_on: date, *, anchor_on: date = MONDAY) -> list[str]:
    """Day and month of each occasion, several on a day several times."""
    found = occurrences(parse_frequency(text), anchor_on=anchor_on, from_on=from_on, until_on=until_on)
    return [f"{day:%d/%m}" for day, times in found.items() for _ in range(times)]


def times(text: str, from_on: date, until_on: date) -> int:
    return len(dates(text, from_on, until_on))


@pytest.mark.parametrize(
    ("text", "frequency"),
    [
        ("3/day", Frequency(3, 1, Unit.DAY)),
        ("99/week", Frequency(99, 1, Unit.WEEK)),
        ("1/2weeks", Frequency(1, 2, Unit.WEEK)),
        ("1/2days", Frequency(1, 2, Unit.DAY)),
        ("1/3months", Frequency(1, 3, Unit.MONTH)),
        ("2/year", Frequency(2, 1, Unit.YEAR)),
        ("2/day@mon-fri", Frequency(2, 1, Unit.DAY, (0, 1, 2, 3, 4))),
        ("1/week@sat-sun", Frequency(1, 1, Unit.WEEK, (5, 6))),
        ("1/2weeks@tue", Frequency(1, 2, Unit.WEEK, (1,))),
        ("mon,wed,fri", Frequency(1, 1, Unit.DAY, (0, 2, 4))),
        ("mon-wed,sun", Frequency(1, 1, Unit.DAY, (0, 1, 2, 6))),
        ("daily", Frequency(1, 1, Unit.DAY)),
        ("once", Frequency(1, 1, Unit.ONCE)),
        ("as_needed", Frequency(0, 1, Unit.NEVER)),
    ],
)
def test_a_frequency_is_read(text: str, frequency: Frequency) -> None:
    assert parse_frequency(text) == frequency


@pytest.mark.parametrize(
    "text",
    [
        "",
        "often",
        "1 / day",
        "1/day ",
        "1/DAY",
        "Daily",
        "1/fortnight",
        "-1/day",
        "1.5/week",
        "1/days",
        "1/2week",
        "/day",
        "1/",
        "1/day\n",
        "１/day",
    ],
)
def test_a_text_of_no_known_form_is_refused(text: str) -> None:
    with pytest.raises(FrequencyUnreadableError):
        parse_frequency(text)


@pytest.mark.parametrize(
    "text", ["0/day", "01/day", "100/day", "9" * 5000 + "/day", "1/1weeks", "1/0weeks", "1/100weeks"]
)
def test_a_number_out_of_range_is_refused(text: str) -> None:
    with pytest.raises(FrequencyNumberError):
        parse_frequency(text)


@pytest.mark.parametrize(
    "text",
    [
        "1/day@",
        "1/day@monday",
        "1/day@fri-mon",
        "1/day@mon-mon",
        "wed,mon",
        "mon,mon",
        "mon-wed,tue",
        "mon,",
        "mon-",
        "mån",
    ],
)
def test_days_that_cannot_be_read_are_refused(text: str) -> None:
    with pytest.raises((FrequencyDaysError, FrequencyUnreadableError)):
        parse_frequency(text)


@pytest.mark.parametrize("text", ["secret/day", "1/day@secret", "100/secret"])
def test_a_refusal_does_not_repeat_what_was_sent(text: str) -> None:
    with pytest.raises((FrequencyDaysError, FrequencyNumberError, FrequencyUnreadableError)) as refusal:
        parse_frequency(text)
    assert "secret" not in f"{refusal.value} {refusal.value.detail}"


def test_three_times_a_day_is_three_on_each_day() -> None:
    assert dates("3/day", date(2025, 3, 30), APRIL) == ["30/03"] * 3 + ["31/03"] * 3


def test_a_month_of_31_days_has_31_daily_occasions_and_february_28() -> None:
    assert times("daily", date(2026, 3, 1), date(2026, 4, 1)) == 31
    assert times("daily", date(2026, 2, 1), date(2026, 3, 1)) == 28


def test_working_days_leave_the_weekend_out() -> None:
    assert dates("2/day@mon-fri", date(2025, 3, 6), date(2025, 3, 11)) == ["06/03"] * 2 + ["07/03"] * 2 + ["10/03"] * 2


def test_named_days_are_those_days_whatever_the_anchor() -> None:
    assert dates("mon,wed,fri", date(2025, 3, 10), date(2025, 3, 17), anchor_on=date(2025, 3, 6)) == [
        "10/03",
        "12/03",
        "14/03",
    ]


def test_twice_a_week_is_spread_over_the_week_from_the_anchor() -> None:
    assert dates("2/week", MONDAY, date(2025, 3, 17)) == ["03/03", "06/03", "10/03", "13/03"]


def test_more_times_a_week_than_days_fall_several_on_a_day() -> None:
    assert dates("10/week", MONDAY, date(2025, 3, 10)) == [
        *("03/03", "03/03", "04/03", "05/03", "05/03"),
        *("06/03", "07/03", "07/03", "08/03", "09/03"),
    ]


def test_every_second_week_on_a_tuesday_keeps_its_weeks() -> None:
    assert dates("1/2weeks@tue", MONDAY, MAY) == ["04/03", "18/03", "01/04", "15/04", "29/04"]


def test_every_second_day_keeps_its_days_over_the_end_of_a_month() -> None:
    assert dates("1/2days", date(2025, 3, 28), date(2025, 4, 5)) == ["29/03", "31/03", "02/04", "04/04"]


def test_once_a_month_falls_on_the_day_of_the_anchor_or_the_last_of_a_shorter_month() -> None:
    assert dates("1/month", date(2025, 1, 1), date(2025, 6, 1), anchor_on=date(2025, 1, 31)) == [
        "31/01",
        "28/02",
        "31/03",
        "30/04",
        "31/05",
    ]


def test_every_third_month_on_a_weekday_is_the_first_such_day() -> None:
    assert dates("1/3months@fri", MONDAY, date(2025, 12, 31)) == ["07/03", "06/06", "05/09", "05/12"]


def test_once_a_year_comes_back_each_year_also_from_a_leap_day() -> None:
    leap_day = date(2024, 2, 29)
    found = dates("1/year", leap_day, date(2029, 1, 1), anchor_on=leap_day)
    assert found == ["29/02", "28/02", "28/02", "28/02", "29/02"]


def test_once_is_the_first_day_alone() -> None:
    assert dates("once", date(2025, 1, 1), MAY) == ["03/03"]
    assert dates("once", APRIL, MAY) == []


def test_no_occasion_as_needed_can_be_counted_on() -> None:
    assert dates("as_needed", MONDAY, MAY) == []


def test_nothing_falls_before_the_anchor() -> None:
    assert dates("daily", date(2025, 3, 1), date(2025, 3, 5)) == ["03/03", "04/03"]


def test_an_empty_stretch_of_days_has_no_occasion() -> None:
    assert dates("daily", MAY, APRIL) == dates("daily", APRIL, APRIL) == []


@pytest.mark.parametrize("text", ["daily", "99/99weeks", "1/99years", "1/month", "once"])
def test_the_last_days_of_the_calendar_break_nothing(text: str) -> None:
    assert not times(text, date(9900, 1, 1), date.max)
    assert not dates(text, date.min, date.max, anchor_on=date.max)
    assert dates(text, date(9799, 12, 31), date.max, anchor_on=date(9799, 12, 31))[:1] == ["31/12"]


days = st.dates(date(2023, 12, 1), date(2025, 3, 31))
weekdays = st.sets(st.integers(0, 6), min_size=1).map(lambda chosen: tuple(sorted(chosen)))
frequencies = st.one_of(
    st.just(Frequency(1, 1, Unit.ONCE)),
    st.builds(
        Frequency,
        st.integers(1, 20),
        st.integers(1, 5),
        st.sampled_from([Unit.DAY, Unit.WEEK, Unit.MONTH, Unit.YEAR]),
        weekdays,
    ),
)


@settings(deadline=None)
@given(frequency=frequencies, anchor_on=days, cuts=st.tuples(days, days, days).map(sorted))
def test_the_occasions_of_adjoining_stretches_add_up(frequency: Frequency, anchor_on: date, cuts: list[date]) -> None:
    first, middle, last = cuts
    whole = occurrences(frequency, anchor_on=anchor_on, from_on=first, until_on=last)
    before = occurrences(frequency, anchor_on=anchor_on, from_on=first, until_on=middle)
    after = occurrences(frequency, anchor_on=anchor_on, from_on=middle, until_on=last)
    assert {**before, **after} == whole
    assert before.keys().isdisjoint(after)
    assert list(whole) == sorted(whole)


@settings(deadline=None)
@given(frequency=frequencies, anchor_on=days, from_on=days, length=st.integers(0, 60))
def test_every_occasion_falls_on_an_allowed_day_of_the_stretch(
    frequency: Frequency, anchor_on: date, from_on: date, length: int
) -> None:
    until_on = from_on + timedelta(days=length)
    found = occurrences(frequency, anchor_on=anchor_on, from_on=from_on, until_on=until_on)
    assert all(max(from_on, anchor_on) <= day < until_on for day in found)
    assert frequency.unit is Unit.ONCE or all(day.weekday() in frequency.weekdays for day in found)
    assert all(number > 0 for number in found.values())


@settings(deadline=None)
@given(times=st.integers(1, 99), every=st.integers(1, 5), anchor_on=days, chosen=weekdays)
def test_every_whole_period_has_just_its_occasions(
    times: int, every: int, anchor_on: date, chosen: tuple[int, ...]
) -> None:
    frequency = Frequency(times, every, Unit.WEEK, chosen)
    for number in range(3):
        from_on = anchor_on + number * timedelta(weeks=every)
        until_on = from_on + timedelta(weeks=every)
        assert sum(occurrences(frequency, anchor_on=anchor_on, from_on=from_on, until_on=until_on).values()) == times


@settings(deadline=None)
@given(st.text(alphabet="0123456789/@-," + "".join(sorted(set("".join(WEEKDAYS) + "dayweekmonthyears"))), max_size=14))
def test_any_text_is_read_or_refused_by_name(text: str) -> None:
    with suppress(FrequencyDaysError, FrequencyNumberError, FrequencyUnreadableError):
        parse_frequency(text)
