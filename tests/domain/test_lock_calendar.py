"""When a month closes, with the dates that municipalities have published (rules.md 6.3)."""

from datetime import UTC, date, datetime

import msgspec
import pytest

from domain.local_time import Month
from domain.lock_calendar import lock_day, locks_at
from domain.rulebook.policies import Policies
from domain.rulebook.rulebook import DEFAULT_RULEBOOK, Edition, Rulebook, rulebook_with
from domain.rulebook.values import LockRule, WorkingDays

THIRD_WORKING_DAY = LockRule(working_day=3, at="08:00")
"""[S:INTRA16]"""
NACKA_2021 = LockRule(working_day=None, dates=("2021-09-03", "2021-10-05", "2021-11-03", "2021-12-03"), at="08:00")
"""[S:NACKA]"""
THE_SIXTH = LockRule(day=6, at="18:00", at_on_holidays="10:00")
"""[S:STHLM-TID]"""


def utc(year: int, month: int, day: int, hour: int) -> datetime:
    return datetime(year, month, day, hour, tzinfo=UTC)


@pytest.mark.parametrize(
    ("month", "closes_at"),
    [
        (Month(2024, 1), utc(2024, 2, 5, 7)),  # Thursday the 1st, Friday, Monday
        (Month(2024, 4), utc(2024, 5, 6, 6)),  # not May Day; summer time
        (Month(2024, 12), utc(2025, 1, 7, 7)),  # neither New Year nor Epiphany nor the weekend between
        (Month(2025, 3), utc(2025, 4, 3, 6)),
    ],
)
def test_the_third_working_day_of_the_next_month_in_the_morning(month: Month, closes_at: datetime) -> None:
    assert locks_at(month, rulebook_with(lock=THIRD_WORKING_DAY)) == closes_at


def test_a_saturday_is_a_working_day_where_the_rulebook_says_so() -> None:
    december = Month(2024, 12)
    assert lock_day(december, THIRD_WORKING_DAY, WorkingDays.MONDAY_TO_FRIDAY) == date(2025, 1, 7)
    assert lock_day(december, THIRD_WORKING_DAY, WorkingDays.MONDAY_TO_SATURDAY) == date(2025, 1, 4)


@pytest.mark.parametrize(
    ("month", "day"),
    [
        (Month(2021, 8), date(2021, 9, 3)),
        (Month(2021, 9), date(2021, 10, 5)),
        (Month(2021, 10), date(2021, 11, 3)),
        (Month(2021, 11), date(2021, 12, 3)),
    ],
)
def test_nackas_listed_dates_which_are_third_working_days_too(month: Month, day: date) -> None:
    assert lock_day(month, NACKA_2021, WorkingDays.MONDAY_TO_FRIDAY) == day
    assert lock_day(month, THIRD_WORKING_DAY, WorkingDays.MONDAY_TO_FRIDAY) == day


def test_a_month_that_no_listed_date_closes_has_no_lock_date() -> None:
    assert locks_at(Month(2021, 12), rulebook_with(lock=NACKA_2021)) is None


@pytest.mark.parametrize(
    ("month", "closes_at"),
    [
        (Month(2024, 1), utc(2024, 2, 6, 17)),  # a Tuesday: 18.00
        (Month(2024, 5), utc(2024, 6, 6, 8)),  # the National Day: 10.00, summer time
        (Month(2024, 12), utc(2025, 1, 6, 9)),  # Epiphany
        (Month(2024, 9), utc(2024, 10, 6, 8)),  # a Sunday
    ],
)
def test_stockholms_sixth_at_six_on_weekdays_and_at_ten_on_holidays(month: Month, closes_at: datetime) -> None:
    assert locks_at(month, rulebook_with(lock=THE_SIXTH)) == closes_at


def test_a_month_closes_by_the_rules_of_its_last_day() -> None:
    editions = (
        Edition(version="old", from_on=date(2024, 1, 1), policies=Policies(lock=THIRD_WORKING_DAY)),
        Edition(version="new", from_on=date(2024, 6, 1), policies=Policies(lock=THE_SIXTH)),
    )
    rulebook = Rulebook(municipality="", editions=editions)
    assert locks_at(Month(2024, 5), rulebook) == utc(2024, 6, 5, 6)
    assert locks_at(Month(2024, 6), rulebook) == utc(2024, 7, 6, 8)


def test_lock_dates_go_by_the_municipalitys_own_clock() -> None:
    elsewhere = msgspec.structs.replace(DEFAULT_RULEBOOK, zone="UTC")
    assert locks_at(Month(2024, 1), elsewhere) == utc(2024, 2, 5, 8)
    assert locks_at(Month(2024, 1), DEFAULT_RULEBOOK) == utc(2024, 2, 5, 7)


def test_a_rule_that_names_no_day_closes_no_month() -> None:
    assert locks_at(Month(2024, 1), rulebook_with(lock=LockRule(working_day=None))) is None
