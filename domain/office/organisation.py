"""What the office decides about providers, units, service codes and rules. Each function gives the command."""

from datetime import date

from domain.command import Command
from domain.ids import ProviderId, ServiceCode, UnitId
from domain.office.act import Act
from domain.organisation.aggregate import ORGANISATION_ID, Organisation
from domain.organisation.history import ServiceMeaning
from domain.organisation.values import UnitKind
from domain.rulebook.rulebook import Rulebook


def register_provider(provider_id: ProviderId, *, name: str, in_house: bool, act: Act) -> Command:
    """Let somebody perform home care here."""

    def decide(organisation: Organisation) -> None:
        organisation.register_provider(provider_id=provider_id, name=name, in_house=in_house)

    return act.on(Organisation, ORGANISATION_ID, decide)


def open_unit(unit_id: UnitId, *, name: str, provider_id: ProviderId, kind: UnitKind, act: Act) -> Command:
    """Let a registered provider have one more unit."""

    def decide(organisation: Organisation) -> None:
        organisation.open_unit(unit_id=unit_id, name=name, provider_id=provider_id, kind=kind)

    return act.on(Organisation, ORGANISATION_ID, decide)


def define_service_code(service_code: ServiceCode, *, from_on: date, meaning: ServiceMeaning, act: Act) -> Command:
    """Put a code into the catalogue, from a day on."""

    def decide(organisation: Organisation) -> None:
        organisation.define_service_code(service_code=service_code, from_on=from_on, meaning=meaning)

    return act.on(Organisation, ORGANISATION_ID, decide)


def change_service_code(service_code: ServiceCode, *, from_on: date, meaning: ServiceMeaning, act: Act) -> Command:
    """Let a code mean something else from a day on."""

    def decide(organisation: Organisation) -> None:
        organisation.change_service_code(service_code=service_code, from_on=from_on, meaning=meaning)

    return act.on(Organisation, ORGANISATION_ID, decide)


def adopt_rulebook(rulebook: Rulebook, *, source_digest: str = "", act: Act) -> Command:
    """Let a rulebook hold for the days that it covers. `source_digest` is the SHA-256 of the document's text."""

    def decide(organisation: Organisation) -> None:
        organisation.adopt_rulebook(rulebook=rulebook, source_digest=source_digest)

    return act.on(Organisation, ORGANISATION_ID, decide)
