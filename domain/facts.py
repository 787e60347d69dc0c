"""The facts every report is computed from: flat, frozen, and each with the identity it keeps while beliefs about it change.

Projections store them with the log positions between which the ledger believed them; pure functions take them and never
ask where they came from. All instants are aware and UTC; `_minutes` are whole minutes.
"""

from datetime import date, datetime
from typing import ClassVar

import msgspec

from domain.ids import (
    ClientId,
    DeviceId,
    FactId,
    HouseholdId,
    OrderId,
    ProviderId,
    ServiceCode,
    UnitId,
    VisitId,
    WorkerId,
)
from domain.kept import Kept
from domain.values import ApprovalRole, CancelledBy, NotPerformedReason, PlaceCode, PlannedService, Source, VisitKind


class Fact(msgspec.Struct, frozen=True, gc=False):
    """Something believed for a while. `KEY` names the fields that say which fact it is.

    Fields are always named, but in tables: rows are read back by place, in the order of the fields, which takes a fifth of
    the time. No fact is part of a cycle.
    """

    KEY: ClassVar[tuple[str, ...]]


class PlannedVisit(Fact, frozen=True):
    """What the provider intends. `worker_ids` are those assigned now; a cancelled plan stays, with its notice."""

    KEY = ("visit_id",)
    visit_id: VisitId
    client_ids: tuple[ClientId, ...]
    unit_id: UnitId
    kind: VisitKind
    starts_at: datetime
    ends_at: datetime
    services: tuple[PlannedService, ...] = ()
    workers_needed: int = 1
    worker_ids: tuple[WorkerId, ...] = ()
    cancelled_by: CancelledBy | None = None
    notice_given_at: datetime | None = None


class Attendance(Fact, frozen=True):
    """One worker's stay, arrival to departure, with corrections applied. An end that is missing is None.

    `delay_s` is how long after the fact the ledger learned of it (the later end), in seconds. `offset_ms` and `jump_ms`
    are the device clock's worst error over both ends.
    """

    KEY = ("visit_id", "attendance_id")
    visit_id: VisitId
    attendance_id: FactId
    worker_id: WorkerId
    client_ids: tuple[ClientId, ...]
    unit_id: UnitId
    kind: VisitKind
    arrived_at: datetime | None
    departed_at: datetime | None
    arrival_fact_id: FactId | None = None
    departure_fact_id: FactId | None = None
    arrival_source: Source | None = None
    departure_source: Source | None = None
    device_id: DeviceId = DeviceId("")
    corrected: bool = False
    delay_s: int = 0
    offset_ms: int = 0
    jump_ms: int = 0
    uncertain: bool = False
    implausible: bool = False
    app_newer: bool = False
    arrival_place: PlaceCode = PlaceCode.ABSENT
    departure_place: PlaceCode = PlaceCode.ABSENT
    outside_m: int = 0
    arrival_tag_id: str = ""
    departure_tag_id: str = ""
    """The tags that were read at the home; empty where none was."""
    km_from_previous: int | None = None
    """How far the arrival was from where the worker's phone was at `previous_fact_id`; None where that is not known."""
    previous_fact_id: FactId | None = None
    position: int = 0
    """Where in the log what is believed of it was last said: by a registration, or by a correction."""

    @property
    def starts_at(self) -> datetime:
        """The end that is known, arrival first: where the attendance stands in time."""
        at = self.arrived_at or self.departed_at
        assert at is not None, "an attendance has at least one end"
        return at


class ServiceRegistered(Fact, frozen=True):
    """One service outcome of a visit: performed or declined."""

    KEY = ("visit_id", "fact_id")
    visit_id: VisitId
    fact_id: FactId
    worker_id: WorkerId
    client_id: ClientId | None
    service_code: ServiceCode
    performed: bool
    minutes: int | None
    at: datetime
    source: Source
    corrected: bool = False


class VisitFailed(Fact, frozen=True):
    """Nothing was done, and why."""

    KEY = ("visit_id", "fact_id")
    visit_id: VisitId
    fact_id: FactId
    worker_id: WorkerId
    client_ids: tuple[ClientId, ...]
    reason: NotPerformedReason
    at: datetime


class ApprovalGiven(Fact, frozen=True):
    """One of the two approvals. `stands` is False once what it covered has changed (APPROVAL_LAPSED)."""

    KEY = ("visit_id", "role")
    visit_id: VisitId
    role: ApprovalRole
    actor: str
    position: int
    minutes: int
    stands: bool


class ExcessApproved(Fact, frozen=True):
    """Time beyond a client's order that the care manager lets be paid, in minutes. `is_extra`: of what no order names."""

    KEY = ("visit_id", "client_id", "is_extra")
    visit_id: VisitId
    client_id: ClientId
    is_extra: bool
    minutes: int
    actor: str


class OrderLine(Fact, frozen=True):
    """One service of an order over the days it holds: from `starts_on` up to, not including, `ends_on` (None: until further
    notice). Minutes are for one occasion; None where the order states none. `frequency` is the wording of
    `domain.frequency` and expands to real dates."""

    KEY = ("order_id", "line_id", "starts_on")
    order_id: OrderId
    line_id: str
    client_id: ClientId
    provider_id: ProviderId
    service_code: ServiceCode
    legal_basis: str
    minute_control: str
    granted_minutes: int | None
    ordered_minutes: int | None
    frequency: str
    starts_on: date
    ends_on: date | None
    ordered_on: date
    """The day the order began: the oldest order of a household takes an odd minute."""
    anchor_on: date | None = None
    """The day the frequency is counted from, unmoved by a suspension or a new provider. None: `starts_on`."""
    extent: str = ""
    """`supporting` or `all`; empty where the order does not say."""
    window: str = ""
    """Local time of day, `07:00-10:00`; over midnight when it ends before it begins. Empty: any time."""


class NeedChange(Fact, frozen=True):
    """The provider says that a client's need has changed: how long the order lags behind can be measured."""

    KEY = ("order_id", "fact_id")
    order_id: OrderId
    fact_id: str
    client_id: ClientId
    direction: str
    """`decreased` or `increased`."""
    noticed_on: date
    service_code: ServiceCode | None = None
    """None: the need as a whole."""
    answered_from_on: date | None = None
    """From which day the order was changed or ended after the report; None: not yet."""


class Absence(Fact, frozen=True):
    """A client or worker is away from `from_at` until `until_at` (None: not returned)."""

    KEY = ("person_kind", "person_id", "from_at")
    person_kind: str
    """`client` or `worker`."""
    person_id: str
    kind: str
    from_at: datetime
    until_at: datetime | None


class Membership(Fact, frozen=True):
    """A client or worker belongs to a unit, a worker is lent to one, a client lives in a household: from a day, up to a day.

    `kind` is `client_unit`, `worker_unit`, `lent` or `household`.
    """

    KEY = ("kind", "person_id", "group_id", "from_on")
    kind: str
    person_id: str
    group_id: UnitId | HouseholdId
    from_on: date
    until_on: date | None


class Shift(Fact, frozen=True):
    """A worker's shift: scheduled, and as started and ended. `paid_minutes` when the end was registered."""

    KEY = ("worker_id", "shift_id")
    worker_id: WorkerId
    shift_id: str
    unit_id: UnitId
    scheduled_start_at: datetime | None
    scheduled_end_at: datetime | None
    started_at: datetime | None
    ended_at: datetime | None
    break_minutes: int = 0
    paid_minutes: int | None = None
    closed_through_seq: int | None = None


class IndirectTime(Fact, frozen=True):
    """A worker's time that is not at a client: travel, documentation, meetings. Never performed time (rules.md 2)."""

    KEY = ("worker_id", "fact_id")
    worker_id: WorkerId
    fact_id: str
    kind: str
    starts_at: datetime
    minutes: int


class Person(Fact, frozen=True):
    """That a client or worker is in the ledger, with the plain codes that rules may know."""

    KEY = ("kind", "person_id")
    kind: str
    """`client` or `worker`."""
    person_id: str
    birth_year: int | None = None
    turns_65_on: date | None = None
    area_type: str = ""
    dwelling: str = ""
    registered_on: date | None = None


class VisitFacts(msgspec.Struct, frozen=True, dict=True):
    """All that is believed of one visit: what the calculations take. Fields are named, but where whole months are read."""

    visit_id: VisitId
    planned: PlannedVisit | None = None
    attendances: tuple[Attendance, ...] = ()
    services: tuple[ServiceRegistered, ...] = ()
    failures: tuple[VisitFailed, ...] = ()
    approvals: tuple[ApprovalGiven, ...] = ()
    excess: tuple[ExcessApproved, ...] = ()

    @Kept
    def is_all_done(self) -> bool:
        """Whether no service was declined and nothing failed: of what was registered all was done."""
        return not self.failures and all(service.performed for service in self.services)

    @Kept
    def approved_by(self) -> frozenset[ApprovalRole]:
        """Whose approval stands."""
        return frozenset([approval.role for approval in self.approvals if approval.stands])

    @Kept
    def stands_at(self) -> datetime | None:
        """Where the visit stands in time: when somebody first came, else as planned, else when it was heard of first.

        None where nothing says when.
        """
        arrived = [stay.starts_at for stay in self.attendances]
        if arrived:
            return min(arrived)
        if self.planned is not None:
            return self.planned.starts_at
        told = [failure.at for failure in self.failures] + [service.at for service in self.services]
        return min(told, default=None)
