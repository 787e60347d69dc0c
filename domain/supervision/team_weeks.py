"""The weeks in which a unit has a team meeting, and so no supervision (rules.md 8 [S:SEED2])."""

from collections.abc import Iterable, Mapping
from datetime import date

from domain.ids import UnitId
from domain.local_time import iso_week
from domain.supervision.facts import SupervisionSession, TeamMeeting
from domain.supervision.values import SupervisionCancelReason

UnitWeek = tuple[UnitId, str]


def unit_week(unit_id: UnitId, day: date) -> UnitWeek:
    """Name a unit's ISO week."""
    return unit_id, iso_week(day)


def team_weeks(
    sessions: Iterable[SupervisionSession], meetings: Iterable[TeamMeeting]
) -> Mapping[UnitWeek, tuple[str, ...]]:
    """The units' weeks with a team meeting, each with the ids of what says so, sorted.

    [A] A planned meeting says so, and a session that was cancelled for that reason. A worker's indirect time of the kind
    `meeting` does not: it says neither whose meeting it was nor what for.
    """
    found: dict[UnitWeek, list[str]] = {}
    for meeting in meetings:
        found.setdefault(unit_week(meeting.unit_id, meeting.meeting_on), []).append(meeting.meeting_id)
    for session in sessions:
        if session.cancelled_because == SupervisionCancelReason.TEAM_MEETING_WEEK:
            found.setdefault(unit_week(session.unit_id, session.session_on), []).append(session.session_id)
    return {week: tuple(sorted(ids)) for week, ids in found.items()}
