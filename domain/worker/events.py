"""Every fact about a worker, on one screen: our contract with the past.

`shift_id` names a shift to plan and phone alike; for a shift that was never scheduled the phone draws one.
"""

from datetime import date, datetime
from typing import Annotated

from domain.event import DomainEvent, Personal
from domain.field import FieldEvent
from domain.ids import ServiceCode, UnitId, WorkerId
from domain.ports import SealClass, Sealed
from domain.worker.values import LicensedTitle, WorkerAbsenceKind

Identity = Annotated[Sealed | None, Personal("subject", SealClass.IDENTITY)]


class WorkerRegistered(DomainEvent, frozen=True, kw_only=True):
    """The worker is in the ledger."""

    TOPIC = "worker.registered"
    registered_on: date
    title: str = ""
    """The employer's own code for what the worker is employed as."""
    name: Identity = None
    employee_number: Identity = None


class WorkerUnitJoined(DomainEvent, frozen=True, kw_only=True):
    """A unit employs the worker from a day on. Somebody may work for two units."""

    TOPIC = "worker.unit_joined"
    unit_id: UnitId
    on: date


class WorkerUnitLeft(DomainEvent, frozen=True, kw_only=True):
    """A unit no longer employs the worker, from a day on."""

    TOPIC = "worker.unit_left"
    unit_id: UnitId
    on: date


class WorkerLentToUnit(DomainEvent, frozen=True, kw_only=True):
    """Another unit borrows the worker, up to, not including, `until_on`. A loan to the same unit from the same day on
    replaces the earlier one: it became longer or shorter."""

    TOPIC = "worker.lent_to_unit"
    unit_id: UnitId
    from_on: date
    until_on: date


class WorkerAbsent(DomainEvent, frozen=True, kw_only=True):
    """The worker is away. `until_at` when the return is known already."""

    TOPIC = "worker.absent"
    kind: WorkerAbsenceKind
    from_at: datetime
    until_at: datetime | None = None


class WorkerReturned(DomainEvent, frozen=True, kw_only=True):
    """The worker is back."""

    TOPIC = "worker.returned"
    at: datetime


class WorkerShiftScheduled(DomainEvent, frozen=True, kw_only=True):
    """The worker is to work a shift."""

    TOPIC = "worker.shift_scheduled"
    shift_id: str
    unit_id: UnitId
    scheduled_start_at: datetime
    scheduled_end_at: datetime


class WorkerShiftChanged(DomainEvent, frozen=True, kw_only=True):
    """A scheduled shift has other times, or is worked for another unit. The whole new schedule of the shift is stored."""

    TOPIC = "worker.shift_changed"
    shift_id: str
    unit_id: UnitId
    scheduled_start_at: datetime
    scheduled_end_at: datetime


class WorkerShiftStarted(FieldEvent, frozen=True, kw_only=True):
    """The worker began a shift. `unit_id` where the phone says so, for a shift that is not scheduled."""

    TOPIC = "worker.shift_started"
    shift_id: str
    unit_id: UnitId = UnitId("")


class WorkerShiftEnded(FieldEvent, frozen=True, kw_only=True):
    """The worker ended a shift, and the phone has said all it had through `closed_through_seq`: a zero is no gap then."""

    TOPIC = "worker.shift_ended"
    shift_id: str
    break_minutes: int = 0
    paid_minutes: int | None = None
    closed_through_seq: int | None = None


class WorkerIndirectTimeRecorded(FieldEvent, frozen=True, kw_only=True):
    """Time that was not at a client."""

    TOPIC = "worker.indirect_time_recorded"
    kind: str
    """An `IndirectKind`, or one that only a newer app knows."""
    starts_at: datetime
    minutes: int


class WorkerHealthTaskDelegated(DomainEvent, frozen=True, kw_only=True):
    """A licensed professional lets the worker do a health task, up to, not including, `until_on` (None: until revoked)."""

    TOPIC = "worker.health_task_delegated"
    service_code: ServiceCode
    from_on: date
    until_on: date | None = None
    delegated_by: WorkerId


class WorkerDelegationRevoked(DomainEvent, frozen=True, kw_only=True):
    """A delegation no longer holds, from a day on."""

    TOPIC = "worker.delegation_revoked"
    service_code: ServiceCode
    on: date


class WorkerLicensedTitleRecorded(DomainEvent, frozen=True, kw_only=True):
    """The worker holds a title by licence from a day on."""

    TOPIC = "worker.licensed_title_recorded"
    title: LicensedTitle
    from_on: date


WorkerFieldFact = WorkerShiftStarted | WorkerShiftEnded | WorkerIndirectTimeRecorded
"""What a phone may say about its worker."""

WorkerEvent = (
    WorkerRegistered
    | WorkerUnitJoined
    | WorkerUnitLeft
    | WorkerLentToUnit
    | WorkerAbsent
    | WorkerReturned
    | WorkerShiftScheduled
    | WorkerShiftChanged
    | WorkerShiftStarted
    | WorkerShiftEnded
    | WorkerIndirectTimeRecorded
    | WorkerHealthTaskDelegated
    | WorkerDelegationRevoked
    | WorkerLicensedTitleRecorded
)
