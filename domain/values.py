"""Small frozen values that facts are made of."""

from datetime import datetime
from enum import StrEnum

import msgspec

from domain.ids import ClientId, ServiceCode


class VisitKind(StrEnum):
    """What a visit is for. Alarm, meal, call and digital visits are left out of some measures (continuity, client counts)."""

    PLANNED = "planned"
    EXTRA = "extra"
    ALARM = "alarm"
    ASSISTANCE = "assistance"
    REASSURANCE = "reassurance"
    MEAL = "meal"
    CALL = "call"
    DIGITAL = "digital"


class Source(StrEnum):
    """How a time stamp came to be (`registration_source`; rules.md 6.1)."""

    PRESENCE_RECEIPT = "presence_receipt"
    MOBILE_NO_RECEIPT = "mobile_no_receipt"
    PHONE = "phone"
    OFFICE_MANUAL = "office_manual"
    SYSTEM_ADJUSTED = "system_adjusted"

    @property
    def by_hand(self) -> bool:
        """Whether a person typed it afterwards."""
        return self is Source.OFFICE_MANUAL or self is Source.SYSTEM_ADJUSTED


class PlaceCode(StrEnum):
    """Where the phone was, seen from the client's home: all that rules may know of a position."""

    INSIDE = "inside"
    OUTSIDE = "outside"
    WEAK = "weak"
    ABSENT = "absent"
    FAKED = "faked"


class Place(msgspec.Struct, frozen=True, omit_defaults=True):
    """Derived once, when the fact is accepted. `outside_m` is in steps of 50 metres beyond the fence."""

    code: PlaceCode = PlaceCode.ABSENT
    outside_m: int = 0
    reason: str = ""
    """Why there is no position, in the phone's own code (`permission`, `timeout`, `indoors`)."""


class ClockRule(StrEnum):
    """How the effective time of a fact was chosen (field-sync.md 14)."""

    MONOTONIC = "monotonic"
    WALL_CORRECTED = "wall_corrected"
    WALL_UNCERTAIN = "wall_uncertain"


class ClockReading(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What the device's clock said and what was made of it: raw values are kept for ever."""

    wall_at: str
    """The device's wall time with its offset, as sent."""
    rule: ClockRule
    offset_ms: int = 0
    """Server clock minus device clock, measured at the sync that brought the fact."""
    monotonic_ms: int | None = None
    boot_id: str = ""
    jump_ms: int = 0
    """How far the wall clock moved against the monotonic counter between the fact and its sync."""
    implausible: bool = False
    """The effective time is more than 400 days before, or 1 day after, it was received."""


class PlannedService(msgspec.Struct, frozen=True, omit_defaults=True):
    """One service in a visit's plan: minutes for one occasion at one client."""

    service_code: ServiceCode
    client_id: ClientId
    minutes: int


class NotPerformedReason(StrEnum):
    """Why nothing was done although somebody came, or nobody could."""

    DECLINED = "declined"
    NOBODY_HOME = "nobody_home"
    HOSPITAL = "hospital"
    CLIENT_AWAY = "client_away"
    NO_STAFF = "no_staff"
    WEATHER = "weather"
    OTHER = "other"


class CancelledBy(StrEnum):
    """Whose wish a cancellation was."""

    CLIENT = "client"
    PROVIDER = "provider"
    MUNICIPALITY = "municipality"


class ApprovalRole(StrEnum):
    """The two approvals a payable visit needs come from two persons (rules.md 2, [S:INTRA16])."""

    WORKER = "worker"
    COORDINATOR = "coordinator"


class ReasonCode(StrEnum):
    """Reasons for a change by hand (exceptions.md). Several may be given; `OTHER` needs text."""

    FORGOT_ARRIVAL = "FORGOT_ARRIVAL"
    FORGOT_DEPARTURE = "FORGOT_DEPARTURE"
    FORGOT_BOTH = "FORGOT_BOTH"
    REGISTERED_EARLY_OR_LATE = "REGISTERED_EARLY_OR_LATE"
    ARRIVAL_DEPARTURE_SWAPPED = "ARRIVAL_DEPARTURE_SWAPPED"
    WRONG_CLIENT = "WRONG_CLIENT"
    WRONG_SERVICE = "WRONG_SERVICE"
    WRONG_WORKER = "WRONG_WORKER"
    DEVICE_MISSING = "DEVICE_MISSING"
    DEVICE_NOT_CHARGED = "DEVICE_NOT_CHARGED"
    DEVICE_FAULTY = "DEVICE_FAULTY"
    APP_FAULT = "APP_FAULT"
    NO_COVERAGE = "NO_COVERAGE"
    TAG_BROKEN = "TAG_BROKEN"
    CLIENT_CHANGED_OR_CANCELLED = "CLIENT_CHANGED_OR_CANCELLED"
    CLIENT_REFUSED = "CLIENT_REFUSED"
    CLIENT_NOT_HOME = "CLIENT_NOT_HOME"
    NOBODY_OPENED = "NOBODY_OPENED"
    HOSPITAL = "HOSPITAL"
    DECEASED = "DECEASED"
    EXTENDED_ON_REQUEST = "EXTENDED_ON_REQUEST"
    SHORTENED_ON_REQUEST = "SHORTENED_ON_REQUEST"
    OUTSIDE_HOME = "OUTSIDE_HOME"
    PLANNING_ERROR = "PLANNING_ERROR"
    WORKER_REPLACED = "WORKER_REPLACED"
    NO_REPLACEMENT = "NO_REPLACEMENT"
    DATA_ENTRY_ERROR = "DATA_ENTRY_ERROR"
    DUPLICATE = "DUPLICATE"
    PAPER_SHEET_RECEIVED = "PAPER_SHEET_RECEIVED"
    RETROACTIVE_ORDER = "RETROACTIVE_ORDER"
    SPLIT_BETWEEN_CLIENTS = "SPLIT_BETWEEN_CLIENTS"
    EMERGENCY = "EMERGENCY"
    WEATHER = "WEATHER"
    ORDER_NOT_YET_CHANGED = "ORDER_NOT_YET_CHANGED"
    STAFF_ABSENCE = "STAFF_ABSENCE"
    MERGED_BY_MISTAKE = "MERGED_BY_MISTAKE"
    OTHER = "OTHER"


class Period(msgspec.Struct, frozen=True):
    """A stretch of time from `starts_at` up to, not including, `ends_at`; both aware."""

    starts_at: datetime
    ends_at: datetime

    @property
    def minutes(self) -> int:
        """Whole minutes of elapsed real time: a night of 25 hours has 1500."""
        return int((self.ends_at - self.starts_at).total_seconds() // 60)


class CalendarPeriod(StrEnum):
    """What figures are summed over. Four months are January-April, May-August and September-December."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    FOUR_MONTHS = "four_months"
    YEAR = "year"


class ExceptionClass(StrEnum):
    """What must become of an exception (exceptions.md)."""

    FIX = "F"
    """Must be fixed before pay."""
    ACKNOWLEDGE = "A"
    INFORMATION = "I"
