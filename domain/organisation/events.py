"""Every fact about the municipality's providers, units, service codes and rules, on one screen: our contract with the past."""

from datetime import date

from domain.event import DomainEvent
from domain.ids import ProviderId, ServiceCode, UnitId
from domain.order.values import LegalBasis
from domain.organisation.values import ServiceCategory, UnitKind
from domain.rulebook.rulebook import Rulebook


class OrganisationProviderRegistered(DomainEvent, frozen=True, kw_only=True):
    """Somebody performs home care here: the municipality itself, or a private provider."""

    TOPIC = "organisation.provider_registered"
    provider_id: ProviderId
    name: str
    in_house: bool


class OrganisationUnitOpened(DomainEvent, frozen=True, kw_only=True):
    """A provider has a home-care group, or a region."""

    TOPIC = "organisation.unit_opened"
    unit_id: UnitId
    name: str
    provider_id: ProviderId
    kind: UnitKind


class ServiceTerms(DomainEvent, frozen=True, kw_only=True):
    """What a service code means from a day on."""

    service_code: ServiceCode
    from_on: date
    name_sv: str
    name_en: str
    category: ServiceCategory
    legal_basis: LegalBasis | None = None
    """Where the code belongs to one act only."""
    standard_minutes: int | None = None
    """For one occasion; None where each order states its own."""


class OrganisationServiceCodeDefined(ServiceTerms, frozen=True, kw_only=True):
    """The catalogue has a code that it had not."""

    TOPIC = "organisation.service_code_defined"


class OrganisationServiceCodeChanged(ServiceTerms, frozen=True, kw_only=True):
    """A code means something else from a day on, also over changes recorded earlier for later days."""

    TOPIC = "organisation.service_code_changed"


class OrganisationRulebookAdopted(DomainEvent, frozen=True, kw_only=True):
    """These rules hold, for the days that the document covers, over all that was adopted earlier for them."""

    TOPIC = "organisation.rulebook_adopted"
    rulebook: Rulebook
    source_digest: str = ""
    """SHA-256 of the document's text, in hexadecimal; empty where it came as data."""


OrganisationEvent = (
    OrganisationProviderRegistered
    | OrganisationUnitOpened
    | OrganisationServiceCodeDefined
    | OrganisationServiceCodeChanged
    | OrganisationRulebookAdopted
)
