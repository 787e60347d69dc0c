"""Organisation: who performs home care here, in which units, and what the service codes mean. One stream in a ledger."""

from datetime import date

import msgspec

from domain.aggregate import Aggregate
from domain.ids import ProviderId, ServiceCode, UnitId, derived_id
from domain.organisation import errors
from domain.organisation.events import (
    OrganisationEvent,
    OrganisationProviderRegistered,
    OrganisationRulebookAdopted,
    OrganisationServiceCodeChanged,
    OrganisationServiceCodeDefined,
    OrganisationUnitOpened,
)
from domain.organisation.history import OrganisationHistory, ServiceMeaning, evolve
from domain.organisation.values import UnitKind
from domain.rulebook.codes import service_codes_in
from domain.rulebook.faults import faults_of
from domain.rulebook.rulebook import DEFAULT_RULEBOOK, Edition, Rulebook
from domain.timeline import stands_already

ORGANISATION_ID = derived_id("organisation")
"""The only subject of its kind in a ledger: one municipality is one ledger."""


class Organisation(Aggregate[OrganisationEvent]):
    """Decides what may be added to the history of the organisation."""

    KIND = "organisation"
    history: OrganisationHistory

    def start(self) -> None:
        """No provider, unit or service is known yet."""
        self.history = OrganisationHistory()

    def register_provider(self, *, provider_id: ProviderId, name: str, in_house: bool) -> None:
        """Let somebody perform home care here."""
        if provider_id in self.history.providers:
            raise errors.ProviderAlreadyRegisteredError
        _require_name(name)
        self.record(OrganisationProviderRegistered, provider_id=provider_id, name=name, in_house=in_house)

    def open_unit(self, *, unit_id: UnitId, name: str, provider_id: ProviderId, kind: UnitKind) -> None:
        """Let a provider have one more unit."""
        if unit_id in self.history.units:
            raise errors.UnitAlreadyOpenError
        if provider_id not in self.history.providers:
            raise errors.ProviderUnknownError
        _require_name(name)
        self.record(OrganisationUnitOpened, unit_id=unit_id, name=name, provider_id=provider_id, kind=kind)

    def define_service_code(self, *, service_code: ServiceCode, from_on: date, meaning: ServiceMeaning) -> None:
        """Put a code into the catalogue, from a day on."""
        if service_code in self.history.services:
            raise errors.ServiceCodeAlreadyDefinedError
        _check_meaning(meaning)
        self.record(
            OrganisationServiceCodeDefined,
            service_code=service_code,
            from_on=from_on,
            **msgspec.structs.asdict(meaning),
        )

    def change_service_code(self, *, service_code: ServiceCode, from_on: date, meaning: ServiceMeaning) -> None:
        """Let a code mean something else from a day on; its earlier days keep what they meant."""
        timeline = self.history.services.get(service_code)
        if timeline is None:
            raise errors.ServiceCodeUnknownError
        if from_on < timeline[0].from_on:
            raise errors.BeforeDefinitionError
        _check_meaning(meaning)
        if stands_already(timeline, from_on, meaning):
            raise errors.ServiceCodeUnchangedError
        self.record(
            OrganisationServiceCodeChanged,
            service_code=service_code,
            from_on=from_on,
            **msgspec.structs.asdict(meaning),
        )

    def adopt_rulebook(self, *, rulebook: Rulebook, source_digest: str = "") -> None:
        """Let these rules hold for the days that the document covers. `source_digest` is the SHA-256 of its text."""
        if not rulebook.editions:
            raise errors.RulebookEmptyError
        if faults_of(rulebook):
            raise errors.RulebookFaultyError
        adoptions = self.history.adoptions
        if adoptions and adoptions[-1].rulebook == rulebook:
            raise errors.RulebookAlreadyAdoptedError
        if any(adoption.rulebook.zone != rulebook.zone for adoption in adoptions):
            raise errors.RulebookZoneError
        for edition in rulebook.editions:
            self._require_same_rules(edition)
        unknown = {code for _, code in service_codes_in(rulebook)} - self.history.services.keys()
        if unknown:
            raise errors.RulebookServicesUnknownError(unknown)
        self.record(OrganisationRulebookAdopted, rulebook=rulebook, source_digest=source_digest)

    def _require_same_rules(self, edition: Edition) -> None:
        """A version names the same rules for ever, whichever days they hold on."""
        adopted = (known for adoption in self.history.adoptions for known in adoption.rulebook.editions)
        for known in (*DEFAULT_RULEBOOK.editions, *adopted):
            same = (known.policies, known.overrides) == (edition.policies, edition.overrides)
            if known.version == edition.version and not same:
                raise errors.EditionVersionTakenError

    def when(self, event: OrganisationEvent) -> None:
        """Evolve from a fact."""
        evolve(self.history, event)


def _require_name(name: str) -> None:
    if not name.strip():
        raise errors.NameMissingError


def _check_meaning(meaning: ServiceMeaning) -> None:
    _require_name(meaning.name_sv)
    _require_name(meaning.name_en)
    if meaning.standard_minutes is not None and meaning.standard_minutes < 0:
        raise errors.StandardMinutesNegativeError
