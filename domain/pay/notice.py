"""Was a visit cancelled in time? Municipalities count in hours, in working days, or by the day before (rules.md 5.3)."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from domain.calendar import ONE_DAY, is_working_day
from domain.facts import PlannedVisit
from domain.local_time import local_day
from domain.rulebook.policies import Policies
from domain.rulebook.values import NoticeKind, WorkingDays
from domain.values import CancelledBy


def is_cancelled_late(plan: PlannedVisit, policies: Policies, zone: str) -> bool:
    """Whether the client cancelled, and too late. What others cancel is never the client's lateness."""
    if plan.cancelled_by is not CancelledBy.CLIENT:
        return False
    given_at = plan.notice_given_at
    return given_at is None or not _is_in_time(given_at, plan.starts_at, policies, zone)


def _is_in_time(given_at: datetime, starts_at: datetime, policies: Policies, zone: str) -> bool:
    notice = policies.cancellation_notice
    match notice.kind:
        case NoticeKind.HOURS:
            return given_at <= starts_at - timedelta(hours=notice.hours)
        case NoticeKind.WORKING_DAY_SAME_TIME:
            return given_at <= _working_day_before(starts_at, policies.working_days, zone)
        case NoticeKind.DAY_BEFORE:
            return local_day(given_at, zone) < local_day(starts_at, zone)


def _working_day_before(starts_at: datetime, working_days: WorkingDays, zone: str) -> datetime:
    """The same time on the wall, on the working day before."""
    wall = starts_at.astimezone(ZoneInfo(zone))
    return datetime.combine(_last_before(wall.date(), working_days), wall.time(), tzinfo=wall.tzinfo)


def _last_before(day: date, working_days: WorkingDays) -> date:
    before = day - ONE_DAY
    while not is_working_day(before, working_days):
        before -= ONE_DAY
    return before
