"""Every fact about an occasion of supervision, on one screen: our contract with the past.

An occasion is a unit's weekly session with an occupational therapist or physiotherapist, or the team meeting that takes
its place that week (rules.md 8 [S:SEED2]).
"""

from datetime import date

from domain.event import DomainEvent
from domain.ids import UnitId, WorkerId
from domain.supervision.values import SupervisionCancelReason
from domain.values import ReasonCode


class SupervisionHeld(DomainEvent, frozen=True, kw_only=True):
    """The workers were supervised. Never performed time at any client."""

    TOPIC = "supervision.held"
    unit_id: UnitId
    on: date
    worker_ids: tuple[WorkerId, ...]
    """Who took part, the supervisor apart."""
    minutes: int
    supervisor_id: WorkerId


class SupervisionCancelled(DomainEvent, frozen=True, kw_only=True):
    """A session did not take place."""

    TOPIC = "supervision.cancelled"
    unit_id: UnitId
    on: date
    reason: SupervisionCancelReason


class SupervisionTeamMeetingPlanned(DomainEvent, frozen=True, kw_only=True):
    """The unit has a team meeting, and so no session that week."""

    TOPIC = "supervision.team_meeting_planned"
    unit_id: UnitId
    on: date


class SupervisionWithdrawn(DomainEvent, frozen=True, kw_only=True):
    """What was said of the occasion does not hold; it may be said anew."""

    TOPIC = "supervision.withdrawn"
    reason_codes: tuple[ReasonCode, ...]


SupervisionEvent = SupervisionHeld | SupervisionCancelled | SupervisionTeamMeetingPlanned | SupervisionWithdrawn
