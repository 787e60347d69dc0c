"""What began or ended to be believed between two positions, and whom it concerns."""

from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from domain.compared_reports import MONTH_READS
from domain.facts import Attendance, OrderLine
from domain.municipality import EditionAdopted
from domain.values import Period
from domain.visit.events import VisitAttendanceCorrected
from projections.believed import believed, read, read_since
from projections.fact_changes import FactChanges
from projections.facts import Facts
from tests.projections.folding import fold
from tests.projections.story import STORY
from tests.projections.telling import ANNA, ASTA, BO, BROR, FRIDAY, MONDAY, at

WEEK = Period(at(0, day=MONDAY), at(23, day=FRIDAY))
END = STORY[-1].position


def positions(topic: str) -> list[int]:
    return [told.position for told in STORY if topic == told.event.TOPIC]


@pytest.fixture(scope="module")
def db(module_database: sa.Engine) -> Iterator[sa.Connection]:
    """The whole story, folded once for each store: these tests only read."""
    fold(module_database, Facts(), STORY)
    with module_database.connect() as connection:
        yield connection


def changes(db: sa.Connection, after: int, upto: int = END) -> FactChanges:
    return FactChanges(db, after, upto, WEEK, MONTH_READS)


def test_a_correction_ends_one_belief_and_begins_another_at_its_position(db: sa.Connection) -> None:
    corrected = positions(VisitAttendanceCorrected.TOPIC)[0]
    found = changes(db, corrected - 1, corrected).around([ASTA, BROR], [ANNA, BO])
    stays = {change.fact for change in found if isinstance(change.fact, Attendance)}
    assert {change.positions for change in found} == {(corrected,)}
    assert len(stays) == 2
    assert changes(db, corrected - 1, corrected).clients() == {ASTA, BROR}


def test_nobody_is_touched_where_nothing_is_new(db: sa.Connection) -> None:
    assert changes(db, END).clients() == set()
    assert changes(db, END).around([ASTA], [ANNA]) == []
    assert changes(db, END).everywhere() == []


def test_a_new_service_code_touches_everybody_and_an_adoption_is_everywhere(db: sa.Connection) -> None:
    defined = positions("organisation.service_code_defined")[0]
    assert changes(db, defined - 1, defined).clients() is None
    adopted = positions("organisation.rulebook_adopted")[0]
    found = changes(db, adopted - 1, adopted).everywhere()
    assert {type(change.fact) for change in found} == {EditionAdopted}
    assert {change.positions for change in found} == {(adopted,)}


def test_an_order_touches_its_client_and_a_worker_the_clients_who_were_met(db: sa.Connection) -> None:
    placed = positions("order.placed")[0]
    assert changes(db, placed - 1, placed).clients() == {ASTA}
    joined = positions("worker.unit_joined")[0]
    assert {ASTA, BROR} <= (changes(db, joined - 1, joined).clients() or set())


@pytest.mark.parametrize("told_by", ["service_registered", "visit_failed"])
def test_a_worker_touches_the_clients_whom_only_services_or_a_failed_visit_tell_of(
    db: sa.Connection, told_by: str
) -> None:
    joined = positions("worker.unit_joined")[0]
    others = {"planned_visit", "attendance", "service_registered", "visit_failed"} - {told_by}
    for table in others:
        db.execute(sa.text(f"DELETE FROM {table}"))
    touched = changes(db, joined - 1, joined).clients()
    db.rollback()
    assert touched == {ANNA, ASTA} | ({BROR} if told_by == "service_registered" else set())


def test_a_fact_is_read_with_the_position_that_it_is_believed_from(db: sa.Connection) -> None:
    found = read_since(db, OrderLine, believed(OrderLine, END))
    assert [fact for fact, _ in found] == read(db, OrderLine, believed(OrderLine, END))
    assert {since for _, since in found} <= set(range(1, END + 1))
    assert read_since(db, OrderLine, believed(OrderLine, 0)) == []
