"""Nothing municipal is a constant in code, every policy says where it comes from, and old days keep their rules."""

import ast
import inspect
from datetime import UTC, date, datetime
from itertools import pairwise

import msgspec
import pytest

from domain.ids import ProviderId, ServiceCode
from domain.order.values import LegalBasis
from domain.organisation.values import ServiceCategory
from domain.rulebook import policies
from domain.rulebook.policies import Policies, PolicyChanges
from domain.rulebook.rulebook import ANYTHING, DEFAULT_RULEBOOK, About, Edition, Override, Rulebook, Scope
from domain.rulebook.values import DoubleStaffing

SHOWER, SHOP = ServiceCode("SHOWER"), ServiceCode("SHOP")
OLD = Edition(version="bracke-2024", from_on=date(2024, 1, 1), policies=Policies(tolerance_percent=5))
NEW = Edition(
    version="bracke-2025",
    from_on=date(2025, 1, 1),
    until_on=date(2026, 1, 1),
    overrides=(
        Override(
            scope=Scope(categories=(ServiceCategory.SERVICE,)),
            policies=PolicyChanges(declined_share_percent=55),
        ),
        Override(
            scope=Scope(services=(SHOP,), legal_bases=(LegalBasis.SOL,)),
            policies=PolicyChanges(declined_share_percent=75, double_staffing=DoubleStaffing.COUNT_EACH),
        ),
    ),
)
BRACKE = Rulebook(municipality="Bräcke", editions=(NEW, OLD))


def explained() -> dict[str, str]:
    """Each policy with the text that stands under it."""
    texts: dict[str, str] = {}
    for group in ast.parse(inspect.getsource(policies)).body:
        for node, following in pairwise(group.body if isinstance(group, ast.ClassDef) else []):
            match node, following:
                case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str(text))):
                    texts[name] = text
                case _:
                    pass
    return texts


@pytest.mark.parametrize("policy", Policies.__struct_fields__)
def test_a_policy_names_its_source_or_says_that_it_is_assumed(policy: str) -> None:
    text = explained()[policy]
    assert "[A]" in text or "[S:" in text


def test_a_rulebook_is_data_and_comes_back_as_it_was() -> None:
    stored = msgspec.json.encode(BRACKE)
    assert msgspec.json.decode(stored, type=Rulebook) == BRACKE


@pytest.mark.parametrize(
    ("day", "version"),
    [
        (date(2023, 12, 31), "none"),
        (date(2024, 1, 1), "bracke-2024"),
        (date(2024, 12, 31), "bracke-2024"),
        (date(2025, 1, 1), "bracke-2025"),
        (date(2025, 12, 31), "bracke-2025"),
        (date(2026, 1, 1), "none"),
    ],
)
def test_a_day_has_the_rules_of_its_time(day: date, version: str) -> None:
    assert BRACKE.on(day).version == version
    assert BRACKE.holds_on(day) is (version != "none")


def test_where_no_edition_holds_every_policy_is_at_its_default() -> None:
    assert BRACKE.on(date(2026, 1, 1)).policies == Policies()


def test_the_rules_change_at_midnight_on_the_wall() -> None:
    late = datetime(2024, 12, 31, 22, 59, tzinfo=UTC)
    assert BRACKE.at(late).version == "bracke-2024"
    assert BRACKE.at(late.replace(hour=23)).version == "bracke-2025"


@pytest.mark.parametrize(
    ("about", "share", "staffing"),
    [
        (ANYTHING, 0, DoubleStaffing.INCLUDED_IN_RATE),
        (About(SHOWER, ServiceCategory.PERSONAL_CARE), 0, DoubleStaffing.INCLUDED_IN_RATE),
        (About(SHOP, ServiceCategory.SERVICE), 55, DoubleStaffing.INCLUDED_IN_RATE),
        (About(SHOP, ServiceCategory.SERVICE, LegalBasis.LSS), 55, DoubleStaffing.INCLUDED_IN_RATE),
        (About(SHOP, ServiceCategory.SERVICE, LegalBasis.SOL), 75, DoubleStaffing.COUNT_EACH),
        (About(SHOP, ServiceCategory.SERVICE, LegalBasis.SOL, ProviderId("p")), 75, DoubleStaffing.COUNT_EACH),
    ],
)
def test_what_holds_for_a_part_only_is_laid_over_the_rest_and_the_last_word_counts(
    about: About, share: int, staffing: DoubleStaffing
) -> None:
    found = NEW.policies_for(about)
    assert (found.declined_share_percent, found.double_staffing) == (share, staffing)
    assert NEW.policies_for(about) == found


def test_the_versions_of_some_days_are_named_once_in_order_of_time() -> None:
    days = [date(2025, 3, 1), date(2024, 3, 1), date(2024, 4, 1)]
    assert BRACKE.versions(days) == ("bracke-2024", "bracke-2025")


def test_the_default_holds_on_every_day() -> None:
    assert DEFAULT_RULEBOOK.on(date.min).version == DEFAULT_RULEBOOK.on(date.max).version == "default-1"


@pytest.mark.parametrize(
    ("editions", "unbroken_from"),
    [
        ((OLD,), OLD.from_on),
        ((Edition(version="c", from_on=date(2026, 1, 1)), NEW, OLD), OLD.from_on),
        ((OLD, NEW, Edition(version="c", from_on=date(2026, 1, 2))), date(2026, 1, 2)),
        ((OLD, NEW), date.max),
        ((), date.max),
    ],
)
def test_rules_hold_without_a_gap_from_the_day_after_the_last_one(
    editions: tuple[Edition, ...], unbroken_from: date
) -> None:
    assert Rulebook(municipality="Bräcke", editions=editions).unbroken_from == unbroken_from
