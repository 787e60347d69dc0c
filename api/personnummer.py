"""Swedish personal identity numbers at the edge: one spelling inside, whatever was written outside.

The library that knows the check digit also takes full-width digits and integers, and finds the century by the machine's
clock. So an ASCII pattern stands before it, and it is only ever shown twelve digits.
"""

import re
from datetime import date, datetime
from typing import Annotated
from zoneinfo import ZoneInfo

from personnummer import personnummer as library  # type: ignore[import-untyped]
from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from api.strict_json import Text

_FORM = re.compile(r"(1[89]|2[0-9])?([0-9]{6})([-+]?)([0-9]{4})")
_SWEDEN = ZoneInfo("Europe/Stockholm")
_CENTURY = 100
_COORDINATION_DAYS = 60
OTHER_IDENTIFIER_CODE_POINTS_MAX = 40


def normalise_personnummer(text: object, *, today: date | None = None) -> str:
    """Give the twelve digits of a personnummer or samordningsnummer written with ten or twelve.

    `+` means the year in which the person turns 100, or later. `today` is today in Sweden unless given. Raises
    `PydanticCustomError` (a ValueError) `personnummer_invalid`, without the number, for everything else: also a wrong
    check digit, a date that does not exist and a birth to come.
    """
    day = today or datetime.now(_SWEDEN).date()
    form = _FORM.fullmatch(text) if isinstance(text, str) else None
    if form is None:
        raise _invalid()
    century, six_digits, sign, four_digits = form.groups()
    number = f"{century or _century(six_digits[:2], sign, day)}{six_digits}{four_digits}"
    if not library.valid(number) or _born_on(number) > day or (sign == "+" and day.year - int(number[:4]) < _CENTURY):
        raise _invalid()
    return number


def _century(two_digits: str, sign: str, today: date) -> str:
    """Find the hundreds of a year written with two digits: the latest year that is over or runs, or 100 before."""
    latest = today.year - (_CENTURY if sign == "+" else 0)
    year = latest - (latest - int(two_digits)) % _CENTURY
    return str(year // _CENTURY)


def _born_on(number: str) -> date:
    day = int(number[6:8])
    return date(int(number[:4]), int(number[4:6]), day - _COORDINATION_DAYS if day > _COORDINATION_DAYS else day)


def _invalid() -> PydanticCustomError:
    return PydanticCustomError("personnummer_invalid", "not a personnummer")


def _normalised(text: str) -> str:
    return normalise_personnummer(text)


Personnummer = Annotated[str, Field(strict=True, examples=["19121212-1212"]), AfterValidator(_normalised)]
"""A personnummer or samordningsnummer; a model holds its twelve digits."""

OtherIdentifier = Annotated[str, Text(OTHER_IDENTIFIER_CODE_POINTS_MAX, min_code_points=1)]
"""A reserve number, a temporary number (T-number), or what a newborn without a number is called: kept as written.

A field of its own: such a number is never forced through the check, and no mistyped personnummer slips past it.
"""
