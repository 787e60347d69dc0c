"""Who performs home care here, in which units, and what the service codes mean."""

from collections.abc import Callable
from datetime import date

import pytest

from domain.errors import DomainError
from domain.ids import ProviderId, ServiceCode, UnitId
from domain.municipality import Provider, ServiceDefined, Unit
from domain.order.values import LegalBasis
from domain.organisation import errors
from domain.organisation.aggregate import ORGANISATION_ID, Organisation
from domain.organisation.events import (
    OrganisationProviderRegistered,
    OrganisationServiceCodeChanged,
    OrganisationServiceCodeDefined,
    OrganisationUnitOpened,
)
from domain.organisation.facts import OrganisationFact, organisation_facts
from domain.organisation.history import ServiceMeaning
from domain.organisation.values import ServiceCategory, UnitKind
from tests.scenario import Scenario, Told, fact

organisation = Scenario(Organisation, ORGANISATION_ID)
MUNICIPAL, BRACKE, SHOWER = ProviderId("municipal"), UnitId("bracke"), ServiceCode("SHOWER")

REGISTERED = fact(OrganisationProviderRegistered, provider_id=MUNICIPAL, name="Bräcke kommun", in_house=True)
OPENED = fact(
    OrganisationUnitOpened, unit_id=BRACKE, name="Bräcke", provider_id=MUNICIPAL, kind=UnitKind.HOME_CARE_GROUP
)
DEFINED = fact(
    OrganisationServiceCodeDefined,
    service_code=SHOWER,
    from_on=date(2025, 1, 1),
    name_sv="dusch",
    name_en="shower",
    category=ServiceCategory.PERSONAL_CARE,
    legal_basis=LegalBasis.SOL,
    standard_minutes=40,
)
Command = Callable[[Organisation], None]


def meaning(minutes: int | None = 40, name_sv: str = "dusch", name_en: str = "shower") -> ServiceMeaning:
    return ServiceMeaning(name_sv, name_en, ServiceCategory.PERSONAL_CARE, LegalBasis.SOL, minutes)


def changed(from_on: date, minutes: int | None) -> Told:
    return fact(
        OrganisationServiceCodeChanged,
        service_code=SHOWER,
        from_on=from_on,
        name_sv="dusch",
        name_en="shower",
        category=ServiceCategory.PERSONAL_CARE,
        legal_basis=LegalBasis.SOL,
        standard_minutes=minutes,
    )


def register(name: str = "Bräcke kommun") -> Command:
    return lambda organisation: organisation.register_provider(provider_id=MUNICIPAL, name=name, in_house=True)


def open_unit(name: str = "Bräcke") -> Command:
    return lambda organisation: organisation.open_unit(
        unit_id=BRACKE, name=name, provider_id=MUNICIPAL, kind=UnitKind.HOME_CARE_GROUP
    )


def define(means: ServiceMeaning) -> Command:
    return lambda organisation: organisation.define_service_code(
        service_code=SHOWER, from_on=date(2025, 1, 1), meaning=means
    )


def change(from_on: date, means: ServiceMeaning) -> Command:
    return lambda organisation: organisation.change_service_code(service_code=SHOWER, from_on=from_on, meaning=means)


def facts(*told: Told) -> tuple[OrganisationFact, ...]:
    return organisation_facts(organisation.given(*told).aggregate.history)


def meanings(*told: Told) -> list[tuple[int | None, date, date | None]]:
    found = (each for each in facts(*told) if isinstance(each, ServiceDefined))
    return [(each.standard_minutes, each.from_on, each.until_on) for each in found]


def test_a_provider_is_registered_once() -> None:
    organisation.given().when(register()).then(REGISTERED)
    organisation.given(REGISTERED).when(register()).then_refused(errors.ProviderAlreadyRegisteredError)
    assert facts(REGISTERED) == (Provider(provider_id=MUNICIPAL, name="Bräcke kommun", in_house=True),)


def test_a_unit_of_a_provider_is_opened_once() -> None:
    organisation.given(REGISTERED).when(open_unit()).then(OPENED)
    organisation.given(REGISTERED, OPENED).when(open_unit()).then_refused(errors.UnitAlreadyOpenError)
    assert facts(REGISTERED, OPENED)[1:] == (
        Unit(unit_id=BRACKE, name="Bräcke", provider_id=MUNICIPAL, kind="home_care_group"),
    )


def test_a_unit_of_an_unknown_provider_is_refused() -> None:
    organisation.given().when(open_unit()).then_refused(errors.ProviderUnknownError)


def test_a_service_code_is_defined_once() -> None:
    organisation.given().when(define(meaning())).then(DEFINED)
    organisation.given(DEFINED).when(define(meaning())).then_refused(errors.ServiceCodeAlreadyDefinedError)
    assert facts(DEFINED) == (
        ServiceDefined(
            service_code=SHOWER,
            from_on=date(2025, 1, 1),
            until_on=None,
            name_sv="dusch",
            name_en="shower",
            category="personal_care",
            standard_minutes=40,
            legal_basis="SoL",
        ),
    )


def test_a_service_code_means_something_else_from_a_day_on_and_keeps_its_past() -> None:
    organisation.given(DEFINED).when(change(date(2025, 7, 1), meaning(45))).then(changed(date(2025, 7, 1), 45))
    assert meanings(DEFINED, changed(date(2025, 7, 1), 45)) == [
        (40, date(2025, 1, 1), date(2025, 7, 1)),
        (45, date(2025, 7, 1), None),
    ]


def test_a_change_recorded_later_for_an_earlier_day_wins_from_its_day_on() -> None:
    assert meanings(DEFINED, changed(date(2025, 7, 1), 45), changed(date(2025, 4, 1), None)) == [
        (40, date(2025, 1, 1), date(2025, 4, 1)),
        (None, date(2025, 4, 1), None),
    ]


def test_a_change_that_says_what_stands_already_is_refused() -> None:
    organisation.given(DEFINED).when(change(date(2025, 7, 1), meaning(40))).then_refused(
        errors.ServiceCodeUnchangedError
    )


def test_a_code_that_is_not_defined_or_not_yet_is_not_changed() -> None:
    organisation.given().when(change(date(2025, 7, 1), meaning(45))).then_refused(errors.ServiceCodeUnknownError)
    organisation.given(DEFINED).when(change(date(2024, 12, 31), meaning(45))).then_refused(errors.BeforeDefinitionError)


@pytest.mark.parametrize(
    ("command", "error"),
    [
        (register(" "), errors.NameMissingError),
        (define(meaning(name_sv="")), errors.NameMissingError),
        (define(meaning(name_en="")), errors.NameMissingError),
        (define(meaning(-1)), errors.StandardMinutesNegativeError),
    ],
)
def test_what_people_cannot_use_is_refused(command: Command, error: type[DomainError]) -> None:
    organisation.given().when(command).then_refused(error)


def test_a_unit_needs_a_name_too() -> None:
    organisation.given(REGISTERED).when(open_unit("")).then_refused(errors.NameMissingError)
