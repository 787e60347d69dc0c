"""The table of access, and what a reach holds."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from domain.access.decision import NO_RULE, NO_UNITS, Asked, decide
from domain.access.page import access_page
from domain.access.reach import EVERYTHING, Held, Reach
from domain.access.table import ACTIONS, RULES
from domain.access.values import DOCUMENTATION, WINDOW_AHEAD, WINDOW_BACK, Extent, RecordClass, Role
from domain.facts import PlannedVisit, VisitFacts
from domain.ids import ClientId, UnitId, VisitId, WorkerId
from domain.timeline import DaySpan
from domain.values import VisitKind
from infra.tokens import ROLES

ROOT = Path(__file__).parents[2]
TODAY = date(2026, 3, 2)
ONE_DAY = timedelta(days=1)
NO_UNIT = UnitId("")
CENTRE, GALLO = UnitId("centre"), UnitId("gallo")
ASTRID, ANNA, BO = ClientId("astrid"), WorkerId("anna"), WorkerId("bo")
OF_CENTRE = Reach(extent=Extent.UNIT, today=TODAY, zone="Europe/Stockholm", unit_ids=frozenset({CENTRE}))
ANNAS = Reach(extent=Extent.OWN, today=TODAY, zone="Europe/Stockholm", worker_id=ANNA)


def test_a_role_has_one_rule_for_an_action_and_every_action_of_a_rule_is_known() -> None:
    times = Counter((rule.role, action) for rule in RULES for action in rule.actions)
    assert [each for each, number in times.items() if number > 1] == []
    assert {action for _, action in times} == set(ACTIONS)
    assert len({rule.id for rule in RULES}) == len(RULES)


def test_tokens_name_the_roles_of_the_table() -> None:
    assert set(ROLES) == set(Role)


def test_what_is_not_in_the_table_is_denied_and_says_so() -> None:
    assert decide(Asked(role="admin", action="read.people")).rule == NO_RULE
    assert not decide(Asked(role="somebody", action="read.organisation")).is_allowed


def test_an_administrator_reaches_no_care_and_no_figure() -> None:
    about = {ACTIONS[action] for rule in RULES if rule.role is Role.ADMIN for action in rule.actions}
    assert about.isdisjoint({RecordClass.CARE, RecordClass.FIGURES, RecordClass.ACCOUNTS})


def test_the_auditor_and_the_reporting_job_change_nothing() -> None:
    changing = {
        rule.role
        for rule in RULES
        for action in rule.actions
        if not action.startswith(("read.", "export.", "rulebook.check"))
    }
    assert changing.isdisjoint({Role.AUDITOR, Role.REPORTING})


def test_an_office_token_without_a_unit_is_told_to_be_empty() -> None:
    assert decide(Asked(role="coordinator", action="read.people")).rule == NO_UNITS
    named = decide(Asked(role="coordinator", action="read.people", unit_ids=frozenset({CENTRE})))
    assert (named.rule, named.extent) == ("coordinator.reads", Extent.UNIT)


@pytest.mark.parametrize(
    ("until_on", "is_theirs"),
    [
        (None, True),
        (TODAY + ONE_DAY, True),
        (TODAY - DOCUMENTATION + ONE_DAY, True),
        (TODAY - DOCUMENTATION, False),
    ],
)
def test_a_client_is_the_units_until_what_is_left_is_written_down(until_on: date | None, is_theirs: bool) -> None:
    held = [Held(CENTRE, DaySpan(date(2026, 1, 1), until_on))]
    assert OF_CENTRE.has_client(ASTRID, held) is is_theirs
    assert not OF_CENTRE.has_client(ASTRID, [Held(GALLO, DaySpan(date(2026, 1, 1)))])


def test_a_unit_joined_and_left_on_one_day_never_had_the_client() -> None:
    assert not OF_CENTRE.has_client(ASTRID, [Held(CENTRE, DaySpan(TODAY, TODAY))])


def test_a_worker_of_no_unit_is_every_offices_to_place_and_one_of_another_is_not() -> None:
    assert OF_CENTRE.has_worker(BO, [])
    assert not OF_CENTRE.has_worker(BO, [Held(GALLO, DaySpan(date(2026, 1, 1)))])
    assert ANNAS.has_worker(ANNA, [])
    assert not ANNAS.has_worker(BO, [])


class Town:
    """Astrid was the centre's in January, and is Gällö's since."""

    held = (
        Held(CENTRE, DaySpan(date(2026, 1, 1), date(2026, 2, 1))),
        Held(GALLO, DaySpan(date(2026, 2, 1))),
    )

    def unit_of(self, client_id: ClientId, day: date) -> UnitId:
        """Whose she is that day."""
        found = [held.unit_id for held in self.held if held.days.holds_on(day)] if client_id == ASTRID else []
        return UnitId(found[0]) if found else UnitId("")

    def of_client(self, client_id: ClientId) -> tuple[Held, ...]:
        """Whose she was and is."""
        return self.held if client_id == ASTRID else ()

    def of_worker(self, _: WorkerId) -> tuple[Held, ...]:
        """Nobody is employed."""
        return ()


def visit_on(day: date, client_id: ClientId = ASTRID, unit_id: UnitId = NO_UNIT) -> VisitFacts:
    """A visit planned for Anna that morning."""
    starts_at = datetime(day.year, day.month, day.day, 6, tzinfo=UTC)
    plan = PlannedVisit(
        visit_id=VisitId("visit"),
        client_ids=(client_id,),
        unit_id=unit_id,
        kind=VisitKind.PLANNED,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=40),
        services=(),
        workers_needed=1,
        worker_ids=(ANNA,),
    )
    return VisitFacts(VisitId("visit"), planned=plan)


def test_a_visit_stays_with_the_unit_that_was_responsible_on_its_day() -> None:
    assert OF_CENTRE.has_visit(visit_on(date(2026, 1, 20)), Town())
    assert not OF_CENTRE.has_visit(visit_on(date(2026, 2, 20)), Town())
    assert OF_CENTRE.has_visit(visit_on(date(2026, 2, 20), unit_id=CENTRE), Town())


class NobodyKnows(Town):
    """Who must not be asked."""

    def unit_of(self, client_id: ClientId, day: date) -> UnitId:
        """Nobody's."""
        raise AssertionError(f"{client_id} was looked up for {day}")


def test_a_visit_that_the_unit_was_to_make_is_theirs_and_nobody_looks_its_client_up() -> None:
    assert OF_CENTRE.has_visit(visit_on(date(2026, 2, 20), unit_id=CENTRE), NobodyKnows())
    with pytest.raises(AssertionError):
        OF_CENTRE.has_visit(visit_on(date(2026, 2, 20), unit_id=GALLO), NobodyKnows())


def test_a_visit_before_its_client_had_a_unit_is_not_every_offices() -> None:
    assert not OF_CENTRE.has_visit(visit_on(date(2025, 12, 1)), Town())
    assert OF_CENTRE.has_visit(visit_on(date(2025, 12, 1), ClientId("unknown")), Town())


@pytest.mark.parametrize(
    ("day", "is_near"),
    [
        (TODAY - WINDOW_BACK, True),
        (TODAY - WINDOW_BACK - ONE_DAY, False),
        (TODAY + WINDOW_AHEAD, True),
        (TODAY + WINDOW_AHEAD + ONE_DAY, False),
    ],
)
def test_a_worker_sees_their_own_visits_around_today_and_no_others(day: date, is_near: bool) -> None:
    assert ANNAS.has_visit(visit_on(day), Town()) is is_near
    bos = Reach(extent=Extent.OWN, today=TODAY, zone="Europe/Stockholm", worker_id=BO)
    assert not bos.has_visit(visit_on(day), Town())


def test_what_adds_up_several_units_is_told_to_those_who_reach_all_of_them() -> None:
    assert EVERYTHING.has_unit(None)
    assert not OF_CENTRE.has_unit(None)
    assert not OF_CENTRE.has_unit("")


def test_the_document_is_the_table() -> None:
    """Write it anew with `visitledger access table > docs/access.md`."""
    assert (ROOT / "docs/access.md").read_text(encoding="utf-8") == access_page()
