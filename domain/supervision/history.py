"""What is remembered of an occasion of supervision, evolved from its events."""

from datetime import date
from typing import assert_never

import msgspec

from domain.ids import UnitId, WorkerId
from domain.supervision.events import (
    SupervisionCancelled,
    SupervisionEvent,
    SupervisionHeld,
    SupervisionTeamMeetingPlanned,
    SupervisionWithdrawn,
)
from domain.supervision.values import OccasionKind, SupervisionCancelReason


class Occasion(msgspec.Struct, frozen=True, array_like=True):
    """What stands of an occasion. `reason` says why a session was cancelled."""

    kind: OccasionKind
    unit_id: UnitId
    on: date
    worker_ids: tuple[WorkerId, ...] = ()
    minutes: int = 0
    supervisor_id: WorkerId = WorkerId("")
    reason: SupervisionCancelReason | None = None


class SupervisionHistory(msgspec.Struct, array_like=True):
    """What is remembered: small enough to store whole beside a read model. None: nothing stands."""

    occasion: Occasion | None = None


def evolve(history: SupervisionHistory, event: SupervisionEvent) -> None:
    """Take one event into the history. Never refuses: it already happened."""
    match event:
        case SupervisionHeld():
            history.occasion = Occasion(
                OccasionKind.SESSION, event.unit_id, event.on, event.worker_ids, event.minutes, event.supervisor_id
            )
        case SupervisionCancelled(unit_id=unit_id, on=on, reason=reason):
            history.occasion = Occasion(OccasionKind.CANCELLED_SESSION, unit_id, on, reason=reason)
        case SupervisionTeamMeetingPlanned(unit_id=unit_id, on=on):
            history.occasion = Occasion(OccasionKind.TEAM_MEETING, unit_id, on)
        case SupervisionWithdrawn():
            history.occasion = None
        case _:
            assert_never(event)
