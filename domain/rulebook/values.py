"""The words and small tables that policies are written in. Minutes, days and percent are whole; money is in kronor."""

from decimal import Decimal
from enum import StrEnum
from typing import Annotated

import msgspec

from domain.ids import ServiceCode
from domain.order.values import Extent
from domain.organisation.values import ServiceCategory
from domain.values import Source

TimeWindow = Annotated[
    str,
    msgspec.Meta(
        pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]-(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$",
        description="Local time of day, from up to: 07:00-19:00. Over midnight where it ends before it begins.",
        examples=["22:00-07:00"],
    ),
]
WeekStretch = Annotated[
    str,
    msgspec.Meta(
        pattern=r"^(mon|tue|wed|thu|fri|sat|sun) ([01][0-9]|2[0-3]):[0-5][0-9]-"
        r"(mon|tue|wed|thu|fri|sat|sun) (([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$",
        description="Part of each week, from up to: fri 19:00-mon 07:00.",
        examples=["fri 19:00-mon 07:00"],
    ),
]
TimeOfDay = Annotated[
    str,
    msgspec.Meta(
        pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$", description="Local time of day: 18:00.", examples=["18:00"]
    ),
]
Minutes = Annotated[int, msgspec.Meta(ge=0, le=527_040)]
Seconds = Annotated[int, msgspec.Meta(ge=0, le=31_622_400)]
Percent = Annotated[int, msgspec.Meta(ge=0, le=1000)]
Count = Annotated[int, msgspec.Meta(ge=0, le=10_000)]
Kronor = Decimal
"""Never negative: checked with the rest of a document, since a type cannot say so of decimals."""


class Part(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """A table row or a group of words inside a policy; one that has a field too many is refused, not read past."""


class DoubleStaffing(StrEnum):
    """Whether two workers' time at one client counts once or twice (rules.md 5.1)."""

    COUNT_EACH = "count_each"
    INCLUDED_IN_RATE = "included_in_rate"


class HouseholdSplit(StrEnum):
    """How a visit's time is divided between cohabiting clients (rules.md 5.2)."""

    EQUAL = "equal"
    """Equal parts; personal care to the client it was done for."""
    EQUAL_ALL = "equal_all"
    """Equal parts, whatever was done for whom."""


class CompensationModel(StrEnum):
    """What a provider is paid for (rules.md 7.1, [S:SKL16] [S:SKR24])."""

    GRANTED = "granted"
    PERFORMED_MEASURED = "performed_measured"
    PERFORMED_REPORTED = "performed_reported"
    LEVEL = "level"
    BUDGET = "budget"


class PaidAs(StrEnum):
    """Which minutes of a performed service are paid, before allowance, minimum and cap (rules.md 2.1, 7.3)."""

    PERFORMED = "performed"
    STANDARD_TIME = "standard_time"
    FIXED = "fixed"
    """`fixed_minutes`, whatever the visit's length."""


class ExcessPolicy(StrEnum):
    """Whether performed time beyond the ordered is paid (rules.md 2.2)."""

    CAP_AT_ORDERED = "cap_at_ordered"
    CAP_UNLESS_APPROVED = "cap_unless_approved"
    PAY_ACTUAL = "pay_actual"


class CapPeriod(StrEnum):
    """Over which stretch performed and ordered time are held against each other."""

    VISIT = "visit"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"


class NightPayment(StrEnum):
    """How night help is paid: whether one "insats" is a task or a visit is not stated [S:STHLM-ERS]."""

    HOUR = "hour"
    PER_TASK = "per_task"
    PER_VISIT = "per_visit"


class AlarmPayment(StrEnum):
    """How alarms are paid (rules.md 5.6)."""

    HOUR = "hour"
    OCCASION = "occasion"
    MONTH = "month"
    """For each client with an alarm and month."""
    DAY = "day"
    """For each day with an alarm; a full month has a price of its own."""


class AfterLock(StrEnum):
    """What becomes of a fact that is learned of after its month was closed (rules.md 6.3)."""

    NOT_PAID = "not_paid"
    NEXT_RUN = "next_run"


class WorkingDays(StrEnum):
    """Which days a lock calendar counts as working days; "vardag" is ambiguous about Saturdays."""

    MONDAY_TO_FRIDAY = "monday_to_friday"
    MONDAY_TO_SATURDAY = "monday_to_saturday"


class NoticeKind(StrEnum):
    """How long before a visit it can be cancelled in time (rules.md 5.3)."""

    HOURS = "hours"
    WORKING_DAY_SAME_TIME = "working_day_same_time"
    """One working day before, at the latest at the same time of day."""
    DAY_BEFORE = "day_before"


class RatePer(StrEnum):
    """What one amount is for."""

    HOUR = "hour"
    TASK = "task"
    OCCASION = "occasion"
    DAY = "day"
    MONTH = "month"


class ContinuityMeasure(StrEnum):
    """Which figure stands for the municipality (rules.md 9.1): the older definition's mean, the newer title's median."""

    MEAN = "mean"
    MEDIAN = "median"


class MinimumMinutes(Part, frozen=True, kw_only=True):
    """A visit that begins in `window` is paid as at least `minutes`; only with one of `sources`, where any are named."""

    window: TimeWindow
    minutes: Minutes
    sources: tuple[Source, ...] = ()


class StandardTime(Part, frozen=True, kw_only=True):
    """A service's standard time and when it holds. Of a service's entries the first whose conditions hold is taken."""

    service: ServiceCode
    minutes: Minutes
    per: str = "occasion"
    """`occasion`, `week` or `year`: a pot of minutes that the occasions share."""
    order_has: tuple[ServiceCategory, ...] = ()
    """Only if the client's order also has a service of one of these categories."""
    order_lacks: tuple[ServiceCategory, ...] = ()
    """Only if it has none of these."""
    dwelling: str = ""
    """`machine_in_home` or `machine_in_building`; empty: any."""
    extent: Extent = Extent.UNSTATED
    """`supporting` or `all`; empty: any."""
    shared_in_household: bool = False
    """Cohabiting clients who both have it share one standard time."""
    nested_in: tuple[ServiceCode, ...] = ()
    """No time of its own in a visit where one of these is done."""
    minutes_per_week_max: Minutes | None = None
    """The most that is ordered in a week."""


class AbsenceShare(Part, frozen=True, kw_only=True):
    """What is paid of the ordered time on some days of an absence, `first_day` to `last_day`, counted from 1."""

    first_day: Annotated[int, msgspec.Meta(ge=1, le=366)]
    last_day: Annotated[int, msgspec.Meta(ge=1, le=366)]
    percent: Percent


class CancellationNotice(Part, frozen=True, kw_only=True):
    """Until when a client can cancel in time."""

    kind: NoticeKind = NoticeKind.DAY_BEFORE
    hours: Count = 0


class Band(Part, frozen=True, kw_only=True):
    """Hours with a rate of their own: each day's `window`, a `stretch` of each week, or the `holidays` named.

    Of bands that hold at once the first in the list counts.
    """

    name: str
    window: TimeWindow | None = None
    stretch: WeekStretch | None = None
    major_holidays: bool = False
    """All of each major holiday."""


class Rate(Part, frozen=True, kw_only=True):
    """Kronor, in-house and private, in a band and an area; empty: any. Of rates that fit the first in the list counts."""

    in_house: Kronor
    private: Kronor
    per: RatePer = RatePer.HOUR
    band: str = ""
    area: str = ""
    """`urban`, `rural` or `sparse`."""


class Level(Part, frozen=True, kw_only=True):
    """A monthly amount for clients with so many ordered minutes, up to, not including, `until_minutes`."""

    name: str
    until_minutes: Minutes | None
    amount: Kronor


class LockRule(Part, frozen=True, kw_only=True):
    """When a month is closed: on the n-th working day of the next month, on a day of it, or on days that are listed.

    Times are local. A listed day `2021-09-03` closes the month before it.
    """

    working_day: Annotated[int, msgspec.Meta(ge=1, le=20)] | None = None
    day: Annotated[int, msgspec.Meta(ge=1, le=28)] | None = None
    dates: tuple[str, ...] = ()
    at: TimeOfDay = "08:00"
    at_on_holidays: TimeOfDay | None = None
