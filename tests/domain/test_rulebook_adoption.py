"""Rulebooks are adopted one after another: a later one wins for the days it covers, and no version changes its rules."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from domain.errors import DomainError
from domain.ids import ServiceCode
from domain.municipality import EditionAdopted
from domain.organisation import errors
from domain.organisation.aggregate import ORGANISATION_ID, Organisation
from domain.organisation.events import OrganisationRulebookAdopted, OrganisationServiceCodeDefined
from domain.organisation.facts import organisation_facts
from domain.organisation.values import ServiceCategory
from domain.rulebook.adoption import Adoption, believed_rulebook, editions_held
from domain.rulebook.policies import Policies, PolicyChanges
from domain.rulebook.rulebook import DEFAULT_RULEBOOK, Edition, Override, Rulebook, Scope
from domain.rulebook.values import Rate, StandardTime
from tests.scenario import Scenario, Told, fact

organisation = Scenario(Organisation, ORGANISATION_ID)
SHOP = ServiceCode("SHOP")
DIGEST = "ab" * 32
NEW_YEAR_2024, JULY_2024, NEW_YEAR_2025 = date(2024, 1, 1), date(2024, 7, 1), date(2025, 1, 1)
APRIL_2024 = date(2024, 4, 1)


def edition(version: str, from_on: date, until_on: date | None = None, **policies: Any) -> Edition:
    return Edition(version=version, from_on=from_on, until_on=until_on, policies=Policies(**policies))


def rulebook(*editions: Edition, zone: str = "Europe/Stockholm") -> Rulebook:
    return Rulebook(municipality="Bräcke", zone=zone, editions=editions)


def adopted(document: Rulebook) -> Told:
    return fact(OrganisationRulebookAdopted, rulebook=document, source_digest=DIGEST)


def held(*documents: Rulebook) -> list[tuple[str, date, date | None]]:
    return [
        (each.version, each.from_on, each.until_on)
        for each in sorted(editions_held([Adoption(document) for document in documents]), key=lambda each: each.from_on)
    ]


FIRST = rulebook(
    edition("b-2024", NEW_YEAR_2024, tolerance_percent=5),
    edition("b-2025", NEW_YEAR_2025, rates=(Rate(in_house=Decimal("414.80"), private=Decimal("430.05")),)),
)
SPRING = rulebook(edition("b-2024-spring", APRIL_2024, JULY_2024, tolerance_percent=10))


def test_a_rulebook_is_adopted_as_it_is_written() -> None:
    organisation.given().when(
        lambda organisation: organisation.adopt_rulebook(rulebook=FIRST, source_digest=DIGEST)
    ).then(adopted(FIRST))


def test_each_edition_holds_until_the_next_and_the_last_until_further_notice() -> None:
    assert held(FIRST) == [("b-2024", NEW_YEAR_2024, NEW_YEAR_2025), ("b-2025", NEW_YEAR_2025, None)]


def test_a_later_adoption_wins_for_its_days_and_cuts_an_earlier_edition_in_two() -> None:
    assert held(FIRST, SPRING) == [
        ("b-2024", NEW_YEAR_2024, APRIL_2024),
        ("b-2024-spring", APRIL_2024, JULY_2024),
        ("b-2024", JULY_2024, NEW_YEAR_2025),
        ("b-2025", NEW_YEAR_2025, None),
    ]


def test_a_later_adoption_without_end_takes_all_days_that_follow() -> None:
    assert held(FIRST, rulebook(edition("b-2024-2", JULY_2024))) == [
        ("b-2024", NEW_YEAR_2024, JULY_2024),
        ("b-2024-2", JULY_2024, None),
    ]


def test_what_covers_everything_leaves_nothing_of_what_was_before() -> None:
    assert held(SPRING, FIRST) == held(FIRST)


def test_the_believed_rulebook_has_the_editions_on_the_days_that_they_hold() -> None:
    facts = organisation_facts(organisation.given(adopted(FIRST), adopted(SPRING)).aggregate.history)
    believed = believed_rulebook(each for each in facts if isinstance(each, EditionAdopted))
    assert believed.municipality == "Bräcke"
    days = [date(2023, 12, 31), NEW_YEAR_2024, APRIL_2024, JULY_2024, NEW_YEAR_2025]
    assert [believed.on(day).version for day in days] == ["none", "b-2024", "b-2024-spring", "b-2024", "b-2025"]
    assert believed.on(APRIL_2024).policies.tolerance_percent == 10
    assert believed.policies_at(None).rates[0].in_house == Decimal("414.80")


def test_where_nothing_was_adopted_the_default_holds() -> None:
    assert believed_rulebook([]) is DEFAULT_RULEBOOK


def test_the_name_and_zone_are_those_of_the_latest_adoption() -> None:
    renamed = Rulebook(municipality="Bräcke kommun", editions=SPRING.editions)
    assert believed_rulebook(editions_held([Adoption(FIRST), Adoption(renamed)])).municipality == "Bräcke kommun"


@pytest.mark.parametrize(
    ("document", "error"),
    [
        (rulebook(), errors.RulebookEmptyError),
        (FIRST, errors.RulebookAlreadyAdoptedError),
        (rulebook(edition("b-2026", NEW_YEAR_2025), zone="Europe/Helsinki"), errors.RulebookZoneError),
        (rulebook(edition("b-2024", NEW_YEAR_2025, tolerance_percent=6)), errors.EditionVersionTakenError),
        (rulebook(edition("none", NEW_YEAR_2025)), errors.RulebookFaultyError),
        (rulebook(edition("default-1", NEW_YEAR_2025, tolerance_percent=5)), errors.EditionVersionTakenError),
    ],
)
def test_a_rulebook_that_would_leave_figures_without_their_rules_is_refused(
    document: Rulebook, error: type[DomainError]
) -> None:
    organisation.given(adopted(FIRST)).when(
        lambda organisation: organisation.adopt_rulebook(rulebook=document)
    ).then_refused(error)


def test_a_version_may_hold_on_other_days_when_its_rules_are_the_same() -> None:
    longer = rulebook(edition("b-2024", NEW_YEAR_2024, tolerance_percent=5))
    organisation.given(adopted(FIRST)).when(
        lambda organisation: organisation.adopt_rulebook(rulebook=longer, source_digest=DIGEST)
    ).then(adopted(longer))


NAMING_SHOP = [
    edition("b-1", NEW_YEAR_2024, standard_times=(StandardTime(service=SHOP, minutes=60),)),
    edition(
        "b-1", NEW_YEAR_2024, standard_times=(StandardTime(service=ServiceCode("BED"), minutes=5, nested_in=(SHOP,)),)
    ),
    Edition(
        version="b-1",
        from_on=NEW_YEAR_2024,
        overrides=(Override(scope=Scope(services=(SHOP,)), policies=PolicyChanges(tolerance_percent=5)),),
    ),
    Edition(
        version="b-1",
        from_on=NEW_YEAR_2024,
        overrides=(
            Override(
                scope=Scope(categories=(ServiceCategory.SERVICE,)),
                policies=PolicyChanges(standard_times=(StandardTime(service=SHOP, minutes=60),)),
            ),
        ),
    ),
]


def defined(code: str) -> Told:
    return fact(
        OrganisationServiceCodeDefined,
        service_code=ServiceCode(code),
        from_on=NEW_YEAR_2024,
        name_sv=code,
        name_en=code,
        category=ServiceCategory.SERVICE,
    )


@pytest.mark.parametrize("naming", NAMING_SHOP)
def test_a_rulebook_names_only_services_of_the_catalogue(naming: Edition) -> None:
    refused = errors.RulebookServicesUnknownError
    with pytest.raises(refused) as caught:
        organisation.given(defined("BED")).aggregate.adopt_rulebook(rulebook=rulebook(naming))
    assert caught.value.service_codes == {SHOP}
    organisation.given(defined("BED"), defined("SHOP")).when(
        lambda organisation: organisation.adopt_rulebook(rulebook=rulebook(naming), source_digest=DIGEST)
    ).then(adopted(rulebook(naming)))
