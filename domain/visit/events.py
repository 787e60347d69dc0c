"""Every fact about a visit, on one screen: our contract with the past."""

from datetime import datetime
from typing import Annotated, Any

import msgspec

from domain.event import DomainEvent, Personal
from domain.field import FieldEvent
from domain.ids import ClientId, FactId, PersonId, ServiceCode, UnitId, WorkerId
from domain.ports import SealClass, Sealed
from domain.values import (
    ApprovalRole,
    CancelledBy,
    NotPerformedReason,
    Place,
    PlannedService,
    ReasonCode,
    VisitKind,
)


def unmeasured(stored: dict[str, Any]) -> dict[str, Any]:
    """An arrival of the first version says nothing of how far it is from the place before."""
    return stored


class VisitPlanned(DomainEvent, frozen=True, kw_only=True):
    """The provider intends this visit. A household's visit has several clients; every service names its own."""

    TOPIC = "visit.planned"
    client_ids: tuple[ClientId, ...]
    scheduled_start_at: datetime
    scheduled_end_at: datetime
    services: tuple[PlannedService, ...] = ()
    unit_id: UnitId = UnitId("")
    kind: VisitKind = VisitKind.PLANNED
    workers_needed: int = 1
    origin: str = ""
    """Where the plan came from when it was imported: the file's name and digest."""


class VisitRescheduled(DomainEvent, frozen=True, kw_only=True):
    """The plan changed before the visit; the whole new plan is stored."""

    TOPIC = "visit.rescheduled"
    scheduled_start_at: datetime
    scheduled_end_at: datetime
    services: tuple[PlannedService, ...] = ()
    reason_codes: tuple[ReasonCode, ...] = ()
    origin: str = ""


class VisitCancelled(DomainEvent, frozen=True, kw_only=True):
    """The visit is not to happen. Whether notice came in time is a policy, so the moment is kept."""

    TOPIC = "visit.cancelled"
    cancelled_by: CancelledBy
    notice_given_at: datetime
    reason_codes: tuple[ReasonCode, ...] = ()
    origin: str = ""


class VisitWorkerAssigned(DomainEvent, frozen=True, kw_only=True):
    """A worker is to make this visit."""

    TOPIC = "visit.worker_assigned"
    worker_id: WorkerId
    origin: str = ""


class VisitWorkerUnassigned(DomainEvent, frozen=True, kw_only=True):
    """A worker is no longer to make this visit."""

    TOPIC = "visit.worker_unassigned"
    worker_id: WorkerId
    reason_codes: tuple[ReasonCode, ...] = ()
    origin: str = ""


class VisitCheckedIn(FieldEvent, frozen=True, kw_only=True):
    """The worker arrived. `client_ids` is what the phone says, which may differ from the plan."""

    TOPIC = "visit.checked_in"
    UPCASTERS = (unmeasured,)
    client_ids: tuple[ClientId, ...] = ()
    kind: VisitKind | None = None
    match: str = ""
    """Why an imported registration was taken for this visit, or for none: a `MatchReason`. Empty where the sender knew."""
    place: Place = Place()
    tag_id: str = ""
    position: Annotated[Sealed | None, Personal("worker_id", SealClass.POSITION)] = None
    km_from_previous: int | None = None
    """Whole kilometres, accuracy taken off, from where the worker's phone was at `previous_fact_id`: derived when the fact
    was accepted (architecture 10). None where no earlier position was at hand."""
    previous_fact_id: FactId | None = None


class VisitCheckedOut(FieldEvent, frozen=True, kw_only=True):
    """The worker left. The phone names the arrival when it knows it; another phone may not."""

    TOPIC = "visit.checked_out"
    arrival_fact_id: FactId | None = None
    place: Place = Place()
    tag_id: str = ""
    position: Annotated[Sealed | None, Personal("worker_id", SealClass.POSITION)] = None


class VisitServicePerformed(FieldEvent, frozen=True, kw_only=True):
    """A service was done for a client. `minutes` only where the worker registers time for each service."""

    TOPIC = "visit.service_performed"
    service_code: ServiceCode
    client_id: ClientId | None = None
    minutes: int | None = None


class VisitServiceDeclined(FieldEvent, frozen=True, kw_only=True):
    """The client said no to one service during the visit."""

    TOPIC = "visit.service_declined"
    service_code: ServiceCode
    client_id: ClientId | None = None


class VisitNotPerformed(FieldEvent, frozen=True, kw_only=True):
    """Somebody came, or should have, and nothing was done."""

    TOPIC = "visit.not_performed"
    reason: NotPerformedReason
    client_ids: tuple[ClientId, ...] = ()


class VisitNoteAdded(FieldEvent, frozen=True, kw_only=True):
    """A note about the visit, sealed under the client's key (the worker's when no client is known)."""

    TOPIC = "visit.note_added"
    person_id: PersonId
    text: Annotated[Sealed, Personal("person_id", SealClass.SENSITIVE)]


class AttendanceValues(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is believed of one attendance: the values before a correction, and after."""

    worker_id: WorkerId
    client_ids: tuple[ClientId, ...] = ()
    arrived_at: datetime | None = None
    departed_at: datetime | None = None
    withdrawn: bool = False
    """The attendance never took place (a duplicate, a wrong visit)."""


class VisitAttendanceCorrected(DomainEvent, frozen=True, kw_only=True):
    """Somebody changed an attendance by hand. Both values stay visible for ever (rules.md 6.2)."""

    TOPIC = "visit.attendance_corrected"
    arrival_fact_id: FactId | None = None
    departure_fact_id: FactId | None = None
    was: AttendanceValues | None = None
    becomes: AttendanceValues
    reason_codes: tuple[ReasonCode, ...]
    person_id: PersonId
    note: Annotated[Sealed | None, Personal("person_id", SealClass.SENSITIVE)] = None


class ServiceValues(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is believed of one service outcome."""

    service_code: ServiceCode
    worker_id: WorkerId
    at: datetime
    client_id: ClientId | None = None
    performed: bool = True
    minutes: int | None = None
    withdrawn: bool = False


class VisitServicesCorrected(DomainEvent, frozen=True, kw_only=True):
    """Somebody changed, added or withdrew a service outcome by hand."""

    TOPIC = "visit.services_corrected"
    service_fact_id: FactId
    was: ServiceValues | None = None
    becomes: ServiceValues
    reason_codes: tuple[ReasonCode, ...]
    person_id: PersonId
    note: Annotated[Sealed | None, Personal("person_id", SealClass.SENSITIVE)] = None


class VisitApproved(DomainEvent, frozen=True, kw_only=True):
    """Approved for pay as known at `position`, when it came to `minutes` of staff time."""

    TOPIC = "visit.approved"
    role: ApprovalRole
    position: int
    minutes: int


class VisitApprovalWithdrawn(DomainEvent, frozen=True, kw_only=True):
    """An approval was taken back."""

    TOPIC = "visit.approval_withdrawn"
    role: ApprovalRole
    reason_codes: tuple[ReasonCode, ...]


class VisitExcessApproved(DomainEvent, frozen=True, kw_only=True):
    """The care manager pays up to `minutes` beyond this client's order (rules.md 2.2 [S:INTRA16]). The last word holds; 0
    takes it back."""

    TOPIC = "visit.excess_approved"
    client_id: ClientId
    minutes: int
    reason: Annotated[Sealed, Personal("client_id", SealClass.SENSITIVE)]


class VisitExtraVisitApproved(DomainEvent, frozen=True, kw_only=True):
    """The care manager pays up to `minutes` of what was done for this client without any order (rules.md 5.5 [A]). The last
    word holds; 0 takes it back."""

    TOPIC = "visit.extra_visit_approved"
    client_id: ClientId
    minutes: int
    reason: Annotated[Sealed, Personal("client_id", SealClass.SENSITIVE)]


FieldFact = (
    VisitCheckedIn | VisitCheckedOut | VisitServicePerformed | VisitServiceDeclined | VisitNotPerformed | VisitNoteAdded
)
"""What a phone may say about a visit."""

VisitEvent = (
    VisitPlanned
    | VisitRescheduled
    | VisitCancelled
    | VisitWorkerAssigned
    | VisitWorkerUnassigned
    | VisitCheckedIn
    | VisitCheckedOut
    | VisitServicePerformed
    | VisitServiceDeclined
    | VisitNotPerformed
    | VisitNoteAdded
    | VisitAttendanceCorrected
    | VisitServicesCorrected
    | VisitApproved
    | VisitApprovalWithdrawn
    | VisitExcessApproved
    | VisitExtraVisitApproved
)
