"""The codes of supervision."""

from enum import StrEnum


class SupervisionCancelReason(StrEnum):
    """Why a session did not take place. In the week of a team meeting there is none (rules.md 8 [S:SEED2])."""

    TEAM_MEETING_WEEK = "team_meeting_week"
    SUPERVISOR_AWAY = "supervisor_away"
    UNIT_BUSY = "unit_busy"
    OTHER = "other"


class OccasionKind(StrEnum):
    """What an occasion of a unit was."""

    SESSION = "session"
    CANCELLED_SESSION = "cancelled_session"
    TEAM_MEETING = "team_meeting"
