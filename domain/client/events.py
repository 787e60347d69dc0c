"""Every fact about a client, on one screen: our contract with the past.

What says who the client is stands sealed; what rules need of it is derived when the fact is accepted and stands beside it
as a plain code (architecture 10).
"""

from datetime import date, datetime
from typing import Annotated

from domain.client.values import AreaType, ClientAbsenceKind, Dwelling, ProtectionLevel
from domain.event import DomainEvent, Personal
from domain.ids import HouseholdId, UnitId, WorkerId
from domain.ports import SealClass, Sealed

Identity = Annotated[Sealed | None, Personal("subject", SealClass.IDENTITY)]


class ClientDetails(DomainEvent, frozen=True, kw_only=True):
    """Who the client is. None: not stated, or not changed."""

    name: Identity = None
    personnummer: Identity = None
    address: Identity = None
    telephone: Identity = None
    home_position: Identity = None
    """Latitude and longitude in degrees: `62.75,15.42`."""
    birth_year: int | None = None
    turns_65_on: date | None = None
    area_type: AreaType | None = None
    dwelling: Dwelling | None = None
    other_identifier: Identity = None
    """A reserve number, a T-number, what a newborn without a number is called: as written, and beside a personnummer once
    there is one."""


class ClientRegistered(ClientDetails, frozen=True, kw_only=True):
    """The client is in the ledger, and a unit is responsible from the day of registration."""

    TOPIC = "client.registered"
    unit_id: UnitId
    registered_on: date


class ClientDetailsChanged(ClientDetails, frozen=True, kw_only=True):
    """Some details are others than the ledger said."""

    TOPIC = "client.details_changed"


class ClientUnitChanged(DomainEvent, frozen=True, kw_only=True):
    """Another unit is responsible from a day on, also over changes recorded earlier for later days."""

    TOPIC = "client.unit_changed"
    unit_id: UnitId
    from_on: date


class ClientHouseholdJoined(DomainEvent, frozen=True, kw_only=True):
    """The client shares a home, and so visits, with the others of the household."""

    TOPIC = "client.household_joined"
    household_id: HouseholdId
    from_on: date


class ClientHouseholdLeft(DomainEvent, frozen=True, kw_only=True):
    """The client no longer shares it, from a day on."""

    TOPIC = "client.household_left"
    household_id: HouseholdId
    on: date


class ClientCareContactDesignated(DomainEvent, frozen=True, kw_only=True):
    """A worker is the client's designated care contact from a day on, in place of any other (rules.md 11)."""

    TOPIC = "client.care_contact_designated"
    worker_id: WorkerId
    from_on: date


class ClientAbsent(DomainEvent, frozen=True, kw_only=True):
    """The client is away. `until_at` when the return is known already."""

    TOPIC = "client.absent"
    kind: ClientAbsenceKind
    from_at: datetime
    until_at: datetime | None = None


class ClientReturned(DomainEvent, frozen=True, kw_only=True):
    """The client is back."""

    TOPIC = "client.returned"
    at: datetime


class ClientTagAssigned(DomainEvent, frozen=True, kw_only=True):
    """A tag hangs at the client's home from a day on: who reads it was there. A household's door has one for all."""

    TOPIC = "client.tag_assigned"
    tag_id: str
    from_on: date


class ClientTagRetired(DomainEvent, frozen=True, kw_only=True):
    """The tag proves nothing any more, from a day on: lost, broken or taken down."""

    TOPIC = "client.tag_retired"
    tag_id: str
    on: date


class ClientProtectedIdentityMarked(DomainEvent, frozen=True, kw_only=True):
    """The client's identity is protected; level `none` lifts it."""

    TOPIC = "client.protected_identity_marked"
    level: ProtectionLevel
    from_on: date | None = None
    """None: always, as of marks that were made before days were said."""
    named: tuple[str, ...] = ()
    """Staff who may see the client meanwhile, as tokens write their subject; beside those named before."""


class ClientStaffNamed(DomainEvent, frozen=True, kw_only=True):
    """Some staff, as tokens write their subject, may see the client also while the identity is protected."""

    TOPIC = "client.staff_named"
    subjects: tuple[str, ...]


class ClientStaffRemoved(DomainEvent, frozen=True, kw_only=True):
    """Some staff no longer may."""

    TOPIC = "client.staff_removed"
    subjects: tuple[str, ...]


ClientEvent = (
    ClientRegistered
    | ClientDetailsChanged
    | ClientUnitChanged
    | ClientHouseholdJoined
    | ClientHouseholdLeft
    | ClientCareContactDesignated
    | ClientAbsent
    | ClientReturned
    | ClientTagAssigned
    | ClientTagRetired
    | ClientProtectedIdentityMarked
    | ClientStaffNamed
    | ClientStaffRemoved
)
