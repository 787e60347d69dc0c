"""From the organisation's history to the facts that reports are computed from. Pure."""

from collections.abc import Iterator

from domain.municipality import EditionAdopted, Provider, ServiceDefined, Unit
from domain.organisation.history import OrganisationHistory
from domain.rulebook.adoption import editions_held
from domain.timeline import stretches

OrganisationFact = Provider | Unit | ServiceDefined | EditionAdopted


def organisation_facts(history: OrganisationHistory) -> tuple[OrganisationFact, ...]:
    """Everything believed of the organisation now."""
    return (*_providers(history), *_units(history), *_services(history), *editions_held(history.adoptions))


def _providers(history: OrganisationHistory) -> Iterator[Provider]:
    for provider_id, provider in history.providers.items():
        yield Provider(provider_id=provider_id, name=provider.name, in_house=provider.in_house)


def _units(history: OrganisationHistory) -> Iterator[Unit]:
    for unit_id, unit in history.units.items():
        yield Unit(unit_id=unit_id, name=unit.name, provider_id=unit.provider_id, kind=str(unit.kind))


def _services(history: OrganisationHistory) -> Iterator[ServiceDefined]:
    """Each code over the days it means the same."""
    for service_code, timeline in history.services.items():
        for days, meaning in stretches(timeline):
            yield ServiceDefined(
                service_code=service_code,
                from_on=days.from_on,
                until_on=days.until_on,
                name_sv=meaning.name_sv,
                name_en=meaning.name_en,
                category=str(meaning.category),
                standard_minutes=meaning.standard_minutes,
                legal_basis=str(meaning.legal_basis or ""),
            )
