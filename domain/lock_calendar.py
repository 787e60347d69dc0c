"""When a month closes: a calendar of each municipality's own, and not a day number (rules.md 6.3)."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

from domain.calendar import is_working_day
from domain.local_time import Month, month_of
from domain.rulebook.rulebook import Rulebook
from domain.rulebook.values import LockRule, WorkingDays

ONE_DAY = timedelta(days=1)


def locks_at(month: Month, rulebook: Rulebook) -> datetime | None:
    """The instant at which a month closes; None where the rulebook lists days and has none for this month.

    The rule is that of the month's last day [A]: a month is closed by the rules of its time.
    """
    policies = rulebook.on(month.until_on - ONE_DAY).policies
    day = lock_day(month, policies.lock, policies.working_days)
    if day is None:
        return None
    at = lock_time(day, policies.lock, policies.working_days)
    return datetime.combine(day, at, tzinfo=ZoneInfo(rulebook.zone)).astimezone(UTC)


def lock_day(month: Month, lock: LockRule, working_days: WorkingDays) -> date | None:
    """The day on which a month closes. Listed days come before a day of the month, and that before a working day [A]."""
    following = month_of(month.until_on)
    if lock.dates:
        listed = (date.fromisoformat(day) for day in lock.dates)
        return next((day for day in sorted(listed) if day in following), None)
    if lock.day is not None:
        return date(following.year, following.number, lock.day)
    if lock.working_day is None:
        return None
    return next(islice(_working_days_of(following, working_days), lock.working_day - 1, None), None)


def lock_time(day: date, lock: LockRule, working_days: WorkingDays) -> time:
    """The local time of that day: another one on holidays, where the rule has it [S:STHLM-TID]. A day that is no working
    day is a holiday [A]."""
    is_holiday = not is_working_day(day, working_days)
    return time.fromisoformat(lock.at_on_holidays if is_holiday and lock.at_on_holidays else lock.at)


def _working_days_of(month: Month, working_days: WorkingDays) -> Iterator[date]:
    day = month.first_on
    while day in month:
        if is_working_day(day, working_days):
            yield day
        day += ONE_DAY
