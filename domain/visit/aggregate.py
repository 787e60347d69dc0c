"""Visit: the facts of the field are recorded, the decisions of the office are guarded."""

from collections.abc import Sequence
from datetime import datetime

from domain.aggregate import Aggregate
from domain.ids import ClientId, FactId, PersonId, UnitId, WorkerId
from domain.reasons import check_documented, check_reasons
from domain.values import ApprovalRole, CancelledBy, PlannedService, ReasonCode, VisitKind
from domain.visit import errors
from domain.visit.approval import check_approval, clients_there
from domain.visit.correction import AttendanceCorrection, ServiceCorrection, attendance_was, service_was
from domain.visit.entries import Plan
from domain.visit.events import (
    FieldFact,
    VisitApprovalWithdrawn,
    VisitApproved,
    VisitAttendanceCorrected,
    VisitCancelled,
    VisitEvent,
    VisitExcessApproved,
    VisitExtraVisitApproved,
    VisitPlanned,
    VisitRescheduled,
    VisitServicesCorrected,
    VisitWorkerAssigned,
    VisitWorkerUnassigned,
)
from domain.visit.history import VisitHistory, evolve

NO_UNIT = UnitId("")


class Visit(Aggregate[VisitEvent]):
    """Decides what may be added to the history of one visit."""

    KIND = "visit"
    REMEMBERED = False  # an approval is given for what is known up to a position

    def start(self) -> None:
        """Nothing is known of the visit yet."""
        self._history = VisitHistory()
        self._to_come: list[tuple[VisitEvent, int]] = []

    @property
    def history(self) -> VisitHistory:
        """What is known of the visit. Evolved when a decision asks: what the field says is recorded whatever it is."""
        for event, position in self._to_come:
            evolve(self._history, event, position=position, recorded_at=None)
        self._to_come.clear()
        return self._history

    # What the field says: recorded whatever the state.

    def register(self, event_class: type[FieldFact], **fields: object) -> None:
        """Record a fact from the field. Planned or not, in order or not: it happened."""
        self.record(event_class, **fields)

    # What the office decides.

    def plan(
        self,
        *,
        client_ids: tuple[ClientId, ...],
        scheduled_start_at: datetime,
        scheduled_end_at: datetime,
        services: tuple[PlannedService, ...] = (),
        unit_id: UnitId = NO_UNIT,
        kind: VisitKind = VisitKind.PLANNED,
        workers_needed: int = 1,
        origin: str = "",
    ) -> None:
        """Intend the visit. A visit that has arrivals already may still be planned; a cancelled one may be planned anew."""
        if self.history.plan is not None and self.history.cancellation is None:
            raise errors.VisitAlreadyPlannedError
        if not client_ids or any(service.client_id not in client_ids for service in services):
            raise errors.ClientMissingError
        _check_schedule(scheduled_start_at, scheduled_end_at)
        self.record(
            VisitPlanned,
            client_ids=client_ids,
            scheduled_start_at=scheduled_start_at,
            scheduled_end_at=scheduled_end_at,
            services=services,
            unit_id=unit_id,
            kind=kind,
            workers_needed=workers_needed,
            origin=origin,
        )

    def reschedule(
        self,
        *,
        scheduled_start_at: datetime,
        scheduled_end_at: datetime,
        services: tuple[PlannedService, ...] = (),
        reason_codes: tuple[ReasonCode, ...] = (),
        origin: str = "",
    ) -> None:
        """Change the plan's times, and its services when given."""
        plan = self._standing_plan()
        if any(service.client_id not in plan.client_ids for service in services):
            raise errors.ClientMissingError
        _check_schedule(scheduled_start_at, scheduled_end_at)
        self.record(
            VisitRescheduled,
            scheduled_start_at=scheduled_start_at,
            scheduled_end_at=scheduled_end_at,
            services=services,
            reason_codes=reason_codes,
            origin=origin,
        )

    def cancel(
        self,
        *,
        cancelled_by: CancelledBy,
        notice_given_at: datetime,
        reason_codes: tuple[ReasonCode, ...] = (),
        origin: str = "",
    ) -> None:
        """Say that the visit is not to happen, by whose wish and since when that was known."""
        if self.history.cancellation is not None:
            raise errors.VisitAlreadyCancelledError
        self._standing_plan()
        self.record(
            VisitCancelled,
            cancelled_by=cancelled_by,
            notice_given_at=notice_given_at,
            reason_codes=reason_codes,
            origin=origin,
        )

    def assign(self, *, worker_id: WorkerId, origin: str = "") -> None:
        """Give the visit to a worker."""
        self._standing_plan()
        if worker_id in self.history.worker_ids:
            raise errors.WorkerAlreadyAssignedError
        self.record(VisitWorkerAssigned, worker_id=worker_id, origin=origin)

    def unassign(self, *, worker_id: WorkerId, reason_codes: tuple[ReasonCode, ...] = (), origin: str = "") -> None:
        """Take the visit from a worker."""
        if worker_id not in self.history.worker_ids:
            raise errors.WorkerNotAssignedError
        self.record(VisitWorkerUnassigned, worker_id=worker_id, reason_codes=reason_codes, origin=origin)

    def correct_attendance(self, correction: AttendanceCorrection) -> None:
        """Change, complete, add or withdraw one attendance by hand, with a reason. Both values stay visible."""
        self._require_known()
        check_reasons(correction.reason_codes, correction.note)
        was = attendance_was(self.history, correction)
        becomes = correction.becomes
        if becomes == was:
            raise errors.NothingChangedError
        if becomes.arrived_at and becomes.departed_at and becomes.departed_at < becomes.arrived_at:
            raise errors.AttendanceBackwardsError
        self.record(
            VisitAttendanceCorrected,
            arrival_fact_id=correction.arrival_fact_id,
            departure_fact_id=correction.departure_fact_id,
            was=was,
            becomes=becomes,
            reason_codes=correction.reason_codes,
            person_id=self._person(becomes.client_ids, becomes.worker_id),
            note=correction.note,
        )

    def correct_services(self, correction: ServiceCorrection) -> None:
        """Change, add or withdraw one service outcome by hand, with a reason."""
        self._require_known()
        check_reasons(correction.reason_codes, correction.note)
        was = service_was(self.history, correction)
        becomes = correction.becomes
        if becomes == was:
            raise errors.NothingChangedError
        client_ids = (becomes.client_id,) if becomes.client_id else ()
        self.record(
            VisitServicesCorrected,
            service_fact_id=correction.service_fact_id or self._own_fact_id(),
            was=was,
            becomes=becomes,
            reason_codes=correction.reason_codes,
            person_id=self._person(client_ids, becomes.worker_id),
            note=correction.note,
        )

    def approve(self, *, role: ApprovalRole, position: int, minutes: int, corrector_may_approve: bool = False) -> None:
        """Approve for pay what is known up to `position`, which the approver saw as `minutes` of staff time."""
        self._require_known()
        check_approval(
            self.history, role, position, minutes, actor=self.actor, corrector_may_approve=corrector_may_approve
        )
        self.record(VisitApproved, role=role, position=position, minutes=minutes)

    def withdraw_approval(self, *, role: ApprovalRole, reason_codes: tuple[ReasonCode, ...]) -> None:
        """Take an approval back, with a reason."""
        if not any(approval.role == role for approval in self.history.approvals):
            raise errors.ApprovalUnknownError
        if not reason_codes:
            raise errors.ReasonMissingError
        self.record(VisitApprovalWithdrawn, role=role, reason_codes=reason_codes)

    def approve_excess(self, *, client_id: ClientId, minutes: int, reason: str) -> None:
        """Let up to `minutes` beyond the client's order be paid, for a reason that is written down; 0 takes it back."""
        self._approve_beyond(VisitExcessApproved, client_id, minutes, reason)

    def approve_extra_visit(self, *, client_id: ClientId, minutes: int, reason: str) -> None:
        """Let up to `minutes` be paid of what no order of the client's names; 0 takes it back."""
        self._approve_beyond(VisitExtraVisitApproved, client_id, minutes, reason)

    def when(self, event: VisitEvent) -> None:
        """Evolve from a fact."""
        self._to_come.append((event, self.position))

    def _approve_beyond(
        self,
        event_class: type[VisitExcessApproved | VisitExtraVisitApproved],
        client_id: ClientId,
        minutes: int,
        reason: str,
    ) -> None:
        """Approving what is approved already adds nothing."""
        self._require_known()
        check_documented(reason)
        if client_id not in clients_there(self.history):
            raise errors.NotTheirVisitError
        is_extra = event_class is VisitExtraVisitApproved
        stood = next(
            (each.minutes for each in self.history.excess if (each.client_id, each.is_extra) == (client_id, is_extra)),
            0,
        )
        if minutes != stood:
            self.record(event_class, client_id=client_id, minutes=minutes, reason=reason)

    def _standing_plan(self) -> Plan:
        if self.history.plan is None:
            raise errors.VisitNotPlannedError
        if self.history.cancellation is not None:
            raise errors.VisitCancelledError
        return self.history.plan

    def _require_known(self) -> None:
        if self.version == 0:
            raise errors.VisitUnknownError

    def _own_fact_id(self) -> FactId:
        return self.stamp.id if self.stamp else FactId(f"{self.id}@{self.version + 1}")

    def _person(self, client_ids: Sequence[ClientId], worker_id: WorkerId) -> PersonId:
        """Whose key seals a note: the client's it is about, or the worker's where no client is known."""
        planned = self.history.plan.client_ids if self.history.plan else ()
        return PersonId((*client_ids, *planned, worker_id)[0])


def _check_schedule(starts_at: datetime, ends_at: datetime) -> None:
    if ends_at <= starts_at:
        raise errors.ScheduleBackwardsError
