"""Worker: what the phone says of shifts and time is recorded, what the office says of employment and plans is guarded."""

from datetime import date, datetime

from domain.absence import Away, check_leaving, check_return
from domain.aggregate import Aggregate
from domain.ids import ServiceCode, UnitId, WorkerId
from domain.membership import Belonging, belongs_on, belongs_without_end
from domain.timeline import DaySpan
from domain.worker import errors
from domain.worker.events import (
    WorkerAbsent,
    WorkerDelegationRevoked,
    WorkerEvent,
    WorkerFieldFact,
    WorkerHealthTaskDelegated,
    WorkerLentToUnit,
    WorkerLicensedTitleRecorded,
    WorkerRegistered,
    WorkerReturned,
    WorkerShiftChanged,
    WorkerShiftScheduled,
    WorkerUnitJoined,
    WorkerUnitLeft,
)
from domain.worker.history import WorkerHistory, evolve, revocable
from domain.worker.shifts import Schedule
from domain.worker.values import LicensedTitle, WorkerAbsenceKind


class Worker(Aggregate[WorkerEvent]):
    """Decides what may be added to the history of one worker."""

    KIND = "worker"
    history: WorkerHistory

    def start(self) -> None:
        """Nothing is known of the worker yet."""
        self.history = WorkerHistory()

    # What the field says: recorded whatever the state.

    def register(self, event_class: type[WorkerFieldFact], **fields: object) -> None:
        """Record a fact from the worker's phone. Registered or not, scheduled or not: it happened."""
        fields["worker_id"] = WorkerId(self.subject_id)
        self.record(event_class, **fields)

    # What the office decides.

    def enrol(
        self, *, registered_on: date, name: str | None = None, employee_number: str | None = None, title: str = ""
    ) -> None:
        """Take the worker into the ledger. Name and number are sealed."""
        if self.history.registered_on is not None:
            raise errors.WorkerAlreadyRegisteredError
        self.record(
            WorkerRegistered, registered_on=registered_on, title=title, name=name, employee_number=employee_number
        )

    def join_unit(self, *, unit_id: UnitId, on: date) -> None:
        """Let a unit employ the worker from a day on."""
        self._require_registered()
        if _belongs(self.history.units, unit_id, DaySpan(on)):
            raise errors.InUnitAlreadyError
        self.record(WorkerUnitJoined, unit_id=unit_id, on=on)

    def leave_unit(self, *, unit_id: UnitId, on: date) -> None:
        """Let it no longer, from a day on or an earlier one than was said; on the day of joining, the worker never belonged
        to it."""
        self._require_registered()
        if not belongs_on(self.history.units, unit_id, on):
            is_later = belongs_without_end(self.history.units, unit_id)
            raise errors.UnitBackwardsError if is_later else errors.NotInUnitError
        self.record(WorkerUnitLeft, unit_id=unit_id, on=on)

    def lend_to_unit(self, *, unit_id: UnitId, from_on: date, until_on: date) -> None:
        """Lend the worker to another unit, or change the end of the loan that begins on that day."""
        self._require_registered()
        days = DaySpan(from_on, until_on)
        if days.is_empty:
            raise errors.LoanBackwardsError
        if _belongs(self.history.units, unit_id, days):
            raise errors.LentToOwnUnitError
        if Belonging(unit_id, days) in self.history.loans:
            raise errors.LoanUnchangedError
        if _belongs(tuple(loan for loan in self.history.loans if loan.days.from_on != from_on), unit_id, days):
            raise errors.LentAlreadyError
        self.record(WorkerLentToUnit, unit_id=unit_id, from_on=from_on, until_on=until_on)

    def record_absence(self, *, kind: WorkerAbsenceKind, from_at: datetime, until_at: datetime | None = None) -> None:
        """Record that the worker is away, until a return that is known already or recorded later."""
        self._require_registered()
        check_leaving(self.history.absences, Away(kind, from_at, until_at))
        self.record(WorkerAbsent, kind=kind, from_at=from_at, until_at=until_at)

    def record_return(self, *, at: datetime) -> None:
        """Record the return. At the very time the absence began, the worker never was away."""
        self._require_registered()
        check_return(self.history.absences, at)
        self.record(WorkerReturned, at=at)

    def schedule_shift(
        self, *, shift_id: str, unit_id: UnitId, scheduled_start_at: datetime, scheduled_end_at: datetime
    ) -> None:
        """Plan a shift. One that the phone has started already may still be scheduled."""
        self._require_registered()
        schedule = _checked(Schedule(unit_id, scheduled_start_at, scheduled_end_at))
        if self._schedule_of(shift_id) is not None:
            raise errors.ShiftAlreadyScheduledError
        self._record_shift(WorkerShiftScheduled, shift_id, schedule)

    def change_shift(
        self, *, shift_id: str, unit_id: UnitId, scheduled_start_at: datetime, scheduled_end_at: datetime
    ) -> None:
        """Give a scheduled shift other times, or another unit."""
        self._require_registered()
        schedule = _checked(Schedule(unit_id, scheduled_start_at, scheduled_end_at))
        standing = self._schedule_of(shift_id)
        if standing is None:
            raise errors.ShiftUnknownError
        if standing == schedule:
            raise errors.ShiftUnchangedError
        self._record_shift(WorkerShiftChanged, shift_id, schedule)

    def delegate_health_task(
        self, *, service_code: ServiceCode, from_on: date, until_on: date | None, delegated_by: WorkerId
    ) -> None:
        """Let the worker do a health task. Whether the delegating person is licensed is the use case's question."""
        self._require_registered()
        days = DaySpan(from_on, until_on)
        if days.is_empty:
            raise errors.DelegationBackwardsError
        if delegated_by == self.subject_id:
            raise errors.DelegatedByOneselfError
        if any(held.service_code == service_code and held.days.overlaps(days) for held in self.history.delegations):
            raise errors.DelegatedAlreadyError
        self.record(
            WorkerHealthTaskDelegated,
            service_code=service_code,
            from_on=from_on,
            until_on=until_on,
            delegated_by=delegated_by,
        )

    def revoke_delegation(self, *, service_code: ServiceCode, on: date) -> None:
        """Let a delegation no longer hold from a day on; on its first day, it never held."""
        self._require_registered()
        if not any(revocable(held, service_code, on) for held in self.history.delegations):
            raise errors.NotDelegatedError
        self.record(WorkerDelegationRevoked, service_code=service_code, on=on)

    def record_licensed_title(self, *, title: LicensedTitle, from_on: date) -> None:
        """Record a title that the worker holds by licence, or that it was held from an earlier day on."""
        self._require_registered()
        if any(held.title == title and held.from_on <= from_on for held in self.history.titles):
            raise errors.TitleRecordedAlreadyError
        self.record(WorkerLicensedTitleRecorded, title=title, from_on=from_on)

    def when(self, event: WorkerEvent) -> None:
        """Evolve from a fact."""
        evolve(self.history, event)

    def _require_registered(self) -> None:
        if self.history.registered_on is None:
            raise errors.WorkerUnknownError

    def _schedule_of(self, shift_id: str) -> Schedule | None:
        shift = self.history.shifts.get(shift_id)
        return shift.schedule if shift else None

    def _record_shift(
        self, event_class: type[WorkerShiftScheduled | WorkerShiftChanged], shift_id: str, schedule: Schedule
    ) -> None:
        self.record(
            event_class,
            shift_id=shift_id,
            unit_id=schedule.unit_id,
            scheduled_start_at=schedule.starts_at,
            scheduled_end_at=schedule.ends_at,
        )


def _belongs(belongings: tuple[Belonging, ...], unit_id: UnitId, days: DaySpan) -> bool:
    return any(each.group_id == unit_id and each.days.overlaps(days) for each in belongings)


def _checked(schedule: Schedule) -> Schedule:
    if schedule.ends_at <= schedule.starts_at:
        raise errors.ShiftBackwardsError
    return schedule
