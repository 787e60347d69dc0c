"""Who there is in the demo municipality: units, clients with their orders, workers with their phones."""

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from api.demo.places import Home, Village
from api.demo.scope import Scope
from domain.client.values import ClientAbsenceKind
from domain.ids import ClientId, DeviceId, HouseholdId, OrderId, ProviderId, UnitId, WorkerId
from domain.order.events import ServiceLine
from domain.order.values import LegalBasis, NeedDirection
from domain.worker.values import LicensedTitle


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoProvider:
    """Who performs home care."""

    provider_id: ProviderId
    name: str
    in_house: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoUnit:
    """A home-care group, its villages, and how the office signs for it."""

    unit_id: UnitId
    name: str
    word: str
    """Its name in the names of others: `bracke`."""
    provider_id: ProviderId
    villages: tuple[Village, ...]
    weight: float
    """Its share of the visits."""

    @property
    def coordinator(self) -> str:
        """Who plans and corrects."""
        return f"coordinator/samordnare-{self.word}"

    @property
    def manager(self) -> str:
        """Who approves what the coordinator has corrected."""
        return f"unit_manager/enhetschef-{self.word}"


class Slot(StrEnum):
    """The part of the day that a line is for, as the order's window says it."""

    MORNING = "07:00-10:30"
    MIDDAY = "11:00-13:30"
    DAY = "09:00-15:30"
    AFTERNOON = "14:30-16:30"
    EVENING = "16:30-21:30"
    NIGHT = "22:00-06:00"
    NEVER = ""
    """Nothing can be planned: an alarm."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderRevision:
    """The order's lines from a day on, as decided later."""

    decided_at: datetime
    effective_from: date
    lines: tuple[ServiceLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoOrder:
    """What a client is granted under one law."""

    order_id: OrderId
    legal_basis: LegalBasis
    starts_on: date
    lines: tuple[ServiceLine, ...]

    def lines_on(self, day: date, revision: OrderRevision | None, known_at: datetime) -> tuple[ServiceLine, ...]:
        """The lines that hold on a day, as the planner knows them at `known_at`."""
        if revision and revision.decided_at <= known_at and revision.effective_from <= day:
            return revision.lines
        return self.lines


class ClientKind(StrEnum):
    """What a person's decision holds, as the comparisons between municipalities tell it (rules.md 11 [S:RKA])."""

    CARE = "care"
    """65 or older, and more than the four services that are left out."""
    YOUNGER = "younger"
    """Home care before 65."""
    ALARM_ONLY = "alarm_only"
    MEALS_ONLY = "meals_only"
    RELIEF_ONLY = "relief_only"
    COMPANION_ONLY = "companion_only"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class DemoClient:
    """A client with everything that is decided for them. It has no text form, so that no log shows it."""

    client_id: ClientId
    kind: ClientKind
    unit: DemoUnit
    name: str
    personnummer: str
    telephone: str
    born_on: date
    home: Home
    visits_a_day: int
    """0 for those with service alone."""
    workers_needed: int
    pace: float
    """How long the client's visits take, seen from what is planned."""
    household_id: HouseholdId | None = None
    registered_on: date
    orders: tuple[DemoOrder, ...] = ()

    @property
    def sol_order(self) -> DemoOrder:
        """The home-care order."""
        return self.orders[0]


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class DemoWorker:
    """A care worker with a phone of their own. It has no text form."""

    worker_id: WorkerId
    unit: DemoUnit
    name: str
    employee_number: str
    titles: tuple[LicensedTitle, ...]
    is_night: bool
    number: int
    """Counted within unit and day or night: decides the rota."""
    device_id: DeviceId
    registered_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedStory:
    """A client whose need has changed, while the order lags behind."""

    client_id: ClientId
    direction: NeedDirection
    noticed_on: date
    reported_at: datetime | None
    """None: nobody told the care manager."""
    pace: float
    """How long visits take, seen from the old order, since the need changed."""
    revision: OrderRevision | None
    """None: the order is unchanged at the month's end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stay:
    """A client away from home: from `from_at`, which the office learns of at `known_at`, until `until_at`."""

    client_id: ClientId
    kind: ClientAbsenceKind
    from_at: datetime
    known_at: datetime
    until_at: datetime

    def covers(self, at: datetime) -> bool:
        """Whether the client is away at that instant."""
        return self.from_at <= at < self.until_at


@dataclass(frozen=True, slots=True, kw_only=True)
class Loan:
    """A worker lent to another unit, for one shift a day, up to, not including, `until_on`."""

    worker_id: WorkerId
    unit: DemoUnit
    from_on: date
    until_on: date


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Municipality:
    """All of it, before anything has happened."""

    scope: Scope
    providers: tuple[DemoProvider, ...]
    units: tuple[DemoUnit, ...]
    clients: tuple[DemoClient, ...]
    workers: tuple[DemoWorker, ...]
    nurse: DemoWorker
    """Who delegates health tasks, and visits nobody."""
    needs: tuple[NeedStory, ...] = ()
    stays: tuple[Stay, ...] = ()
    loans: tuple[Loan, ...] = ()
    spare_devices: dict[UnitId, DeviceId] = field(default_factory=dict)
