"""The decisions about clients as bodies, and the command that each becomes."""

from typing import Annotated

from pydantic import Field

from api.office_bodies import Body, Day, HouseholdUuid, UnitUuid, WorkerUuid
from api.personnummer import OtherIdentifier, Personnummer
from api.strict_json import Instant, Text
from domain.client.details import Details
from domain.client.values import AreaType, ClientAbsenceKind, Dwelling, ProtectionLevel
from domain.command import Command
from domain.ids import ClientId
from domain.office import clients
from domain.office.act import Act

Name = Annotated[str, Text(200, min_code_points=1)]
Address = Annotated[str, Text(300, min_code_points=1)]
Telephone = Annotated[str, Text(40, min_code_points=1)]
TagId = Annotated[str, Text(128, min_code_points=1)]
Subject = Annotated[str, Text(128, min_code_points=1)]
STAFF_MAX = 100
"""As few as possible are to be named."""


class HomePositionBody(Body):
    """Where the home is, in degrees (WGS 84)."""

    lat: Annotated[float, Field(ge=-90, le=90)]
    lon: Annotated[float, Field(ge=-180, le=180)]


class DetailsBody(Body):
    """Who the client is. What is left out stays as it was."""

    name: Name | None = None
    personnummer: Personnummer | None = None
    other_identifier: OtherIdentifier | None = None
    address: Address | None = None
    telephone: Telephone | None = None
    home_position: HomePositionBody | None = None
    area_type: Annotated[AreaType, Field(strict=False)] | None = None
    dwelling: Annotated[Dwelling, Field(strict=False)] | None = None

    def details(self) -> Details:
        """The details, to be sealed."""
        home = self.home_position
        return Details(
            name=self.name,
            personnummer=self.personnummer,
            other_identifier=self.other_identifier,
            address=self.address,
            telephone=self.telephone,
            home_position=f"{home.lat},{home.lon}" if home else None,
            area_type=self.area_type,
            dwelling=self.dwelling,
        )


class ChangeClientDetailsBody(DetailsBody):
    """Details that are others than the ledger said."""

    def command_on(self, client_id: ClientId, act: Act) -> Command:
        """The decision, for the writer."""
        return clients.change_client_details(client_id, details=self.details(), act=act)


class RegisterClientBody(DetailsBody):
    """A new client, in the care of a unit from a day on."""

    unit_id: UnitUuid
    registered_on: Day

    def command_on(self, client_id: ClientId, act: Act) -> Command:
        """The decision, for the writer."""
        return clients.register_client(
            client_id, unit_id=self.unit_id, registered_on=self.registered_on, details=self.details(), act=act
        )


class FindClientBody(Body):
    """Whom to look for. A number stands in no address, which logs and histories keep."""

    personnummer: Personnummer


class ChangeClientUnitBody(Body):
    """Which unit is responsible, from when."""

    unit_id: UnitUuid
    from_on: Day

    def command_on(self, client_id: ClientId, act: Act) -> Command:
        """The decision, for the writer."""
        return clients.change_client_unit(client_id, unit_id=self.unit_id, from_on=self.from_on, act=act)


class JoinHouseholdBody(Body):
    """Which household the client shares a home with, from when."""

    household_id: HouseholdUuid
    from_on: Day

    def command_on(self, client_id: ClientId, act: Act) -> Command:
        """The decision, for the writer."""
        return clients.join_household(client_id, household_id=self.household_id, from_on=self.from_on, act=act)


class LeaveHouseholdBody(Body):
    """Which household, and the first day that it is no longer shared."""

    household_id: HouseholdUuid
    on: Day

    def command_on(self, client_id: ClientId, act: Act) -> Command:
        """The decision, for the writer."""
        return clients.leave_household(client_id, household_id=self.household_id, on=self.on, act=act)


class DesignateCareContactBody(Body):
    """Who is the care contact, from when."""

    worker_id: WorkerUuid
    from_on: Day

    def command_on(self, client_id: ClientId, act: Act) -> Command:
        """The decision, for the writer."""
        return clients.designate_care_contact(client_id, worker_id=self.worker_id, from_on=self.from_on, act=act)


class RecordClientAbsenceBody(Body):
    """Why and from when the client is away; until when, if that is known."""

    kind: Annotated[ClientAbsenceKind, Field(strict=False)]
    from_at: Instant
    until_at: Instant | None = None

    def command_on(self, client_id: ClientId, act: Act) -> Command:
        """The decision, for the writer."""
        return clients.record_client_absence(
            client_id, kind=self.kind, from_at=self.from_at, until_at=self.until_at, act=act
        )


class RecordClientReturnBody(Body):
    """When the client was back."""

    at: Instant

    def command_on(self, client_id: ClientId, act: Act) -> Command:
        """The decision, for the writer."""
        return clients.record_client_return(client_id, at=self.at, act=act)


class AssignTagBody(Body):
    """Which tag hangs at the client's home, from when."""

    tag_id: TagId
    from_on: Day

    def command_on(self, client_id: ClientId, act: Act) -> Command:
        """The decision, for the writer."""
        return clients.assign_tag(client_id, tag_id=self.tag_id, from_on=self.from_on, act=act)


class RetireTagBody(Body):
    """Which tag, and the first day that it proves nothing."""

    tag_id: TagId
    on: Day

    def command_on(self, client_id: ClientId, act: Act) -> Command:
        """The decision, for the writer."""
        return clients.retire_tag(client_id, tag_id=self.tag_id, on=self.on, act=act)


class MarkProtectedIdentityBody(Body):
    """How far the identity is protected, from when (left out: always) and for whom it is not hidden; `none` lifts it."""

    level: Annotated[ProtectionLevel, Field(strict=False)]
    from_on: Day | None = None
    named: Annotated[list[Subject], Field(default_factory=list, max_length=STAFF_MAX)]

    def command_on(self, client_id: ClientId, act: Act, marked_by: str) -> Command:
        """The decision, for the writer. Whoever marks a client goes on seeing them."""
        named = () if self.level is ProtectionLevel.NONE else tuple(dict.fromkeys((marked_by, *self.named)))
        return clients.mark_protected_identity(client_id, level=self.level, from_on=self.from_on, named=named, act=act)


class StaffBody(Body):
    """Staff, as tokens write their subject: of a care worker that is the worker's id."""

    subjects: Annotated[list[Subject], Field(min_length=1, max_length=STAFF_MAX)]


class NameStaffBody(StaffBody):
    """Who may see the client."""

    def command_on(self, client_id: ClientId, act: Act) -> Command:
        """The decision, for the writer."""
        return clients.name_staff(client_id, subjects=tuple(self.subjects), act=act)


class RemoveStaffBody(StaffBody):
    """Who no longer may."""

    def command_on(self, client_id: ClientId, act: Act) -> Command:
        """The decision, for the writer."""
        return clients.remove_staff(client_id, subjects=tuple(self.subjects), act=act)
