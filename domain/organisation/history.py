"""What is remembered of the organisation, evolved from its events."""

from typing import assert_never

import msgspec

from domain.ids import ProviderId, ServiceCode, UnitId
from domain.order.values import LegalBasis
from domain.organisation.events import (
    OrganisationEvent,
    OrganisationProviderRegistered,
    OrganisationRulebookAdopted,
    OrganisationServiceCodeChanged,
    OrganisationServiceCodeDefined,
    OrganisationUnitOpened,
)
from domain.organisation.values import ServiceCategory, UnitKind
from domain.rulebook.adoption import Adoption
from domain.timeline import Since, stand_from


class KnownProvider(msgspec.Struct, frozen=True, array_like=True):
    """Who performs home care here."""

    name: str
    in_house: bool


class OpenUnit(msgspec.Struct, frozen=True, array_like=True):
    """A unit of a provider."""

    name: str
    provider_id: ProviderId
    kind: UnitKind


class ServiceMeaning(msgspec.Struct, frozen=True, array_like=True):
    """What a service code means, from some day on. `standard_minutes` are for one occasion."""

    name_sv: str
    name_en: str
    category: ServiceCategory
    legal_basis: LegalBasis | None = None
    standard_minutes: int | None = None


class OrganisationHistory(msgspec.Struct, array_like=True):
    """What is remembered of the organisation: small enough to store whole beside a read model."""

    providers: dict[ProviderId, KnownProvider] = msgspec.field(default_factory=dict)
    units: dict[UnitId, OpenUnit] = msgspec.field(default_factory=dict)
    services: dict[ServiceCode, tuple[Since[ServiceMeaning], ...]] = msgspec.field(default_factory=dict)
    adoptions: tuple[Adoption, ...] = ()


def evolve(history: OrganisationHistory, event: OrganisationEvent) -> None:
    """Take one event into the history. Never refuses: it already happened."""
    match event:
        case OrganisationProviderRegistered():
            history.providers[event.provider_id] = KnownProvider(event.name, event.in_house)
        case OrganisationUnitOpened():
            history.units[event.unit_id] = OpenUnit(event.name, event.provider_id, event.kind)
        case OrganisationServiceCodeDefined() | OrganisationServiceCodeChanged():
            standing = history.services.get(event.service_code, ())
            meaning = ServiceMeaning(
                event.name_sv, event.name_en, event.category, event.legal_basis, event.standard_minutes
            )
            history.services[event.service_code] = stand_from(standing, event.from_on, meaning)
        case OrganisationRulebookAdopted():
            history.adoptions = (*history.adoptions, Adoption(event.rulebook, event.source_digest))
        case _:
            assert_never(event)
