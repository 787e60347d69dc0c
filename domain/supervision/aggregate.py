"""An occasion of supervision: a session that was held or cancelled, or a team meeting in its place."""

from collections.abc import Sequence
from datetime import date

from domain.aggregate import Aggregate
from domain.ids import UnitId, WorkerId
from domain.reasons import check_reasons
from domain.supervision import errors
from domain.supervision.events import (
    SupervisionCancelled,
    SupervisionEvent,
    SupervisionHeld,
    SupervisionTeamMeetingPlanned,
    SupervisionWithdrawn,
)
from domain.supervision.history import SupervisionHistory, evolve
from domain.supervision.values import SupervisionCancelReason
from domain.values import ReasonCode


class Supervision(Aggregate[SupervisionEvent]):
    """Decides what may be said of one occasion. A session in the week of a team meeting is told of, never refused: it has
    happened."""

    KIND = "supervision"
    history: SupervisionHistory

    def start(self) -> None:
        """Nothing is said of the occasion yet."""
        self.history = SupervisionHistory()

    def hold(
        self, *, unit_id: UnitId, on: date, worker_ids: Sequence[WorkerId], minutes: int, supervisor_id: WorkerId
    ) -> None:
        """Register a session that took place."""
        self._require_free()
        if not worker_ids:
            raise errors.ParticipantsMissingError
        if len({*worker_ids, supervisor_id}) <= len(worker_ids):
            raise errors.ParticipantTwiceError
        if minutes <= 0:
            raise errors.SupervisionMinutesError
        self.record(
            SupervisionHeld,
            unit_id=unit_id,
            on=on,
            worker_ids=tuple(worker_ids),
            minutes=minutes,
            supervisor_id=supervisor_id,
        )

    def cancel(self, *, unit_id: UnitId, on: date, reason: SupervisionCancelReason) -> None:
        """Register that a session did not take place."""
        self._require_free()
        self.record(SupervisionCancelled, unit_id=unit_id, on=on, reason=reason)

    def plan_team_meeting(self, *, unit_id: UnitId, on: date) -> None:
        """Register a team meeting, in whose week there is no session."""
        self._require_free()
        self.record(SupervisionTeamMeetingPlanned, unit_id=unit_id, on=on)

    def withdraw(self, *, reason_codes: tuple[ReasonCode, ...]) -> None:
        """Take back what was said of the occasion."""
        if self.history.occasion is None:
            raise errors.SupervisionAlreadyWithdrawnError
        check_reasons(reason_codes, None)
        self.record(SupervisionWithdrawn, reason_codes=reason_codes)

    def when(self, event: SupervisionEvent) -> None:
        """Evolve from a fact."""
        evolve(self.history, event)

    def _require_free(self) -> None:
        if self.history.occasion is not None:
            raise errors.SupervisionAlreadyRegisteredError
