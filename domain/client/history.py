"""What is remembered of a client, evolved from its events. No sealed field is among it."""

from datetime import date
from typing import assert_never

import msgspec

from domain.absence import Away, returned
from domain.client.events import (
    ClientAbsent,
    ClientCareContactDesignated,
    ClientDetails,
    ClientDetailsChanged,
    ClientEvent,
    ClientHouseholdJoined,
    ClientHouseholdLeft,
    ClientProtectedIdentityMarked,
    ClientRegistered,
    ClientReturned,
    ClientStaffNamed,
    ClientStaffRemoved,
    ClientTagAssigned,
    ClientTagRetired,
    ClientUnitChanged,
)
from domain.client.protection import Protection
from domain.client.values import AreaType, Dwelling, ProtectionLevel
from domain.ids import UnitId, WorkerId
from domain.membership import Belonging, joined, left
from domain.timeline import Since, stand_from


class Codes(msgspec.Struct, frozen=True, array_like=True):
    """The plain codes that rules may know."""

    birth_year: int | None = None
    turns_65_on: date | None = None
    area_type: AreaType | None = None
    dwelling: Dwelling | None = None

    def with_details(self, details: ClientDetails) -> "Codes":
        """The codes after some details were stated; what is not stated stays."""
        return Codes(
            details.birth_year or self.birth_year,
            details.turns_65_on or self.turns_65_on,
            details.area_type or self.area_type,
            details.dwelling or self.dwelling,
        )


class ClientHistory(msgspec.Struct, array_like=True):
    """What is remembered of a client: small enough to store whole beside a read model."""

    registered_on: date | None = None
    codes: Codes = Codes()
    units: tuple[Since[UnitId], ...] = ()
    households: tuple[Belonging, ...] = ()
    care_contacts: tuple[Since[WorkerId], ...] = ()
    absences: tuple[Away, ...] = ()
    protection: ProtectionLevel = ProtectionLevel.NONE
    """No longer written: see `protected`. It keeps the place of what was stored."""
    tags: tuple[Belonging, ...] = ()
    protected: Protection = Protection()


def evolve(history: ClientHistory, event: ClientEvent) -> None:
    """Take one event into the history. Never refuses: it already happened."""
    match event:
        case ClientRegistered(registered_on=registered_on, unit_id=unit_id):
            history.registered_on = registered_on
            history.codes = history.codes.with_details(event)
            history.units = stand_from(history.units, registered_on, unit_id)
        case ClientDetailsChanged():
            history.codes = history.codes.with_details(event)
        case ClientUnitChanged(from_on=from_on, unit_id=unit_id):
            history.units = stand_from(history.units, from_on, unit_id)
        case ClientHouseholdJoined(household_id=household_id, from_on=from_on):
            history.households = joined(history.households, household_id, from_on)
        case ClientHouseholdLeft(household_id=household_id, on=on):
            history.households = left(history.households, household_id, on)
        case ClientCareContactDesignated(from_on=from_on, worker_id=worker_id):
            history.care_contacts = stand_from(history.care_contacts, from_on, worker_id)
        case ClientAbsent():
            history.absences = (*history.absences, Away(event.kind, event.from_at, event.until_at))
        case ClientReturned(at=at):
            history.absences = returned(history.absences, at)
        case ClientTagAssigned(tag_id=tag_id, from_on=from_on):
            history.tags = joined(history.tags, tag_id, from_on)
        case ClientTagRetired(tag_id=tag_id, on=on):
            history.tags = left(history.tags, tag_id, on)
        case ClientProtectedIdentityMarked() | ClientStaffNamed() | ClientStaffRemoved():
            history.protected = history.protected.after(event)
        case _:
            assert_never(event)
