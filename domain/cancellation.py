"""Was a visit cancelled in time? What counts as in time is the municipality's policy (rules.md 5.3)."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from domain.calendar import ONE_DAY, is_working_day
from domain.facts import PlannedVisit
from domain.local_time import local_day, local_day_bounds
from domain.rulebook.rulebook import Rulebook
from domain.rulebook.values import NoticeKind
from domain.values import CancelledBy


def is_in_time(plan: PlannedVisit, rulebook: Rulebook) -> bool:
    """Whether notice came soon enough: so many hours before [S:SOLLT], one working day before at the latest at the same
    time of day [S:NYK], or by the day before [S:VING]. Where nothing says when notice was given, it was not."""
    given_at = plan.notice_given_at
    return given_at is not None and given_at <= latest_notice(plan, rulebook)


def is_cancelled_late(plan: PlannedVisit, rulebook: Rulebook) -> bool:
    """Whether the client cancelled, and too late. What others cancel is never the client's lateness."""
    return plan.cancelled_by is CancelledBy.CLIENT and not is_in_time(plan, rulebook)


def latest_notice(plan: PlannedVisit, rulebook: Rulebook) -> datetime:
    """The last instant at which the visit could be cancelled in time."""
    policies = rulebook.policies_at(plan.starts_at)
    notice, zone = policies.cancellation_notice, rulebook.zone
    match notice.kind:
        case NoticeKind.HOURS:
            return plan.starts_at - timedelta(hours=notice.hours)
        case NoticeKind.WORKING_DAY_SAME_TIME:
            # Wall time: a day is stepped over by the clock on the wall, also where it has 23 or 25 hours.
            wall = plan.starts_at.astimezone(ZoneInfo(zone)) - ONE_DAY
            while not is_working_day(wall.date(), policies.working_days):
                wall -= ONE_DAY
            return wall
        case NoticeKind.DAY_BEFORE:
            return _midnight(plan.starts_at, zone)


def _midnight(at: datetime, zone: str) -> datetime:
    """The last moment of the day before."""
    return local_day_bounds(local_day(at, zone), zone)[0] - timedelta(microseconds=1)
