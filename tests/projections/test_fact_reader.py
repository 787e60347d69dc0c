"""Which facts a question finds: by period, client, worker, unit, and as of which position."""

from collections.abc import Iterable
from datetime import date, datetime

import pytest
import sqlalchemy as sa

from domain.facts import ApprovalGiven, VisitFacts
from domain.ids import VisitId, subject_of
from domain.organisation.events import OrganisationRulebookAdopted
from domain.values import ApprovalRole, NotPerformedReason, Period
from domain.visit.events import VisitNotPerformed
from domain.visit.facts import visit_facts
from domain.visit.history import VisitHistory, evolve
from projections.believed import columns
from projections.fact_reader import FactReader
from projections.facts import Facts
from projections.projection import FOREVER
from tests.projections.folding import fold
from tests.projections.office_chapters import WHOLE_YEAR
from tests.projections.story import STORY
from tests.projections.telling import (
    ANNA,
    ASTA,
    BO,
    BRACKE,
    BROR,
    FRIDAY,
    GALLO,
    INSULIN,
    MONDAY,
    Said,
    at,
    recorded,
    seen,
)
from tests.projections.visit_chapters import COUPLE, IN_VAIN, NIGHT

COUPLES, NIGHTS, VAIN = (subject_of(stream) for stream in (COUPLE, NIGHT, IN_VAIN))
NOW = FOREVER - 1
TUESDAY = date(2025, 3, 4)


@pytest.fixture
def reader(read_database: sa.Engine) -> Iterable[FactReader]:
    """The whole story, folded."""
    fold(read_database, Facts(), STORY)
    with read_database.connect() as db:
        yield FactReader(db, NOW)


def day(of: date, hour: int = 0) -> Period:
    return Period(at(hour, day=of), at(23, 59, day=of))


def names(visits: Iterable[VisitFacts]) -> list[str]:
    return [visit.visit_id for visit in visits]


def test_a_visit_is_read_with_all_that_is_believed_of_it(reader: FactReader) -> None:
    history = VisitHistory()
    for told in STORY:
        event = told.event
        if event.originator_id == COUPLE:
            evolve(history, event, position=told.position, recorded_at=told.recorded_at)  # type: ignore[arg-type]
    assert reader.visits(visit_ids=[VisitId(COUPLES)]) == [visit_facts(VisitId(COUPLES), history)]


def test_a_visit_belongs_to_the_days_of_its_plan_and_of_its_stays(reader: FactReader) -> None:
    assert names(reader.visits(day(MONDAY))) == [COUPLES, NIGHTS]
    assert names(reader.visits(day(TUESDAY))) == [NIGHTS]
    assert names(reader.visits(day(FRIDAY))) == [VAIN]


def test_a_period_ends_before_its_end_and_a_stay_before_its_departure(reader: FactReader) -> None:
    assert names(reader.visits(Period(at(0), at(23, 40)))) == [COUPLES]
    assert names(reader.visits(Period(at(0, 20, TUESDAY), at(23, day=TUESDAY)))) == []
    assert names(reader.visits(Period(at(0, 19, TUESDAY), at(23, day=TUESDAY)))) == [NIGHTS]


def test_an_unplanned_failure_belongs_to_its_moment(read_database: sa.Engine) -> None:
    fold(read_database, Facts(), recorded([_failure(at(12))]))
    with read_database.connect() as db:
        assert names(FactReader(db, NOW).visits(Period(at(12), at(13)))) == ["failed"]
        assert names(FactReader(db, NOW).visits(Period(at(11), at(12)))) == []


def test_visits_are_found_by_each_of_their_clients_workers_and_units(reader: FactReader) -> None:
    assert names(reader.visits(client_id=ASTA)) == [COUPLES, VAIN]
    assert names(reader.visits(client_id=BROR)) == [COUPLES, NIGHTS]
    assert names(reader.visits(worker_id=BO)) == [COUPLES]
    assert names(reader.visits(day(MONDAY), worker_id=ANNA)) == [COUPLES, NIGHTS]
    assert names(reader.visits(unit_id=GALLO)) == [VAIN]
    assert names(reader.visits(unit_id=BRACKE, client_id=BROR)) == [COUPLES]


def test_a_worker_who_was_unassigned_is_not_the_visits_any_more(reader: FactReader) -> None:
    unassigned = next(told.position for told in STORY if told.event.TOPIC == "visit.worker_unassigned")
    assert names(FactReader(reader.db, unassigned - 1).visits(worker_id=BO)) == [COUPLES, VAIN]
    assert names(FactReader(reader.db, unassigned).visits(worker_id=BO)) == [COUPLES]


def test_named_visits_may_be_asked_for_among_those_of_a_period(reader: FactReader) -> None:
    wanted = [VisitId(NIGHTS), VisitId(COUPLES), VisitId("unknown")]
    assert names(reader.visits(visit_ids=wanted)) == [COUPLES, NIGHTS]
    assert names(reader.visits(day(TUESDAY), visit_ids=wanted)) == [NIGHTS]


def test_an_order_line_holds_on_its_local_days_and_not_while_it_is_suspended(reader: FactReader) -> None:
    just_friday_in_sweden = Period(at(23, 30, date(2025, 3, 6)), at(23, 45, date(2025, 3, 6)))
    assert [line.starts_on for line in reader.orders(just_friday_in_sweden, client_id=ASTA)] == [FRIDAY]
    assert reader.orders(day(TUESDAY)) == []
    assert reader.orders(day(date(2025, 6, 2))) == []
    assert reader.orders(client_id=BROR) == []


def test_an_absence_holds_until_the_return_and_without_one_for_good(reader: FactReader) -> None:
    assert [absence.person_id for absence in reader.absences(day(TUESDAY))] == [ASTA]
    assert [absence.person_id for absence in reader.absences(day(date(2026, 1, 1)))] == [ANNA]


def test_shifts_and_indirect_time_are_found_by_worker_and_day(reader: FactReader) -> None:
    assert [shift.shift_id for shift in reader.shifts(day(MONDAY), worker_id=ANNA)] == ["monday"]
    assert [shift.shift_id for shift in reader.shifts(day(FRIDAY))] == ["friday"]
    assert reader.shifts(day(MONDAY), worker_id=BO) == []
    assert [spent.minutes for spent in reader.indirect_time(day(MONDAY), worker_id=ANNA)] == [15]


def test_everything_else_is_read_by_its_name(reader: FactReader) -> None:
    assert [person.person_id for person in reader.people()] == [ASTA, ANNA]
    assert {held.kind for held in reader.memberships()} == {"client_unit", "household", "worker_unit", "lent"}
    assert [unit.unit_id for unit in reader.units()] == [BRACKE]
    assert [provider.in_house for provider in reader.providers()] == [True]
    assert [service.from_on for service in reader.services_defined()] == [date(2025, 1, 1), date(2025, 7, 1)]
    assert [need.direction for need in reader.need_changes(client_id=ASTA)] == ["decreased"]
    assert [frame.minutes for frame in reader.time_frames(client_id=BROR)] == [600]
    assert [held.service_code for held in reader.delegations()] == [INSULIN]
    assert {contact.worker_id for contact in reader.device_contacts()} == {ANNA, BO}
    assert [kept.reason for kept in reader.quarantined()] == ["id_conflict"]
    assert [accepted.code for accepted in reader.acknowledgements()] == ["UNPLANNED"]


def test_any_class_can_be_read_under_conditions(reader: FactReader) -> None:
    c = columns(ApprovalGiven)
    lapsed = reader.facts(ApprovalGiven, c.role == ApprovalRole.WORKER, c.stands.is_(False))
    assert [approval.visit_id for approval in lapsed] == [COUPLES]


def _failure(moment: datetime) -> Said:
    reason = NotPerformedReason.NOBODY_HOME
    return seen("visit/failed", VisitNotPerformed, "failed", occurred_at=moment, reason=reason, client_ids=(ASTA,))


def adoptions() -> list[int]:
    """The positions of the story at which rules were adopted."""
    return [told.position for told in STORY if isinstance(told.event, OrganisationRulebookAdopted)]


def test_the_rules_are_those_adopted_by_then(reader: FactReader) -> None:
    """A later adoption wins for its days; before the first there is the default."""
    first, second = adoptions()
    days = [date(2024, 12, 31), date(2025, 3, 3), date(2025, 6, 1)]
    versions = {
        as_of: [FactReader(reader.db, as_of).rulebook().on(day).version for day in days]
        for as_of in (first - 1, first, second, NOW)
    }
    assert versions == {
        first - 1: ["default-1"] * 3,
        first: ["none", "b-2025", "b-2025"],
        second: ["none", "b-2025-spring", "b-2025"],
        NOW: ["none", "b-2025-spring", "b-2025"],
    }


def test_the_rules_come_back_as_they_were_adopted_and_are_put_together_once(reader: FactReader) -> None:
    rulebook = reader.rulebook()
    last = rulebook.editions[-1]
    assert last.policies == WHOLE_YEAR.editions[0].policies
    assert last.overrides == WHOLE_YEAR.editions[0].overrides
    assert reader.rulebook() is rulebook
