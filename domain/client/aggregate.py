"""Client: the person who receives care. Only the office says anything here, so everything is guarded."""

from datetime import date, datetime

from domain.absence import Away, check_leaving, check_return
from domain.aggregate import Aggregate
from domain.client import errors
from domain.client.details import Details
from domain.client.events import (
    ClientAbsent,
    ClientCareContactDesignated,
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
from domain.client.history import ClientHistory, evolve
from domain.client.protection import ALWAYS
from domain.client.values import ClientAbsenceKind, ProtectionLevel
from domain.ids import HouseholdId, UnitId, WorkerId
from domain.membership import belongs_on, belongs_without_end
from domain.timeline import DaySpan, stands_already


class Client(Aggregate[ClientEvent]):
    """Decides what may be added to the history of one client."""

    KIND = "client"
    history: ClientHistory

    def start(self) -> None:
        """Nothing is known of the client yet."""
        self.history = ClientHistory()

    def register(self, *, unit_id: UnitId, registered_on: date, details: Details) -> None:
        """Take the client into the ledger, in the care of a unit from that day on."""
        if self.history.registered_on is not None:
            raise errors.ClientAlreadyRegisteredError
        self.record(ClientRegistered, unit_id=unit_id, registered_on=registered_on, **details.stated())

    def change_details(self, *, details: Details) -> None:
        """State some details anew. Those not stated stay; whether they are others than before is sealed even to us."""
        self._require_registered()
        stated = details.stated()
        if not stated:
            raise errors.DetailsMissingError
        self.record(ClientDetailsChanged, **stated)

    def change_unit(self, *, unit_id: UnitId, from_on: date) -> None:
        """Let another unit be responsible from a day on."""
        self._require_registered_by(from_on)
        if stands_already(self.history.units, from_on, unit_id):
            raise errors.UnitUnchangedError
        self.record(ClientUnitChanged, unit_id=unit_id, from_on=from_on)

    def join_household(self, *, household_id: HouseholdId, from_on: date) -> None:
        """Let the client share a home with the others of the household."""
        self._require_registered()
        if any(lived.days.overlaps(DaySpan(from_on)) for lived in self.history.households):
            raise errors.HouseholdTakenError
        self.record(ClientHouseholdJoined, household_id=household_id, from_on=from_on)

    def leave_household(self, *, household_id: HouseholdId, on: date) -> None:
        """Let the client no longer share it from a day on, or from an earlier one than was said; on the day of joining, it
        never was shared."""
        self._require_registered()
        if not belongs_on(self.history.households, household_id, on):
            is_later = belongs_without_end(self.history.households, household_id)
            raise errors.HouseholdBackwardsError if is_later else errors.NotInHouseholdError
        self.record(ClientHouseholdLeft, household_id=household_id, on=on)

    def designate_care_contact(self, *, worker_id: WorkerId, from_on: date) -> None:
        """Name the worker who is the client's care contact. Whether the worker's title allows it is the use case's
        question, since titles stand in the worker's stream."""
        self._require_registered()
        if stands_already(self.history.care_contacts, from_on, worker_id):
            raise errors.CareContactUnchangedError
        self.record(ClientCareContactDesignated, worker_id=worker_id, from_on=from_on)

    def record_absence(self, *, kind: ClientAbsenceKind, from_at: datetime, until_at: datetime | None = None) -> None:
        """Record that the client is away, until a return that is known already or recorded later."""
        self._require_registered()
        check_leaving(self.history.absences, Away(kind, from_at, until_at))
        self.record(ClientAbsent, kind=kind, from_at=from_at, until_at=until_at)

    def record_return(self, *, at: datetime) -> None:
        """Record the return. At the very time the absence began, the client never was away."""
        self._require_registered()
        check_return(self.history.absences, at)
        self.record(ClientReturned, at=at)

    def assign_tag(self, *, tag_id: str, from_on: date) -> None:
        """Say that a tag hangs at the client's home from a day on."""
        self._require_registered()
        if any(tag.group_id == tag_id and tag.days.overlaps(DaySpan(from_on)) for tag in self.history.tags):
            raise errors.TagAssignedAlreadyError
        self.record(ClientTagAssigned, tag_id=tag_id, from_on=from_on)

    def retire_tag(self, *, tag_id: str, on: date) -> None:
        """Say that it proves nothing any more from a day on; on the day it was assigned, it never did."""
        self._require_registered()
        if not belongs_on(self.history.tags, tag_id, on):
            raise errors.TagNotAssignedError
        self.record(ClientTagRetired, tag_id=tag_id, on=on)

    def mark_protected_identity(
        self, *, level: ProtectionLevel, from_on: date | None = None, named: tuple[str, ...] = ()
    ) -> None:
        """Protect the identity from a day on (None: always), or lift the protection. Those `named` may see the client."""
        self._require_registered()
        if self.history.protected.says_already(level, from_on or ALWAYS):
            raise errors.ProtectionUnchangedError
        self.record(ClientProtectedIdentityMarked, level=level, from_on=from_on, named=named)

    def name_staff(self, *, subjects: tuple[str, ...]) -> None:
        """Let some staff see the client also while the identity is protected."""
        self._require_registered()
        fresh = tuple(each for each in dict.fromkeys(subjects) if each not in self.history.protected.named)
        if not fresh:
            raise errors.StaffNamedAlreadyError
        self.record(ClientStaffNamed, subjects=fresh)

    def remove_staff(self, *, subjects: tuple[str, ...]) -> None:
        """Let some staff no longer see them."""
        self._require_registered()
        if not set(subjects) <= set(self.history.protected.named):
            raise errors.StaffNotNamedError
        self.record(ClientStaffRemoved, subjects=tuple(dict.fromkeys(subjects)))

    def when(self, event: ClientEvent) -> None:
        """Evolve from a fact."""
        evolve(self.history, event)

    def _require_registered(self) -> date:
        if self.history.registered_on is None:
            raise errors.ClientUnknownError
        return self.history.registered_on

    def _require_registered_by(self, day: date) -> None:
        if day < self._require_registered():
            raise errors.BeforeRegistrationError
