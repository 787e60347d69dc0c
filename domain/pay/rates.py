"""Rates and amounts. Money is decimal kronor, rounded half up to öre once for each line ([A] rules.md 7.2)."""

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import NamedTuple

from domain.rulebook.values import Rate, RatePer

ORE = Decimal("0.01")
HOURS_SHOWN = Decimal("0.0001")
MINUTES_IN_HOUR = 60
WHOLE = 100
"""Percent."""


class Price(NamedTuple):
    """What one hour, task, occasion, day or month is worth, in kronor."""

    per: RatePer
    rate: Decimal


NO_PRICE = Price(RatePer.HOUR, Decimal(0))
"""Where no rate fits: the minutes are right, the amount is zero."""


def price_of(rates: Sequence[Rate], *, band: str, area: str, in_house: bool, per: RatePer | None = None) -> Price:
    """The first rate that fits the band, the area and what is paid for (None: whatever that is)."""
    for rate in rates:
        if rate.band in ("", band) and rate.area in ("", area) and per in (None, rate.per):
            return Price(rate.per, rate.in_house if in_house else rate.private)
    return NO_PRICE if per is None else Price(per, Decimal(0))


@lru_cache(maxsize=65_536)
def hours_paid(minutes: int, rate: Decimal, percent: int = WHOLE) -> tuple[Decimal, Decimal]:
    """Hours (shown with four decimals) and their amount, which is computed from the minutes and rounded once."""
    exact = minutes * rate * percent / (MINUTES_IN_HOUR * WHOLE)
    return (Decimal(minutes * percent) / (MINUTES_IN_HOUR * WHOLE)).quantize(HOURS_SHOWN), rounded(exact)


@lru_cache(maxsize=4096)
def pieces_paid(count: int, rate: Decimal, percent: int = WHOLE) -> tuple[Decimal, Decimal]:
    """Tasks, occasions, days or months and their amount."""
    return Decimal(count), rounded(count * rate * percent / WHOLE)


def rounded(kronor: Decimal) -> Decimal:
    """Round half up to öre."""
    return kronor.quantize(ORE, ROUND_HALF_UP)


def share_of(minutes: int, percent: int) -> int:
    """A share of minutes, half up."""
    return (minutes * percent * 2 + WHOLE) // (2 * WHOLE)
