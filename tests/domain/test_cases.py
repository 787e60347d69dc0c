"""Cases of municipal staff: what they may say, and how a miss is told."""

from datetime import UTC, datetime

import msgspec
import pytest

from domain.cases.case import Case, Expected, Given, VisitGiven
from domain.cases.hours import CaseHoursUnreadableError, hours_on, moment
from domain.cases.run import Miss, run_case
from domain.cases.town import town_of
from domain.ids import VisitId
from domain.rulebook.change import PolicyUnreadableError, policies_named, with_policies
from domain.rulebook.rulebook import DEFAULT_RULEBOOK, About, Edition, Override, Rulebook, Scope
from domain.rulebook.values import CapPeriod, ExcessPolicy
from tests.domain.given_facts import CLEAN, FALL_BACK, MONDAY, SHOWER, SPRING_FORWARD, clock

ZONE = "Europe/Stockholm"
MORNING = VisitGiven(day=MONDAY, client="asta", by={"anna": "08:00-08:30"}, done=("SHOWER",))


def case(*visits: VisitGiven, **expect: object) -> Case:
    """A case of March 2025."""
    expected = msgspec.convert(expect, Expected)
    return Case(case="it is so", month="2025-03", given=Given(visits=visits), expect=expected)


def test_a_figure_that_is_not_as_expected_is_told_beside_what_was_found() -> None:
    run = run_case(case(MORNING, performed={"asta": 40, "bror": 5}), DEFAULT_RULEBOOK)
    assert run.misses == (Miss("performed", "asta", 40, 30), Miss("performed", "bror", 5, 0))


def test_a_figure_that_nobody_expected_is_a_miss_too() -> None:
    assert run_case(case(MORNING, by_service={}), DEFAULT_RULEBOOK).misses == (Miss("by_service", "SHOWER", 0, 30),)


def test_what_is_left_out_is_not_looked_at() -> None:
    assert run_case(case(MORNING), DEFAULT_RULEBOOK).passed


def test_exceptions_are_expected_each_once_and_in_any_number_of_visits() -> None:
    again = msgspec.structs.replace(MORNING, by={"bo": "10:00-10:30"})
    run = run_case(case(MORNING, again, exceptions=["SERVICE_CODE_UNKNOWN", "UNPLANNED"]), DEFAULT_RULEBOOK)
    assert run.passed, run.misses


def test_a_policy_may_be_otherwise_in_one_case_only() -> None:
    both = VisitGiven(day=MONDAY, client="asta", by={"anna": "08:00-08:30", "bo": "08:00-08:30"}, done=("SHOWER",))
    tried = case(both, performed={"asta": 60})
    assert not run_case(tried, DEFAULT_RULEBOOK).passed
    changes = policies_named({"double_staffing": "count_each"})
    assert run_case(msgspec.structs.replace(tried, but=changes), DEFAULT_RULEBOOK).passed


def test_a_visit_may_be_given_for_several_days() -> None:
    daily = msgspec.structs.replace(MORNING, until=MONDAY.replace(day=5))
    assert run_case(case(daily, performed={"asta": 90}), DEFAULT_RULEBOOK).passed


def test_the_ledger_learns_of_a_visit_when_the_case_says() -> None:
    town = town_of(case(msgspec.structs.replace(MORNING, learned="2025-04-20 10:00")), ZONE)
    assert town.late(datetime(2025, 4, 3, tzinfo=UTC)) == {VisitId("visit 1")}
    assert town.late(datetime(2025, 5, 3, tzinfo=UTC)) == frozenset()


@pytest.mark.parametrize(
    ("text", "minutes"), [("08:00-08:30", 30), ("23:50-00:10", 20), ("08:00:59-08:30:01", 29 + 2 / 60)]
)
def test_hours_run_over_midnight_and_may_have_seconds(text: str, minutes: float) -> None:
    starts_at, ends_at = hours_on(MONDAY, text, ZONE)
    assert ends_at is not None
    assert (ends_at - starts_at).total_seconds() == pytest.approx(minutes * 60)


def test_an_open_end_is_none() -> None:
    assert hours_on(MONDAY, "08:00-", ZONE) == (clock("08:00"), None)


def test_the_hour_that_comes_twice_is_told_apart_and_the_missing_one_is_no_time() -> None:
    assert hours_on(FALL_BACK, "02:30-02:30+1", ZONE) == (
        clock("02:30", FALL_BACK),
        clock("02:30", FALL_BACK, fold=1),
    )
    starts_at, ends_at = hours_on(SPRING_FORWARD, "01:30-03:30", ZONE)
    assert ends_at is not None
    assert (ends_at - starts_at).total_seconds() == 3600


@pytest.mark.parametrize("text", ["8-9", "08:00", "25:00-26:00", "08:61-09:00", ""])
def test_hours_that_cannot_be_read_are_refused(text: str) -> None:
    with pytest.raises(CaseHoursUnreadableError):
        hours_on(MONDAY, text, ZONE)


@pytest.mark.parametrize("text", ["2025-03-03", "2025-13-03 08:00", "yesterday 08:00"])
def test_moments_that_cannot_be_read_are_refused(text: str) -> None:
    with pytest.raises(CaseHoursUnreadableError):
        moment(text, ZONE)


def test_a_changed_policy_holds_for_all_and_in_each_override_that_has_its_own() -> None:
    own = Override(
        scope=Scope(services=(SHOWER,)),
        policies=policies_named({"excess_policy": "cap_at_ordered", "cap_period": "week"}),
    )
    other = Override(scope=Scope(services=(CLEAN,)), policies=policies_named({"tolerance_percent": 5}))
    book = Rulebook(municipality="x", editions=(Edition(version="1", from_on=MONDAY, overrides=(own, other)),))
    [edition] = with_policies(book, policies_named({"excess_policy": "pay_actual"})).editions
    assert edition.version == "1, changed"
    for code in ("", SHOWER, CLEAN):
        assert edition.policies_for(About(code)).excess_policy is ExcessPolicy.PAY_ACTUAL
    assert edition.policies_for(About(SHOWER)).cap_period is CapPeriod.WEEK
    assert edition.policies_for(About(CLEAN)).tolerance_percent == 5


@pytest.mark.parametrize("values", [{"no_such_policy": 1}, {"excess_policy": "pay_twice"}, {"cap_period": 7}])
def test_a_policy_or_value_that_is_none_is_refused(values: dict[str, object]) -> None:
    with pytest.raises(PolicyUnreadableError):
        policies_named(values)


def test_policies_are_named_as_text_too() -> None:
    [edition] = with_policies(DEFAULT_RULEBOOK, policies_named({"tolerance_percent": "10"})).editions
    assert edition.policies.tolerance_percent == 10
