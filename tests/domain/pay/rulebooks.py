"""Rulebooks of municipalities whose figures rules.md gives, as the tests of pay need them."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from domain.ids import ServiceCode
from domain.order.values import LegalBasis
from domain.organisation.values import ServiceCategory
from domain.rulebook.policies import Policies, PolicyChanges
from domain.rulebook.rulebook import Edition, Override, Rulebook, Scope
from domain.rulebook.values import AbsenceShare, Band, ExcessPolicy, PaidAs, Rate, RatePer, StandardTime
from domain.values import VisitKind

ALWAYS = date(2000, 1, 1)


def rate(
    in_house: str, private: str | None = None, per: RatePer = RatePer.HOUR, *, band: str = "", area: str = ""
) -> Rate:
    """Kronor, in-house and private (alike where one is given)."""
    return Rate(in_house=Decimal(in_house), private=Decimal(private or in_house), per=per, band=band, area=area)


def where(
    *services: ServiceCode,
    categories: Sequence[ServiceCategory] = (),
    bases: Sequence[LegalBasis] = (),
    kinds: Sequence[VisitKind] = (),
    **policies: Any,
) -> Override:
    """Policies that hold for a part."""
    scope = Scope(services=services, categories=tuple(categories), legal_bases=tuple(bases), kinds=tuple(kinds))
    return Override(scope=scope, policies=PolicyChanges(**policies))


def rulebook(*overrides: Override, editions: Sequence[Edition] = (), **policies: Any) -> Rulebook:
    """A municipality's rules on every day, or in these editions."""
    edition = Edition(version="test-1", from_on=ALWAYS, policies=Policies(**policies), overrides=tuple(overrides))
    return Rulebook(municipality="test", editions=tuple(editions) or (edition,))


def minutes(**standard: int) -> tuple[StandardTime, ...]:
    """Standard times without conditions."""
    return tuple(StandardTime(service=ServiceCode(code), minutes=length) for code, length in standard.items())


SERVICE_TASKS = tuple(ServiceCode(code) for code in ("SHOP", "PHARMACY", "CLEAN", "LAUNDRY", "WASTE", "MEAL"))
SOLNA = rulebook(
    where(
        categories=[ServiceCategory.PERSONAL_CARE],
        rates=(rate("464"),),
        declined_share_percent=50,
        absence_shares=(
            AbsenceShare(first_day=1, last_day=1, percent=75),
            AbsenceShare(first_day=2, last_day=5, percent=25),
        ),
        new_client_bonus_minutes=240,
    ),
    where(*SERVICE_TASKS, paid_as=PaidAs.STANDARD_TIME),
    where(ServiceCode("CLEAN"), declined_share_percent=75),
    where(kinds=[VisitKind.REASSURANCE], paid_as=PaidAs.FIXED, fixed_minutes=15),
    standard_times=minutes(SHOP=60, PHARMACY=45, CLEAN=96, LAUNDRY=86, WASTE=30, MEAL=20),
    rates=(rate("382"),),
    declined_share_percent=55,
    excess_policy=ExcessPolicy.CAP_UNLESS_APPROVED,
)
"""From 2024-03-01 [S:SOLNA]."""
NIGHT, EVENING, DAY, WEEKEND = (
    Band(name="night", window="22:00-07:00"),
    Band(name="evening", window="19:00-22:00"),
    Band(name="day", window="07:00-19:00"),
    Band(name="weekend", stretch="fri 19:00-mon 07:00"),
)
HOLIDAY = Band(name="holiday", major_holidays=True)
