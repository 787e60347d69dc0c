"""Local days, weeks and months ([A] rules.md 2.1: days go by the clock on the wall, lengths by elapsed real time)."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.local_time import (
    Month,
    MonthUnreadableError,
    iso_week,
    local_day,
    local_day_bounds,
    minutes_between,
    month_bounds,
    month_of,
    parse_month,
    split_at_midnights,
    to_minute,
)
from tests.domain.given_facts import FALL_BACK, SPRING_FORWARD, clock

ZONE = "Europe/Stockholm"


def test_a_month_is_written_as_year_and_month() -> None:
    assert parse_month("2025-03") == Month(2025, 3)
    assert str(Month(2025, 3)) == "2025-03"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2025",
        "2025-3",
        "2025-13",
        "2025-00",
        "2025-03-01",
        "03-2025",
        "0000-01",
        "9999-01",
        "２０２５-03",
        "2025-03\n",
    ],
)
def test_anything_else_is_no_month(text: str) -> None:
    with pytest.raises(MonthUnreadableError):
        parse_month(text)


def test_december_ends_where_january_begins() -> None:
    assert Month(2025, 12).until_on == Month(2026, 1).first_on == date(2026, 1, 1)


def test_a_month_holds_its_first_and_last_day_and_no_other() -> None:
    february = month_of(date(2024, 2, 29))
    assert [day in february for day in (date(2024, 1, 31), date(2024, 2, 1), date(2024, 2, 29), date(2024, 3, 1))] == [
        False,
        True,
        True,
        False,
    ]


def test_a_local_month_begins_at_local_midnight_in_winter_and_summer() -> None:
    assert month_bounds(Month(2025, 3), ZONE) == (
        datetime(2025, 2, 28, 23, tzinfo=UTC),
        datetime(2025, 3, 31, 22, tzinfo=UTC),
    )


@pytest.mark.parametrize(
    ("instant", "day"),
    [
        (datetime(2025, 1, 31, 22, 59, 59, tzinfo=UTC), date(2025, 1, 31)),
        (datetime(2025, 1, 31, 23, 0, tzinfo=UTC), date(2025, 2, 1)),
        (datetime(2025, 6, 30, 21, 59, 59, tzinfo=UTC), date(2025, 6, 30)),
        (datetime(2025, 6, 30, 22, 0, tzinfo=UTC), date(2025, 7, 1)),
    ],
)
def test_the_day_changes_at_midnight_on_the_wall(instant: datetime, day: date) -> None:
    assert local_day(instant, ZONE) == day


@pytest.mark.parametrize(("day", "hours"), [(SPRING_FORWARD, 23), (FALL_BACK, 25), (date(2025, 3, 29), 24)])
def test_a_local_day_has_its_own_length(day: date, hours: int) -> None:
    starts_at, ends_at = local_day_bounds(day, ZONE)
    assert ends_at - starts_at == timedelta(hours=hours)


def test_a_night_is_cut_at_local_midnight() -> None:
    night = split_at_midnights(clock("22:30", date(2025, 2, 28)), clock("06:00", date(2025, 3, 1)), ZONE)
    assert [(day, piece.minutes) for day, piece in night] == [(date(2025, 2, 28), 90), (date(2025, 3, 1), 360)]


@pytest.mark.parametrize(("day", "minutes"), [(SPRING_FORWARD, 23 * 60), (FALL_BACK, 25 * 60)])
def test_a_stretch_over_a_clock_change_has_real_minutes_on_each_day(day: date, minutes: int) -> None:
    before, after = day - timedelta(days=1), day + timedelta(days=1)
    pieces = split_at_midnights(clock("23:00", before), clock("01:00", after), ZONE)
    assert [(day, piece.minutes) for day, piece in pieces] == [(before, 60), (day, minutes), (after, 60)]


@pytest.mark.parametrize("zone", [ZONE, "Asia/Kathmandu", "America/St_Johns", "Pacific/Apia", "Asia/Beirut"])
@pytest.mark.parametrize("year", [2011, 2025])
def test_every_hour_lies_on_the_day_that_its_zone_says(zone: str, year: int) -> None:
    """Apia had no 30th of December 2011; in St. John's the clocks of 2011 were changed a minute after midnight, in Beirut
    they are put back at midnight, late on a day of UTC: its hour before comes twice."""
    hours = [datetime(year, 1, 1, tzinfo=UTC) + timedelta(hours=hour, minutes=30) for hour in range(365 * 24)]
    assert [local_day(hour, zone) for hour in hours] == [hour.astimezone(ZoneInfo(zone)).date() for hour in hours]


def test_what_ends_at_midnight_lies_on_one_day() -> None:
    pieces = split_at_midnights(clock("23:00"), clock("00:00", date(2025, 3, 4)), ZONE)
    assert [(day, piece.minutes) for day, piece in pieces] == [(date(2025, 3, 3), 60)]


def test_the_hour_that_comes_twice_is_two_hours() -> None:
    assert minutes_between(clock("02:30", FALL_BACK), clock("02:30", FALL_BACK, fold=1)) == 60


def test_both_stamps_are_cut_to_the_minute() -> None:
    assert minutes_between(clock("08:00:59"), clock("08:01:00")) == 1
    assert minutes_between(clock("08:00:00"), clock("08:00:59")) == 0
    assert minutes_between(clock("08:00:00.9"), clock("08:01:00.1")) == 1
    assert minutes_between(clock("08:00:59.9"), clock("08:01:00.1")) == 1
    assert minutes_between(clock("08:01:00.1"), clock("08:00:59.9")) == -1
    assert to_minute(clock("08:00:59")) == clock("08:00")


def test_minutes_the_other_way_are_negative() -> None:
    assert minutes_between(clock("08:10"), clock("08:00")) == -10


@pytest.mark.parametrize(
    ("day", "week"),
    [(date(2024, 12, 30), "2025-W01"), (date(2025, 3, 3), "2025-W10"), (date(2027, 1, 3), "2026-W53")],
)
def test_a_week_at_new_year_belongs_to_the_year_of_its_thursday(day: date, week: str) -> None:
    assert iso_week(day) == week


def test_the_last_instant_of_the_calendar_still_has_a_day() -> None:
    assert local_day(datetime.max.replace(tzinfo=UTC), ZONE) == date.max


MINUTES_OF_THREE_YEARS = st.integers(0, 3 * 365 * 24 * 60)


@given(minutes=MINUTES_OF_THREE_YEARS, hours=st.integers(0, 400))
def test_the_pieces_are_the_whole_and_each_lies_on_its_day(minutes: int, hours: int) -> None:
    starts_at = datetime(2024, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    ends_at = starts_at + timedelta(hours=hours)
    pieces = split_at_midnights(starts_at, ends_at, ZONE)
    assert [piece.starts_at for _, piece in pieces] == [starts_at, *(piece.ends_at for _, piece in pieces[:-1])]
    assert pieces[-1][1].ends_at == ends_at
    for day, piece in pieces:
        first, end = local_day_bounds(day, ZONE)
        assert first <= piece.starts_at <= piece.ends_at <= end
