"""The facts of supervision, and how they follow from an occasion's history. Pure."""

from datetime import date

from domain.facts import Fact
from domain.ids import UnitId, WorkerId
from domain.supervision.history import SupervisionHistory
from domain.supervision.values import OccasionKind


class SupervisionSession(Fact, frozen=True):
    """A session of a unit that was held, or cancelled."""

    KEY = ("session_id",)
    session_id: str
    unit_id: UnitId
    session_on: date
    worker_ids: tuple[WorkerId, ...] = ()
    minutes: int = 0
    supervisor_id: WorkerId = WorkerId("")
    cancelled_because: str = ""
    """A `SupervisionCancelReason`; empty where it was held."""


class TeamMeeting(Fact, frozen=True):
    """A unit's team meeting."""

    KEY = ("meeting_id",)
    meeting_id: str
    unit_id: UnitId
    meeting_on: date


SupervisionFact = SupervisionSession | TeamMeeting


def supervision_facts(occasion_id: str, history: SupervisionHistory) -> tuple[SupervisionFact, ...]:
    """Everything believed of the occasion now; nothing once it is withdrawn."""
    occasion = history.occasion
    if occasion is None:
        return ()
    if occasion.kind is OccasionKind.TEAM_MEETING:
        return (TeamMeeting(meeting_id=occasion_id, unit_id=occasion.unit_id, meeting_on=occasion.on),)
    return (
        SupervisionSession(
            session_id=occasion_id,
            unit_id=occasion.unit_id,
            session_on=occasion.on,
            worker_ids=occasion.worker_ids,
            minutes=occasion.minutes,
            supervisor_id=occasion.supervisor_id,
            cancelled_because=str(occasion.reason or ""),
        ),
    )
