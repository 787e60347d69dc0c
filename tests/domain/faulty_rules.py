"""Policies that contradict themselves, each with its fault; and policies that look so and do not."""

from decimal import Decimal
from typing import Any

from domain.client.values import Dwelling
from domain.ids import ServiceCode
from domain.order.values import Extent
from domain.organisation.values import ServiceCategory
from domain.rulebook.fault_codes import FaultCode
from domain.rulebook.policies import Policies
from domain.rulebook.values import (
    AbsenceShare,
    AlarmPayment,
    Band,
    CancellationNotice,
    CompensationModel,
    ExcessPolicy,
    Level,
    LockRule,
    MinimumMinutes,
    NightPayment,
    NoticeKind,
    PaidAs,
    Rate,
    RatePer,
    StandardTime,
)
from domain.values import ApprovalRole, Source

CARE, SERVICE = ServiceCategory.PERSONAL_CARE, ServiceCategory.SERVICE
BED, MORNING, CLEAN = (ServiceCode(code) for code in ("BED", "MORNING", "CLEAN"))


def rate(band: str = "", area: str = "", per: RatePer = RatePer.HOUR, amount: int = 400) -> Rate:
    return Rate(in_house=Decimal(amount), private=Decimal(amount), band=band, area=area, per=per)


def standard(service: ServiceCode = CLEAN, minutes: int = 70, **conditions: Any) -> StandardTime:
    return StandardTime(service=service, minutes=minutes, **conditions)


def level(name: str, until: int | None) -> Level:
    return Level(name=name, until_minutes=until, amount=Decimal(100))


DAY, NIGHT = Band(name="day", window="07:00-22:00"), Band(name="night", window="22:00-07:00")
WEEKEND = Band(name="weekend", stretch="fri 19:00-mon 07:00")
HOLIDAY = Band(name="holiday", major_holidays=True)

AT_FAULT: list[tuple[Policies, str, FaultCode]] = [
    (Policies(carry_over_unused=True), "carry_over_unused", FaultCode.CARRY_OVER_NOT_COMPUTED),
    (Policies(fee_per_hour=Decimal(-1)), "fee_per_hour", FaultCode.AMOUNT_NEGATIVE),
    (Policies(rates=(rate(amount=-1),)), "rates/0/in_house", FaultCode.AMOUNT_NEGATIVE),
    (
        Policies(levels=(Level(name="a", until_minutes=None, amount=Decimal(-1)),)),
        "levels/0/amount",
        FaultCode.AMOUNT_NEGATIVE,
    ),
    (Policies(missed_visit_fee=Decimal("NaN")), "missed_visit_fee", FaultCode.AMOUNT_UNREADABLE),
    (Policies(missed_visit_fee=Decimal("1e9")), "missed_visit_fee", FaultCode.AMOUNT_UNREADABLE),
    (Policies(missed_visit_fee=Decimal("1.00001")), "missed_visit_fee", FaultCode.AMOUNT_UNREADABLE),
    (Policies(greeting_allowance_minutes=-3), "greeting_allowance_minutes", FaultCode.VALUE_NOT_ALLOWED),
    (Policies(late_sync_limit_s=-1), "late_sync_limit_s", FaultCode.VALUE_NOT_ALLOWED),
    (Policies(night_window="22-07"), "night_window", FaultCode.VALUE_NOT_ALLOWED),
    (Policies(night_window="07:00-07:00"), "night_window", FaultCode.WINDOW_EMPTY),
    (Policies(bands=(Band(name="all", stretch="mon 07:00-mon 07:00"),)), "bands/0/stretch", FaultCode.WINDOW_EMPTY),
    (Policies(major_holidays=frozenset({"lucia"})), "major_holidays", FaultCode.HOLIDAY_UNKNOWN),
    (Policies(bands=(Band(name=" ", window="07:00-22:00"),)), "bands/0", FaultCode.BAND_NAME_MISSING),
    (Policies(bands=(DAY, Band(name="day", window="22:00-07:00"))), "bands/1/name", FaultCode.BAND_NAME_TWICE),
    (Policies(bands=(Band(name="day"),)), "bands/0", FaultCode.BAND_WITHOUT_HOURS),
    (Policies(bands=(DAY, Band(name="noon", window="11:00-13:00"))), "bands/1", FaultCode.BAND_NEVER_COUNTS),
    (Policies(bands=(HOLIDAY, Band(name="red", major_holidays=True))), "bands/1", FaultCode.BAND_NEVER_COUNTS),
    (Policies(rates=(rate("evening"),)), "rates/0/band", FaultCode.RATE_BAND_UNKNOWN),
    (Policies(rates=(rate(area="suburb"),)), "rates/0/area", FaultCode.RATE_AREA_UNKNOWN),
    (Policies(rates=(rate(), rate(area="rural"))), "rates/1", FaultCode.RATE_NEVER_COUNTS),
    (Policies(bands=(DAY, NIGHT), rates=(rate("day"),)), "bands/1", FaultCode.BAND_WITHOUT_RATE),
    (Policies(bands=(DAY,), rates=(rate("day"),)), "bands", FaultCode.HOURS_WITHOUT_RATE),
    (Policies(night_payment=NightPayment.PER_TASK, rates=(rate(),)), "night_payment", FaultCode.NIGHT_RATE_MISSING),
    (
        Policies(
            absence_shares=(
                AbsenceShare(first_day=1, last_day=1, percent=75),
                AbsenceShare(first_day=5, last_day=2, percent=25),
            )
        ),
        "absence_shares/1",
        FaultCode.ABSENCE_DAYS_BACKWARDS,
    ),
    (
        Policies(
            absence_shares=(
                AbsenceShare(first_day=1, last_day=3, percent=75),
                AbsenceShare(first_day=3, last_day=5, percent=25),
            )
        ),
        "absence_shares/1",
        FaultCode.ABSENCE_DAYS_OVERLAP,
    ),
    (
        Policies(absence_shares=(AbsenceShare(first_day=2, last_day=3, percent=75),)),
        "absence_shares/0",
        FaultCode.ABSENCE_DAYS_GAP,
    ),
    (
        Policies(absence_shares=(AbsenceShare(first_day=1, last_day=3, percent=75),), absence_triggers=frozenset()),
        "absence_shares",
        FaultCode.ABSENCE_WITHOUT_TRIGGER,
    ),
    (
        Policies(
            minimum_minutes=(
                MinimumMinutes(window="19:00-07:00", minutes=15, sources=(Source.PHONE,)),
                MinimumMinutes(window="22:00-06:00", minutes=20),
            )
        ),
        "minimum_minutes/1",
        FaultCode.MINIMUM_OVERLAP,
    ),
    (Policies(standard_times=(standard(), standard(minutes=90))), "standard_times/1", FaultCode.STANDARD_TIME_TWICE),
    (
        Policies(standard_times=(standard(), standard(dwelling=Dwelling.MACHINE_IN_HOME))),
        "standard_times/1",
        FaultCode.STANDARD_TIME_NEVER_COUNTS,
    ),
    (
        Policies(standard_times=(standard(order_has=(CARE,), order_lacks=(CARE,)),)),
        "standard_times/0",
        FaultCode.STANDARD_TIME_NEVER_HOLDS,
    ),
    (
        Policies(standard_times=(standard(BED, nested_in=(BED,)),)),
        "standard_times/0/nested_in",
        FaultCode.STANDARD_TIME_IN_ITSELF,
    ),
    (Policies(standard_times=(standard(per="month"),)), "standard_times/0/per", FaultCode.STANDARD_TIME_PER_UNKNOWN),
    (
        Policies(standard_times=(standard(dwelling="castle"),)),
        "standard_times/0/dwelling",
        FaultCode.STANDARD_TIME_DWELLING_UNKNOWN,
    ),
    (Policies(paid_as=PaidAs.FIXED), "paid_as", FaultCode.FIXED_WITHOUT_MINUTES),
    (Policies(fixed_minutes=15), "fixed_minutes", FaultCode.FIXED_MINUTES_UNUSED),
    (Policies(alarm_payment=AlarmPayment.DAY), "alarm_payment", FaultCode.ALARM_WITHOUT_MONTH_PRICE),
    (Policies(alarm_full_month=rate(per=RatePer.MONTH)), "alarm_full_month", FaultCode.ALARM_MONTH_PRICE_UNUSED),
    (Policies(compensation_model=CompensationModel.LEVEL), "compensation_model", FaultCode.LEVELS_MISSING),
    (Policies(levels=(level("a", 600), level("b", 600), level("c", None))), "levels/1", FaultCode.LEVELS_NOT_RISING),
    (Policies(levels=(level("a", None), level("b", None))), "levels/1", FaultCode.LEVELS_NOT_RISING),
    (Policies(levels=(level("a", 600),)), "levels/0", FaultCode.LEVELS_NOT_RISING),
    (Policies(levels=(level("a", 600), level("a", None))), "levels/1/name", FaultCode.LEVEL_NAME_TWICE),
    (Policies(lock=LockRule()), "lock", FaultCode.LOCK_RULE),
    (Policies(lock=LockRule(working_day=3, day=6)), "lock", FaultCode.LOCK_RULE),
    (Policies(lock=LockRule(dates=("2021-09-03", "3 Oct"))), "lock/dates/1", FaultCode.LOCK_DATE_UNREADABLE),
    (Policies(lock=LockRule(dates=("2021-09-03", "2021-09-30"))), "lock/dates/1", FaultCode.LOCK_DATES_OUT_OF_ORDER),
    (
        Policies(cancellation_notice=CancellationNotice(kind=NoticeKind.HOURS)),
        "cancellation_notice",
        FaultCode.NOTICE_WITHOUT_HOURS,
    ),
    (
        Policies(cancellation_notice=CancellationNotice(hours=48)),
        "cancellation_notice/hours",
        FaultCode.NOTICE_HOURS_UNUSED,
    ),
    (
        Policies(tolerance_percent=5, excess_policy=ExcessPolicy.PAY_ACTUAL),
        "tolerance_percent",
        FaultCode.TOLERANCE_UNUSED,
    ),
    (Policies(missed_visit_warnings=3), "missed_visit_warnings", FaultCode.WARNINGS_WITHOUT_FEE),
    (
        Policies(required_approvals=(ApprovalRole.WORKER, ApprovalRole.WORKER)),
        "required_approvals",
        FaultCode.APPROVAL_TWICE,
    ),
    (Policies(continuity_limits=(20, 10)), "continuity_limits", FaultCode.CONTINUITY_LIMITS_NOT_RISING),
    (Policies(continuity_period_days=0), "continuity_period_days", FaultCode.CONTINUITY_PERIOD_EMPTY),
]


GOOD: list[Policies] = [
    Policies(
        bands=(HOLIDAY, WEEKEND, NIGHT, DAY), rates=tuple(rate(name) for name in ("holiday", "weekend", "night", "day"))
    ),
    Policies(bands=(Band(name="workday", window="07:00-19:00", stretch="mon 00:00-fri 24:00"), DAY), rates=(rate(),)),
    Policies(rates=(rate(area="rural"), rate(area="urban"), rate())),
    Policies(
        night_payment=NightPayment.PER_TASK, bands=(DAY, NIGHT), rates=(rate("day"), rate("night", per=RatePer.TASK))
    ),
    Policies(
        minimum_minutes=(
            MinimumMinutes(window="19:00-07:00", minutes=15, sources=(Source.PHONE,)),
            MinimumMinutes(window="19:00-07:00", minutes=5, sources=(Source.OFFICE_MANUAL,)),
        )
    ),
    Policies(
        absence_shares=(
            AbsenceShare(first_day=1, last_day=1, percent=75),
            AbsenceShare(first_day=2, last_day=5, percent=25),
        )
    ),
    Policies(standard_times=(standard(order_has=(CARE, SERVICE)), standard(extent=Extent.ALL), standard(minutes=90))),
    Policies(standard_times=(standard(BED, nested_in=(MORNING,)), standard(MORNING))),
    Policies(alarm_payment=AlarmPayment.DAY, alarm_full_month=rate(per=RatePer.MONTH)),
    Policies(lock=LockRule(dates=("2021-09-03", "2021-10-05"))),
    Policies(levels=(level("a", 600), level("b", None)), compensation_model=CompensationModel.LEVEL),
]
