"""Policies that need another one, or leave it without meaning."""

from collections.abc import Iterator
from datetime import date
from itertools import pairwise

from domain.rulebook.checks.found import Found
from domain.rulebook.fault_codes import FaultCode
from domain.rulebook.policies import Policies
from domain.rulebook.values import AlarmPayment, ExcessPolicy, NightPayment, NoticeKind, PaidAs, RatePer


def paid_minutes(policies: Policies) -> Iterator[Found]:
    """What `paid_as` and `excess_policy` ask for, and what has no meaning beside them."""
    is_fixed = policies.paid_as is PaidAs.FIXED
    if is_fixed and policies.fixed_minutes is None:
        yield ("paid_as",), FaultCode.FIXED_WITHOUT_MINUTES
    if policies.fixed_minutes is not None and not is_fixed:
        yield ("fixed_minutes",), FaultCode.FIXED_MINUTES_UNUSED
    if policies.tolerance_percent and policies.excess_policy is ExcessPolicy.PAY_ACTUAL:
        yield ("tolerance_percent",), FaultCode.TOLERANCE_UNUSED
    if policies.carry_over_unused:
        yield ("carry_over_unused",), FaultCode.CARRY_OVER_NOT_COMPUTED


def alarms_and_nights(policies: Policies) -> Iterator[Found]:
    """Payments that need a price of another kind."""
    is_daily = policies.alarm_payment is AlarmPayment.DAY
    if is_daily and policies.alarm_full_month is None:
        yield ("alarm_payment",), FaultCode.ALARM_WITHOUT_MONTH_PRICE
    if policies.alarm_full_month is not None and not is_daily:
        yield ("alarm_full_month",), FaultCode.ALARM_MONTH_PRICE_UNUSED
    by_piece = any(rate.per in (RatePer.TASK, RatePer.OCCASION) for rate in policies.rates)
    if policies.night_payment is not NightPayment.HOUR and policies.rates and not by_piece:
        yield ("night_payment",), FaultCode.NIGHT_RATE_MISSING


def fees(policies: Policies) -> Iterator[Found]:
    """Notices and warnings that go with nothing."""
    notice = policies.cancellation_notice
    by_hours = notice.kind is NoticeKind.HOURS
    if by_hours and not notice.hours:
        yield ("cancellation_notice",), FaultCode.NOTICE_WITHOUT_HOURS
    if notice.hours and not by_hours:
        yield ("cancellation_notice", "hours"), FaultCode.NOTICE_HOURS_UNUSED
    if policies.missed_visit_warnings and not policies.missed_visit_fee:
        yield ("missed_visit_warnings",), FaultCode.WARNINGS_WITHOUT_FEE


def approvals(policies: Policies) -> Iterator[Found]:
    """An approval that is asked for twice."""
    if len(set(policies.required_approvals)) < len(policies.required_approvals):
        yield ("required_approvals",), FaultCode.APPROVAL_TWICE


def locking(policies: Policies) -> Iterator[Found]:
    """When a month is closed: in one way, and on days that follow one another."""
    lock = policies.lock
    if sum((lock.working_day is not None, lock.day is not None, bool(lock.dates))) != 1:
        yield ("lock",), FaultCode.LOCK_RULE
    unreadable = [at for at, text in enumerate(lock.dates) if not _is_day(text)]
    for at in unreadable:
        yield ("lock", "dates", at), FaultCode.LOCK_DATE_UNREADABLE
    if not unreadable:
        months = [(date.fromisoformat(text).year, date.fromisoformat(text).month) for text in lock.dates]
        for at, (before, month) in enumerate(pairwise(months), start=1):
            if month <= before:
                yield ("lock", "dates", at), FaultCode.LOCK_DATES_OUT_OF_ORDER


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
