"""Which changes of belief made a cell another: those that speak of it, and of nothing else."""

from datetime import date, timedelta

import msgspec
import pytest

from domain.cell_causes import Because, Causes, FactChange, causes, hour_matters
from domain.cell_scope import all_month, nearby, scope_of, speaks_of
from domain.compared_reports import MONTH_READS, PERFORMED_READS
from domain.detectors.hour import Moment
from domain.evidence import Delegation
from domain.facts import Absence, Fact, Membership, ServiceRegistered, VisitFailed
from domain.ids import ServiceCode, VisitId
from domain.local_time import Month
from domain.municipality import EditionAdopted
from domain.report_cells import Piece
from domain.rule_changes import RuleChanges
from domain.rulebook.policies import PayPolicies, PerformedPolicies, PolicyChanges
from domain.rulebook.rulebook import DEFAULT_RULEBOOK, Override, Rulebook, rulebook_with
from domain.rulebook.rulebook import Scope as RuleScope
from domain.rulebook.values import DoubleStaffing
from domain.values import ApprovalRole, VisitKind
from tests.domain.given_facts import (
    ANNA,
    ASTA,
    BO,
    BRACKE,
    BROR,
    CLEAN,
    MONDAY,
    SHOWER,
    approval,
    but,
    clock,
    failure,
    order,
    plan,
    service,
    stay,
    visit,
)

ZONE = "Europe/Stockholm"
MARCH = Month(2025, 3)
LATER_ON = date(2025, 3, 20)
OTHER, ALARM = VisitId("other"), VisitId("alarm")
PIECE = Piece((ASTA,), (40,), ASTA, MONDAY, VisitId("visit"), ANNA, SHOWER, BRACKE)
MADE = visit(plan(), stay("08:00", "08:30"), service())
VISITS = [
    MADE,
    visit(stay("19:00", "19:30", BO, visit_id=OTHER), visit_id=OTHER),
    visit(stay("07:45", "07:50", BO, visit_id=ALARM, kind=VisitKind.ALARM), visit_id=ALARM),
]
SCOPE = scope_of([PIECE], [MADE], ZONE)
SAME_RULES = RuleChanges(DEFAULT_RULEBOOK, DEFAULT_RULEBOOK, [MONDAY], PerformedPolicies.__struct_fields__)


def away(person: str, day: date, until: date | None = None) -> Absence:
    ended = clock("12:00", until) if until else None
    return Absence(person_kind="client", person_id=person, kind="hospital", from_at=clock("08:00", day), until_at=ended)


def because(*facts: Fact, reads: frozenset[type[Fact]] = MONTH_READS, rules: RuleChanges = SAME_RULES) -> Causes:
    changes = [FactChange(fact, (number,)) for number, fact in enumerate(facts, start=1)]
    wider = [nearby(SCOPE, VISITS, ZONE), all_month(SCOPE, VISITS, MARCH)]
    return causes([SCOPE, *wider], changes, reads, rules)


@pytest.mark.parametrize(
    ("fact", "is_about"),
    [
        (stay("08:00", "08:40"), True),
        (stay("08:00", "08:40", visit_id=OTHER), False),
        (approval(ApprovalRole.WORKER), True),
        (order(), True),
        (order(BROR), False),
        (order(code=CLEAN), False),
        (order(since=LATER_ON), False),
        (order(until=MONDAY), False),
        (away(ASTA, MONDAY), True),
        (away(ASTA, LATER_ON), False),
        (away(ASTA, date(2025, 2, 1), date(2025, 2, 20)), False),
        (away(BROR, MONDAY), False),
        (Membership("worker_unit", ANNA, BRACKE, date(2025, 1, 1), None), True),
        (Membership("worker_unit", BO, BRACKE, date(2025, 1, 1), None), False),
    ],
)
def test_a_fact_speaks_of_a_cell_by_its_visit_client_worker_service_and_days(fact: Fact, *, is_about: bool) -> None:
    assert speaks_of(fact, SCOPE) is is_about


def test_the_events_are_those_of_the_facts_that_differ_and_that_the_report_reads() -> None:
    facts = (stay("08:00", "08:40"), approval(ApprovalRole.WORKER), stay("19:00", "19:10", visit_id=OTHER))
    assert because(*facts) == Causes(Because.ITS_FACTS, frozenset({1, 2}))
    assert because(*facts, reads=PERFORMED_READS) == Causes(Because.ITS_FACTS, frozenset({1}))


def test_an_alarm_of_the_client_that_day_may_be_counted_in_the_visit() -> None:
    assert scope_of([PIECE], VISITS, ZONE).visits == {"visit", ALARM}


def test_where_none_is_of_the_cell_itself_what_is_near_is_told() -> None:
    """The worker was at somebody else's then; or something of the client's changed that day, or that month."""
    elsewhere = stay("08:10", "08:20", ANNA, (BROR,), visit_id=VisitId("elsewhere"))
    assert because(elsewhere) == Causes(Because.NEARBY_FACTS, frozenset({1}))
    assert because(stay("19:00", "19:10", visit_id=OTHER)) == Causes(Because.NEARBY_FACTS, frozenset({1}))
    assert because(order(since=LATER_ON)) == Causes(Because.NEARBY_FACTS, frozenset({1}))


def test_half_past_midnight_is_of_the_local_day_that_has_begun() -> None:
    """Two days after the cell's is not beside it, though it is still the day before in UTC."""
    two_days_on = clock("00:30", MONDAY + timedelta(days=2))
    two_days_before = clock("00:30", MONDAY - timedelta(days=1))
    begun = but(away(ASTA, MONDAY), from_at=two_days_on)
    ended = but(away(ASTA, date(2025, 2, 1)), until_at=two_days_before)
    assert [speaks_of(fact, SCOPE) for fact in (begun, ended)] == [False, True]
    elsewhere = but(stay("08:00", "08:30", ANNA, (BROR,), visit_id=VisitId("elsewhere")), arrived_at=two_days_on)
    changes = [FactChange(elsewhere, (1,))]
    assert causes([SCOPE, SCOPE], changes, MONTH_READS, SAME_RULES) == Causes(Because.THE_HOUR)


def test_where_nothing_near_changed_only_the_hour_did() -> None:
    assert because() == because(order(BROR)) == Causes(Because.THE_HOUR)


def test_two_parts_of_a_cell_have_the_events_of_both() -> None:
    one, other = Causes(Because.NEARBY_FACTS, frozenset({1})), Causes(Because.ITS_FACTS, frozenset({2}))
    assert one.with_others(other) == Causes(Because.ITS_FACTS, frozenset({1, 2}))


def adoption(rulebook: Rulebook) -> EditionAdopted:
    [edition] = rulebook.editions
    return EditionAdopted("b-1", date(2025, 1, 1), None, 1, "Bräcke", ZONE, "", edition)


def for_services(*codes: ServiceCode) -> Rulebook:
    [edition] = DEFAULT_RULEBOOK.editions
    override = Override(scope=RuleScope(services=codes), policies=PolicyChanges(client_time=False))
    return msgspec.structs.replace(
        DEFAULT_RULEBOOK, editions=(msgspec.structs.replace(edition, version="b-1", overrides=(override,)),)
    )


@pytest.mark.parametrize(
    ("rulebook", "is_cause"),
    [
        (rulebook_with(double_staffing=DoubleStaffing.COUNT_EACH), True),
        (rulebook_with(tolerance_percent=10), False),
        (rulebook_with(), False),
        (for_services(SHOWER), True),
        (for_services(CLEAN), False),
    ],
)
def test_an_adoption_explains_what_its_rules_say_of_the_service_and_the_report(
    rulebook: Rulebook, *, is_cause: bool
) -> None:
    rules = RuleChanges(DEFAULT_RULEBOOK, rulebook, [MONDAY], PerformedPolicies.__struct_fields__)
    found = because(adoption(rulebook), reads=PERFORMED_READS, rules=rules)
    assert (found.because is Because.ITS_FACTS) is is_cause


def test_other_rules_of_other_days_or_by_another_name_alone_change_nothing() -> None:
    renamed = rulebook_with("b-2")
    assert RuleChanges(DEFAULT_RULEBOOK, renamed, [MONDAY], ("client_time",)).any_days() == []
    assert RuleChanges(DEFAULT_RULEBOOK, renamed, [MONDAY], (), by_version=True).any_days() == [MONDAY]
    none = msgspec.structs.replace(DEFAULT_RULEBOOK, editions=())
    assert RuleChanges(DEFAULT_RULEBOOK, none, [MONDAY], PayPolicies.__struct_fields__).any_days() == [MONDAY]


def test_the_hour_matters_while_something_may_become_due_or_a_silent_phone_be_heard_of() -> None:
    due = clock("12:00")
    early, late, later = (Moment(due + timedelta(hours=hours)) for hours in (-1, 1, 2))
    assert hour_matters(early, late, due)
    assert not hour_matters(late, later, due)
    assert not hour_matters(early, early, due)
    silent = Moment(late.at, {ANNA: early.at})
    assert hour_matters(silent, Moment(later.at, {ANNA: late.at}), due)
    assert not hour_matters(silent, Moment(later.at, {ANNA: early.at}), due)
    assert not hour_matters(late, Moment(later.at, {ANNA: late.at}), due)


def test_what_is_near_is_of_the_same_clients_whatever_the_service() -> None:
    near = nearby(SCOPE, [*VISITS, visit(stay("08:00", "09:00", BO, (BROR,)), visit_id=VisitId("brors"))], ZONE)
    assert near.visits == {"visit", OTHER, ALARM}
    assert near.workers == {ANNA, BO}
    assert speaks_of(order(code=CLEAN), near)
    assert not speaks_of(but(order(), client_id=BROR), near)


@pytest.mark.parametrize("told", [service(worker=BO), but(failure(), worker_id=BO)])
def test_what_is_known_of_a_worker_who_only_told_of_the_visit_speaks_of_it(
    told: ServiceRegistered | VisitFailed,
) -> None:
    delegated = Delegation(BO, SHOWER, MONDAY, None, delegated_by=ANNA)
    assert not speaks_of(delegated, SCOPE)
    assert speaks_of(delegated, scope_of([PIECE], [visit(plan(), stay("08:00", "08:30"), told)], ZONE))
