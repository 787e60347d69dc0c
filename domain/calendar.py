"""Swedish holidays and working days: what rates and lock dates go by. The list is the `holidays` library's; which days count
for what is the rulebook's."""

from collections.abc import Mapping
from datetime import date, timedelta
from functools import lru_cache
from types import MappingProxyType

import holidays

from domain.rulebook.values import WorkingDays

ONE_DAY = timedelta(days=1)
SATURDAY, SUNDAY = 5, 6
NAMES = {
    "New Year's Day": "new_years_day",
    "Epiphany": "epiphany",
    "Good Friday": "good_friday",
    "Easter Sunday": "easter_sunday",
    "Easter Monday": "easter_monday",
    "May Day": "may_day",
    "Ascension Day": "ascension_day",
    "Pentecost": "pentecost",
    "National Day": "national_day",
    "Midsummer Day": "midsummer_day",
    "All Saints' Day": "all_saints_day",
    "Christmas Day": "christmas_day",
    "Second Day of Christmas": "second_day_of_christmas",
}
EVES = {
    "easter_sunday": "easter_eve",
    "midsummer_day": "midsummer_eve",
    "christmas_day": "christmas_eve",
    "new_years_day": "new_years_eve",
}
"""The day before a holiday that rulebooks name too; no public holiday by law, and so a working day as any other [A]."""
DAY_NAMES = frozenset((*NAMES.values(), *EVES.values()))
"""Every name that a rulebook can use in its list of major holidays."""


@lru_cache(maxsize=256)
def public_holidays(year: int) -> Mapping[date, str]:
    """The year's public holidays by law, without ordinary Sundays, each under its name."""
    found = holidays.country_holidays("SE", years=year, include_sundays=False, language="en_US")
    return MappingProxyType({day: NAMES[name] for day, name in sorted(found.items())})


@lru_cache(maxsize=256)
def named_days(year: int) -> Mapping[date, str]:
    """The year's public holidays and the eves before them."""
    names = dict(public_holidays(year))
    eves = [(day - ONE_DAY, EVES[name]) for day, name in names.items() if name in EVES and day.month > 1]
    return MappingProxyType({**names, date(year, 12, 31): EVES["new_years_day"], **dict(eves)})


def is_major_holiday(day: date, names: frozenset[str]) -> bool:
    """Whether the day is one of the named ones (rules.md 1: the list of days is local)."""
    return named_days(day.year).get(day) in names


def is_working_day(day: date, working_days: WorkingDays) -> bool:
    """Whether the day is a working day: no Sunday, no public holiday, and a Saturday only where the rulebook says so
    ([A] rules.md 6.3)."""
    last = SATURDAY if working_days is WorkingDays.MONDAY_TO_SATURDAY else SATURDAY - 1
    return day.weekday() <= last and day not in public_holidays(day.year)
