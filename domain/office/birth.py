"""What rules may know of a birth date, taken once from the personnummer when it is accepted (architecture 10)."""

from dataclasses import replace
from datetime import date

from domain.client.details import Details
from domain.person.values import RESEARCH_DAYS

COORDINATION_DAYS = 60
"""Added to the day of birth in a samordningsnummer."""
PENSION_AGE = 65
LEAP_DAY = (2, 29)


def with_birth(details: Details) -> Details:
    """The details with `birth_year` and `turns_65_on` beside a personnummer of twelve digits; as they are without one."""
    if details.personnummer is None:
        return details
    born_on = _born_on(details.personnummer)
    return replace(details, birth_year=born_on.year, turns_65_on=turns_65_on(born_on))


def is_research_file(personnummer: str) -> bool:
    """Whether the file of whoever has this number, of twelve digits, is archived before it is weeded out."""
    return _born_on(personnummer).day in RESEARCH_DAYS


def _born_on(personnummer: str) -> date:
    year, month, day = int(personnummer[:4]), int(personnummer[4:6]), int(personnummer[6:8])
    return date(year, month, day - COORDINATION_DAYS if day > COORDINATION_DAYS else day)


def turns_65_on(born_on: date) -> date:
    """The birthday 65 years on. [A] Born on a leap day: the month's last day, as statutory time is counted."""
    day = born_on.day - 1 if (born_on.month, born_on.day) == LEAP_DAY else born_on.day
    return date(born_on.year + PENSION_AGE, born_on.month, day)
