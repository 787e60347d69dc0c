"""A rulebook that contradicts itself: every fault is found, and what is meant is left alone."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest

from domain.rulebook.fault_codes import SENTENCES, FaultCode
from domain.rulebook.faults import faults_of
from domain.rulebook.policies import Policies, PolicyChanges
from domain.rulebook.rulebook import DEFAULT_RULEBOOK, Edition, Override, Rulebook, Scope
from domain.rulebook.values import (
    ExcessPolicy,
)
from tests.domain.faulty_rules import AT_FAULT, BED, GOOD, MORNING, SERVICE, rate, standard

YEAR_2024, JULY_2024, YEAR_2025 = date(2024, 1, 1), date(2024, 7, 1), date(2025, 1, 1)


def edition(version: str = "b-1", from_on: date = YEAR_2024, until_on: date | None = None) -> Edition:
    return Edition(version=version, from_on=from_on, until_on=until_on)


def faults(document: Rulebook) -> list[tuple[str, str]]:
    return [("/".join(map(str, fault.path)), str(fault.code)) for fault in faults_of(document)]


def of_policies(policies: Policies) -> list[tuple[str, str]]:
    found = faults(Rulebook(municipality="B", editions=(Edition(version="b-1", from_on=YEAR_2024, policies=policies),)))
    return [(path.removeprefix("editions/0/policies/"), code) for path, code in found]


@pytest.mark.parametrize(("policies", "path", "code"), AT_FAULT, ids=[f"{code}-{path}" for _, path, code in AT_FAULT])
def test_policies_that_contradict_themselves_are_told_of_at_their_place(
    policies: Policies, path: str, code: FaultCode
) -> None:
    assert (path, str(code)) in of_policies(policies)


@pytest.mark.parametrize("policies", GOOD)
def test_what_is_meant_is_left_alone(policies: Policies) -> None:
    assert of_policies(policies) == []


def test_a_service_is_nested_in_itself_by_a_way_round_too() -> None:
    circle = Policies(standard_times=(standard(BED, nested_in=(MORNING,)), standard(MORNING, nested_in=(BED,))))
    assert of_policies(circle) == [
        (f"standard_times/{number}/nested_in", "standard_time_in_itself") for number in (0, 1)
    ]


@pytest.mark.parametrize(
    ("editions", "found"),
    [
        ((), [("editions", "no_editions")]),
        ((edition(""),), [("editions/0/version", "version_unreadable")]),
        ((edition("a, b"),), [("editions/0/version", "version_unreadable")]),
        ((edition("a" * 65),), [("editions/0/version", "version_unreadable")]),
        ((edition("none"),), [("editions/0/version", "version_reserved")]),
        ((edition("a"), edition("a", YEAR_2025)), [("editions/1/version", "version_twice")]),
        ((edition("a", YEAR_2025), edition("b", YEAR_2024)), [("editions/1/from", "editions_out_of_order")]),
        ((edition("a", YEAR_2024, YEAR_2025), edition("b", JULY_2024)), [("editions/1/from", "editions_overlap")]),
        ((edition("a", YEAR_2024, JULY_2024), edition("b", YEAR_2025)), [("editions/1/from", "editions_gap")]),
        ((edition("a", YEAR_2024, YEAR_2024),), [("editions/0/until", "edition_without_days")]),
        ((edition("a", YEAR_2024, JULY_2024), edition("b", JULY_2024)), []),
        ((edition("a", YEAR_2024), edition("b", JULY_2024, YEAR_2025)), []),
    ],
)
def test_editions_follow_one_another(editions: Sequence[Edition], found: list[tuple[str, str]]) -> None:
    assert faults(Rulebook(municipality="B", editions=tuple(editions))) == found


@pytest.mark.parametrize("zone", ["Europe/Stokholm", "", "../etc/passwd", "Europe"])
def test_a_zone_that_is_none_is_told_of(zone: str) -> None:
    assert faults(Rulebook(municipality=" ", zone=zone, editions=(edition(),))) == [
        ("municipality", "municipality_missing"),
        ("zone", "zone_unknown"),
    ]


def overridden(*overrides: Override, **policies: Any) -> list[tuple[str, str]]:
    base = Policies(rates=(rate(),), excess_policy=ExcessPolicy.PAY_ACTUAL, **policies)
    return faults(
        Rulebook(
            municipality="B",
            editions=(Edition(version="b", from_on=YEAR_2024, policies=base, overrides=overrides),),
        )
    )


def test_an_override_is_for_something_changes_something_and_stands_once() -> None:
    services = Scope(categories=(SERVICE,))
    assert overridden(
        Override(scope=Scope(), policies=PolicyChanges(declined_share_percent=5)),
        Override(scope=services, policies=PolicyChanges()),
        Override(scope=services, policies=PolicyChanges(declined_share_percent=5)),
    ) == [
        ("editions/0/overrides/0/for", "override_for_everything"),
        ("editions/0/overrides/1/policies", "override_empty"),
        ("editions/0/overrides/2/for", "override_twice"),
    ]


def test_an_override_is_judged_with_what_it_is_laid_over_and_only_for_what_it_names() -> None:
    """A tolerance is nothing beside the edition's `pay_actual`, and what the edition does wrong is told of once, there."""
    scope = Scope(categories=(SERVICE,))
    tolerant = Override(scope=scope, policies=PolicyChanges(tolerance_percent=5))
    assert overridden(tolerant, continuity_limits=(20, 10)) == [
        ("editions/0/policies/continuity_limits", "continuity_limits_not_rising"),
        ("editions/0/overrides/0/policies/tolerance_percent", "tolerance_unused"),
    ]


def test_every_code_has_a_sentence_and_the_default_has_no_fault() -> None:
    assert SENTENCES.keys() == set(FaultCode)
    assert faults(Rulebook(municipality="B", editions=DEFAULT_RULEBOOK.editions)) == []
    tested = {code for _, _, code in AT_FAULT}
    of_document = {
        code
        for code in FaultCode
        if code.split("_")[0] in {"municipality", "zone", "no", "version", "editions", "edition", "override"}
    }
    assert set(FaultCode) - of_document == tested
