"""`/v1/organisation`, `/v1/providers`, `/v1/units`, `/v1/service-codes`: who performs home care here, and what codes mean.

They are one subject with one version: one municipality is one ledger.
"""

from typing import Annotated

from fastapi import Depends, Response
from pydantic import Field

from api.dependencies import HouseDep, ReachDep, allowed
from api.office_bodies import Body, Code, Day, Minutes, ProviderUuid, UnitUuid
from api.office_call import READER_PROBLEMS, WRITE_PROBLEMS, OfficeCall, office
from api.office_desk import Written
from api.office_state import current
from api.strict_json import Text
from api.versioned import versioned_router
from domain.command import Command
from domain.ids import ProviderId, ServiceCode, UnitId
from domain.office import organisation
from domain.office.act import Act
from domain.order.values import LegalBasis
from domain.organisation.aggregate import ORGANISATION_ID
from domain.organisation.history import ServiceMeaning
from domain.organisation.values import ServiceCategory, UnitKind

router = versioned_router(prefix="/v1", tags=["organisation"])

Adding = Annotated[OfficeCall, Depends(office("organisation.change", creates=True))]
Changing = Annotated[OfficeCall, Depends(office("organisation.change"))]
Name = Annotated[str, Text(200, min_code_points=1)]


class RegisterProviderBody(Body):
    """Who performs home care: the municipality itself (`in_house`), or somebody else."""

    name: Name
    in_house: bool

    def command_on(self, provider_id: ProviderId, act: Act) -> Command:
        """The decision, for the writer."""
        return organisation.register_provider(provider_id, name=self.name, in_house=self.in_house, act=act)


class OpenUnitBody(Body):
    """A home-care group or region of a provider."""

    name: Name
    provider_id: ProviderUuid
    kind: Annotated[UnitKind, Field(strict=False)] = UnitKind.HOME_CARE_GROUP

    def command_on(self, unit_id: UnitId, act: Act) -> Command:
        """The decision, for the writer."""
        return organisation.open_unit(unit_id, name=self.name, provider_id=self.provider_id, kind=self.kind, act=act)


class ServiceCodeBody(Body):
    """What a service code means from a day on. `standard_minutes` are for one occasion."""

    from_on: Day
    name_sv: Name
    name_en: Name
    category: Annotated[ServiceCategory, Field(strict=False)]
    legal_basis: Annotated[LegalBasis, Field(strict=False)] | None = None
    standard_minutes: Minutes | None = None

    def meaning(self) -> ServiceMeaning:
        """The meaning, as the catalogue holds it."""
        return ServiceMeaning(self.name_sv, self.name_en, self.category, self.legal_basis, self.standard_minutes)


class DefineServiceCodeBody(ServiceCodeBody):
    """A new code."""

    def command_on(self, service_code: ServiceCode, act: Act) -> Command:
        """The decision, for the writer."""
        return organisation.define_service_code(service_code, from_on=self.from_on, meaning=self.meaning(), act=act)


class ChangeServiceCodeBody(ServiceCodeBody):
    """Another meaning; earlier days keep theirs."""

    def command_on(self, service_code: ServiceCode, act: Act) -> Command:
        """The decision, for the writer."""
        return organisation.change_service_code(service_code, from_on=self.from_on, meaning=self.meaning(), act=act)


@router.get(
    "/organisation",
    dependencies=[Depends(allowed("read.organisation"))],
    responses=READER_PROBLEMS,
)
def read(house: HouseDep, reach: ReachDep) -> Response:
    """Providers, units and service codes as they stand, with the ETag to decide on."""
    return current(house, "organisation", ORGANISATION_ID, reach)


@router.post("/providers/{provider_id}/register", responses=WRITE_PROBLEMS)
async def register_provider(provider_id: ProviderUuid, body: RegisterProviderBody, call: Adding) -> Written:
    """Let somebody perform home care here."""
    return await call.write(body.command_on(provider_id, call.act))


@router.post("/units/{unit_id}/open", responses=WRITE_PROBLEMS)
async def open_unit(unit_id: UnitUuid, body: OpenUnitBody, call: Adding) -> Written:
    """Let a provider have one more unit."""
    return await call.write(body.command_on(unit_id, call.act))


@router.post("/service-codes/{service_code}/define", responses=WRITE_PROBLEMS)
async def define_service_code(service_code: Code, body: DefineServiceCodeBody, call: Adding) -> Written:
    """Put a code into the catalogue, from a day on."""
    return await call.write(body.command_on(service_code, call.act))


@router.post("/service-codes/{service_code}/change", responses=WRITE_PROBLEMS)
async def change_service_code(service_code: Code, body: ChangeServiceCodeBody, call: Changing) -> Written:
    """Let a code mean something else from a day on."""
    return await call.write(body.command_on(service_code, call.act))
