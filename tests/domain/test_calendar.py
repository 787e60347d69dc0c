"""Swedish holidays as rulebooks name them, and which days are working days."""

from datetime import date

import pytest

from domain.calendar import DAY_NAMES, is_major_holiday, is_working_day, named_days, public_holidays
from domain.rulebook.policies import Policies
from domain.rulebook.values import WorkingDays

MAJOR = Policies().major_holidays


@pytest.mark.parametrize(
    ("day", "name"),
    [
        (date(2024, 3, 29), "good_friday"),
        (date(2024, 3, 30), "easter_eve"),
        (date(2024, 6, 21), "midsummer_eve"),
        (date(2024, 6, 22), "midsummer_day"),
        (date(2024, 12, 24), "christmas_eve"),
        (date(2024, 12, 31), "new_years_eve"),
        (date(2025, 1, 1), "new_years_day"),
    ],
)
def test_a_holiday_and_its_eve_have_names(day: date, name: str) -> None:
    assert named_days(day.year)[day] == name


def test_a_year_has_thirteen_public_holidays_and_four_eves() -> None:
    assert len(public_holidays(2024)) == 13
    assert set(named_days(2024).values()) == DAY_NAMES


def test_which_days_are_major_is_the_rulebooks() -> None:
    assert is_major_holiday(date(2024, 12, 24), MAJOR)
    assert not is_major_holiday(date(2024, 6, 6), MAJOR)
    assert is_major_holiday(date(2024, 6, 6), frozenset({"national_day"}))
    assert MAJOR <= DAY_NAMES


@pytest.mark.parametrize(
    ("day", "monday_to_friday", "monday_to_saturday"),
    [
        (date(2024, 5, 8), True, True),
        (date(2024, 5, 9), False, False),
        (date(2024, 5, 11), False, True),
        (date(2024, 5, 12), False, False),
        (date(2024, 12, 24), True, True),
    ],
)
def test_a_working_day_is_no_sunday_no_public_holiday_and_a_saturday_where_the_rulebook_says_so(
    day: date, monday_to_friday: bool, monday_to_saturday: bool
) -> None:
    assert is_working_day(day, WorkingDays.MONDAY_TO_FRIDAY) is monday_to_friday
    assert is_working_day(day, WorkingDays.MONDAY_TO_SATURDAY) is monday_to_saturday
