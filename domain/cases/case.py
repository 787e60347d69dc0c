"""A case: what was ordered, planned and registered, with times by the clock on the wall, and what a rulebook must make of it.

Written by the people who decide the rules, so that they can see a rule at work before it is adopted. Names stand for
people and visits; everything that is left out is as plain as can be.
"""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

import msgspec

from domain.client.values import AreaType, ClientAbsenceKind, Dwelling
from domain.order.values import Extent, LegalBasis, MinuteControl, NeedDirection
from domain.organisation.values import ServiceCategory
from domain.rulebook.policies import PolicyChanges
from domain.values import ApprovalRole, CalendarPeriod, CancelledBy, NotPerformedReason, Source, VisitKind
from domain.worker.values import LicensedTitle, WorkerAbsenceKind

PROVIDER = "ours"
"""The provider of an order that names none; in-house."""


class Written(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """A part of a case; one that has a field too many is refused, not read past."""


class ServiceGiven(Written, frozen=True, kw_only=True):
    """What a service code means."""

    category: ServiceCategory = ServiceCategory.PERSONAL_CARE
    standard_minutes: int | None = None
    legal_basis: LegalBasis | None = None


class ClientGiven(Written, frozen=True, kw_only=True):
    """A client with the plain codes that rules may know. Who names the same `household` lives together."""

    born: date = date(1938, 5, 1)
    area: AreaType | None = None
    dwelling: Dwelling | None = None
    household: str = ""
    since: date = date(2000, 1, 1)
    contact: str = ""
    """The worker who is the designated care contact."""


class AwayGiven(Written, frozen=True, kw_only=True):
    """A client is away, from up to local times `2024-04-02 08:00`; without end while none is known."""

    start: str = msgspec.field(name="from")
    until: str = ""
    kind: ClientAbsenceKind


class StaffAbsenceGiven(Written, frozen=True, kw_only=True):
    """A worker is away, likewise."""

    start: str = msgspec.field(name="from")
    until: str = ""
    kind: WorkerAbsenceKind = WorkerAbsenceKind.UNPLANNED


class WorkerGiven(Written, frozen=True, kw_only=True):
    """A worker; what they may do by delegation or licence."""

    delegated: tuple[str, ...] = ()
    """Service codes."""
    title: LicensedTitle | None = None
    unit: str = ""
    away: tuple[StaffAbsenceGiven, ...] = ()


class LineGiven(Written, frozen=True, kw_only=True):
    """One service of an order."""

    service: str
    often: str = "daily"
    """`3/day`, `1/2weeks`, `mon,thu`, `as_needed`..."""
    granted: int | None = None
    minutes: int | None = None
    """Ordered, for one occasion; None: as the rulebook's or the catalogue's standard time says."""
    extent: Extent = Extent.UNSTATED
    window: str = ""


class FrameGiven(Written, frozen=True, kw_only=True):
    """One pot of minutes in place of minutes for each service."""

    minutes: int
    period: CalendarPeriod = CalendarPeriod.MONTH


class ChangeGiven(Written, frozen=True, kw_only=True):
    """All lines of an order, as they are from a day on."""

    start: date = msgspec.field(name="from")
    lines: tuple[LineGiven, ...]


class NeedGiven(Written, frozen=True, kw_only=True):
    """The provider says that the need has changed."""

    direction: NeedDirection
    day: date
    service: str | None = None


class OrderGiven(Written, frozen=True, kw_only=True):
    """An order of the municipality."""

    client: str
    provider: str = PROVIDER
    basis: LegalBasis = LegalBasis.SOL
    control: MinuteControl = MinuteControl.FLEXIBLE
    start: date = msgspec.field(name="from", default=date(2000, 1, 1))
    until: date | None = None
    lines: tuple[LineGiven, ...]
    frame: FrameGiven | None = None
    changes: tuple[ChangeGiven, ...] = ()
    needs: tuple[NeedGiven, ...] = ()


class DoneGiven(Written, frozen=True, kw_only=True):
    """One service of a visit, where more is to be said of it than its code."""

    service: str
    client: str = ""
    minutes: int | None = None
    """Where the worker registers time for each service."""
    worker: str = ""


class CorrectionGiven(Written, frozen=True, kw_only=True):
    """The office changed a worker's attendance by hand, to these hours; empty hours: it never took place."""

    worker: str
    hours: str = ""


class VisitGiven(Written, frozen=True, kw_only=True):
    """A visit. Hours are local, `09:00-09:40`, with seconds where they matter; over midnight where they end before they begin,
    `09:00-` without an end. `02:30+1-02:45+1` is the second time that the wall says so, in the night when the clocks go back.
    """

    name: str = ""
    day: date
    until: date | None = None
    """The same again on each day, to this one."""
    client: str = ""
    clients: tuple[str, ...] = ()
    kind: VisitKind = VisitKind.PLANNED
    unit: str = ""
    planned: str = ""
    workers: tuple[str, ...] = ()
    """Who is assigned; as who came, where nobody is named."""
    workers_needed: int = 1
    plan: Mapping[str, int] = {}
    """Planned minutes by service."""
    cancelled: CancelledBy | None = None
    cancelled_at: str = ""
    """When notice was given, `2024-04-01 15:00`."""
    by: Mapping[str, str] = {}
    """Who came, and from when to when."""
    kinds: Mapping[str, VisitKind] = {}
    """What a worker registered the visit as, where it is not the plan's."""
    source: Source = Source.PRESENCE_RECEIPT
    done: tuple[str | DoneGiven, ...] = ()
    declined: tuple[str | DoneGiven, ...] = ()
    failed: NotPerformedReason | None = None
    corrected: tuple[CorrectionGiven, ...] = ()
    approved: bool | tuple[ApprovalRole, ...] = True
    excess_approved: int = 0
    """Minutes that the care manager approved beyond the first client's order."""
    extra_approved: int = 0
    """Minutes that the care manager approved without an order."""
    learned: str = ""
    """When the ledger learned of it, where that matters: `2024-05-07 10:00`."""


class ShiftGiven(Written, frozen=True, kw_only=True):
    """A worker's shift, with the minutes paid for it."""

    worker: str
    day: date
    hours: str
    paid: int


class Given(Written, frozen=True, kw_only=True):
    """Everything that a case takes for given."""

    services: Mapping[str, ServiceCategory | ServiceGiven] = {}
    private_providers: tuple[str, ...] = ()
    units: Mapping[str, str] = {}
    """Unit -> provider. Without any, one unit of our own."""
    clients: Mapping[str, ClientGiven] = {}
    workers: Mapping[str, WorkerGiven] = {}
    orders: tuple[OrderGiven, ...] = ()
    absences: Mapping[str, tuple[AwayGiven, ...]] = {}
    """By client."""
    visits: tuple[VisitGiven, ...] = ()
    shifts: tuple[ShiftGiven, ...] = ()


class Expected(Written, frozen=True, kw_only=True):
    """What must come of it, in the month of the case. What is left out is not looked at.

    Minutes and amounts are by client, summed over all services; `amount` is in kronor to the öre.
    """

    performed: Mapping[str, int] | None = None
    """The client's minutes, by the policy on double staffing."""
    staff: Mapping[str, int] | None = None
    """The sum of the workers' minutes."""
    by_service: Mapping[str, int] | None = None
    """Performed minutes by service code; `none` where no service was given."""
    ordered: Mapping[str, int] | None = None
    reimbursed: Mapping[str, int] | None = None
    amount: Mapping[str, Decimal] | None = None
    fee: Mapping[str, Decimal] | None = None
    deviation: Mapping[str, int] | None = None
    deviation_by_service: Mapping[str, int] | None = None
    """Only of services that the order binds strictly: the others even out."""
    causes: Mapping[str, int] | None = None
    """Minutes of the deviation by cause, over all clients."""
    exceptions: tuple[str, ...] | None = None
    """Every code that is found at the case's `at`."""
    withheld: Mapping[str, int] | None = None
    """How many pay lines are held back, by reason."""
    workers_met: Mapping[str, int] | None = None
    """Different workers in the continuity period that begins with the month."""
    closes: str | None = None
    """When the month closes, local time: `2024-05-06 08:00`."""


class Case(Written, frozen=True, kw_only=True):
    """One case."""

    case: str
    """What it shows, in a sentence."""
    rule: str = ""
    """The row of the table of rules that it proves."""
    source: str = ""
    but: PolicyChanges | None = None
    """Policies that are otherwise than the rulebook's, in this case only: a rule can be tried before it is written."""
    hangs_on: PolicyChanges | None = None
    """Policies at other values that they may have: with them the case must fail, or it proves nothing."""
    month: str
    at: str = ""
    """The hour that questions of lateness are asked at; empty: long after."""
    given: Given = Given()
    expect: Expected


class CaseFile(Written, frozen=True, kw_only=True):
    """Cases for one rulebook: a shipped one by name, or a file beside this one."""

    rulebook: str
    cases: tuple[Case, ...]
