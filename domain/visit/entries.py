"""What a visit remembers of its registrations: small frozen entries in log order, cheap to store beside a read model."""

from datetime import datetime, timedelta

import msgspec

from domain.ids import ClientId, DeviceId, FactId, ServiceCode, WorkerId
from domain.values import (
    ApprovalRole,
    CancelledBy,
    ClockReading,
    NotPerformedReason,
    Place,
    PlannedService,
    Source,
    VisitKind,
)
from domain.visit.events import AttendanceValues, ServiceValues

ONE_SECOND = timedelta(seconds=1)


class Plan(msgspec.Struct, frozen=True, array_like=True):
    """The visit as the provider intends it now."""

    client_ids: tuple[ClientId, ...]
    starts_at: datetime
    ends_at: datetime
    services: tuple[PlannedService, ...]
    unit_id: str
    kind: VisitKind
    workers_needed: int


class Cancellation(msgspec.Struct, frozen=True, array_like=True):
    """That the visit is not to happen, by whose wish, and since when that was known."""

    cancelled_by: CancelledBy
    notice_given_at: datetime


class Registration(msgspec.Struct, frozen=True, kw_only=True, array_like=True):
    """A fact from the field, as it stands in this visit. `recorded_at` and `position` say when the ledger learned of it."""

    position: int
    recorded_at: datetime | None
    fact_id: FactId
    worker_id: WorkerId
    at: datetime
    source: Source
    device_id: DeviceId = DeviceId("")
    clock: ClockReading | None = None
    app_newer: bool = False

    @property
    def delay_s(self) -> int:
        """How long after it happened the ledger learned of it."""
        if self.recorded_at is None or self.recorded_at <= self.at:
            return 0
        return (self.recorded_at - self.at) // ONE_SECOND


class Arrival(Registration, frozen=True, kw_only=True, array_like=True, tag="arrival"):
    """One end of an attendance."""

    client_ids: tuple[ClientId, ...] = ()
    visit_kind: VisitKind | None = None
    place: Place = Place()
    tag_id: str = ""
    km_from_previous: int | None = None
    previous_fact_id: FactId | None = None


class Departure(Registration, frozen=True, kw_only=True, array_like=True, tag="departure"):
    """The other end."""

    arrival_fact_id: FactId | None = None
    place: Place = Place()
    tag_id: str = ""


class ServiceOutcome(Registration, frozen=True, kw_only=True, array_like=True, tag="service"):
    """One service, performed or declined."""

    service_code: ServiceCode
    client_id: ClientId | None = None
    performed: bool = True
    minutes: int | None = None


class Failure(Registration, frozen=True, kw_only=True, array_like=True, tag="failure"):
    """Nothing was done, and why."""

    reason: NotPerformedReason
    client_ids: tuple[ClientId, ...] = ()


class AttendanceFix(msgspec.Struct, frozen=True, array_like=True, tag="attendance_fix"):
    """A correction of one attendance: `becomes` is the whole of what is believed after it."""

    position: int
    recorded_at: datetime | None
    fix_id: FactId
    arrival_fact_id: FactId | None
    departure_fact_id: FactId | None
    becomes: AttendanceValues
    actor: str


class ServiceFix(msgspec.Struct, frozen=True, array_like=True, tag="service_fix"):
    """A correction of one service outcome."""

    position: int
    recorded_at: datetime | None
    service_fact_id: FactId
    becomes: ServiceValues
    actor: str


Entry = Arrival | Departure | ServiceOutcome | Failure | AttendanceFix | ServiceFix


class Approval(msgspec.Struct, frozen=True, array_like=True):
    """An approval, for what was known at `position` and came to `minutes`."""

    role: ApprovalRole
    position: int
    minutes: int
    actor: str
    stored_at: int
    """The log position of the approval itself."""


class Excess(msgspec.Struct, frozen=True, array_like=True):
    """Minutes beyond a client's order, or (`is_extra`) without one, that a care manager lets be paid."""

    client_id: ClientId
    is_extra: bool
    minutes: int
    actor: str
