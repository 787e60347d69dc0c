"""Who there is in the demo municipality: clients with their orders, workers with their phones."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from api.demo.ordered import DemoOrder
from api.demo.places import Home
from api.demo.scope import Scope
from api.demo.stories import Loan, NeedStory, Stay
from api.demo.units import DemoProvider, DemoUnit
from domain.ids import ClientId, DeviceId, HouseholdId, UnitId, WorkerId
from domain.worker.values import LicensedTitle


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
    needs: tuple[NeedStory, ...]
    stays: tuple[Stay, ...]
    loans: tuple[Loan, ...]
    spare_devices: Mapping[UnitId, DeviceId]
    """The phone in each group's drawer."""
