"""The bitemporal facts: whatever the batches, they are what the domain makes of the events so far."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import pairwise

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.event import RecordedEvent
from domain.facts import Attendance, Fact
from domain.ids import kind_of, subject_of
from projections.fact_reader import FactReader
from projections.fact_tables import FACT_TABLES, table_of
from projections.facts import Facts
from projections.projection import FOREVER
from projections.subjects import SUBJECT_KINDS
from tests.projections.folding import contents, cut, emptied, fold, rows
from tests.projections.story import STORY, interleaved
from tests.projections.telling import at
from tests.projections.visit_chapters import COUPLE

FACTS = Facts()
SOME_POSITIONS = range(0, len(STORY) + 1, 4)


def facts_of(events: Iterable[RecordedEvent]) -> list[Fact]:
    """What the domain makes of the events, each stream's history in one piece: another way to the same facts."""
    streams = defaultdict[str, list[RecordedEvent]](list)
    for recorded in events:
        streams[recorded.event.originator_id].append(recorded)
    return [fact for stream, told in streams.items() for fact in facts_of_stream(stream, told)]


def facts_of_stream(stream: str, told: Sequence[RecordedEvent]) -> Iterable[Fact]:
    kind = SUBJECT_KINDS[kind_of(stream)]
    history = kind.history()
    for recorded in told:
        kind.evolve(history, recorded)
    return kind.facts(subject_of(stream), history)


def in_order(facts: Iterable[Fact]) -> list[Fact]:
    return sorted(facts, key=lambda fact: (type(fact).__name__, repr(fact)))


def believed(db: sa.Connection, as_of: int) -> list[Fact]:
    reader = FactReader(db, as_of)
    return [fact for fact_class in FACT_TABLES for fact in reader.facts(fact_class)]


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    choices=st.lists(st.integers(0, 10), min_size=20, max_size=60),
    sizes=st.lists(st.integers(1, 12), max_size=40),
)
def test_the_size_of_the_batches_makes_no_difference(
    read_database: sa.Engine, choices: list[int], sizes: list[int]
) -> None:
    events = interleaved(choices)
    fold(emptied(read_database, FACTS), FACTS, events)
    at_once = contents(read_database, FACTS)
    fold(emptied(read_database, FACTS), FACTS, *cut(events, sizes))
    assert contents(read_database, FACTS) == at_once


def test_what_was_believed_at_a_position_is_what_the_domain_makes_of_the_events_so_far(
    read_database: sa.Engine,
) -> None:
    fold(read_database, FACTS, *cut(STORY, [7] * 5))
    with read_database.connect() as db:
        for position in SOME_POSITIONS:
            assert in_order(believed(db, position)) == in_order(facts_of(STORY[:position]))


def test_as_of_a_position_equals_a_ledger_that_stopped_there(read_database: sa.Engine) -> None:
    stopped = list[list[Fact]]()
    for start, end in pairwise(SOME_POSITIONS):
        fold(read_database, FACTS, STORY[start:end])
        with read_database.connect() as db:
            stopped.append(believed(db, FOREVER - 1))
    with read_database.connect() as db:
        assert [believed(db, position) for position in SOME_POSITIONS[1:]] == stopped


def test_a_correction_closes_what_was_believed_and_opens_what_is(read_database: sa.Engine) -> None:
    fold(read_database, FACTS, STORY)
    corrected = position_of("visit.attendance_corrected")
    with read_database.connect() as db:
        before = FactReader(db, corrected - 1).facts(Attendance)
        after = FactReader(db, corrected).facts(Attendance)
    assert departures(before) - departures(after) == {at(9, 50)}
    assert departures(after) - departures(before) == {at(9, 35)}


def test_a_fact_is_believed_from_the_event_that_brought_it(read_database: sa.Engine) -> None:
    fold(read_database, FACTS, STORY)
    with read_database.connect() as db:
        shower = next(row for row in rows(db, FACT_TABLES_BY_NAME["service_registered"]) if row[1] == "shower")
    assert shower[-2:] == (position_of("visit.service_performed"), FOREVER)


@pytest.mark.parametrize("fact_class", FACT_TABLES, ids=lambda fact_class: fact_class.__name__)
def test_a_fact_of_each_class_is_read_back_as_it_was(fact_class: type[Fact]) -> None:
    told = [fact for fact in facts_of(STORY) if type(fact) is fact_class]
    told += [fact for position in range(len(STORY)) for fact in facts_of(STORY[:position]) if type(fact) is fact_class]
    assert told, "the story has one of each class"
    table = table_of(fact_class)
    assert table.facts(table.rows([(fact, 1, FOREVER) for fact in told])) == told


def test_every_class_of_facts_has_a_table() -> None:
    assert set(FACT_TABLES) == set(Fact.__subclasses__())


FACT_TABLES_BY_NAME = {each.table.name: each.table for each in FACT_TABLES.values()}


def position_of(topic: str) -> int:
    return next(recorded.position for recorded in STORY if topic == recorded.event.TOPIC)


def departures(stays: Iterable[Attendance]) -> set[object]:
    return {stay.departed_at for stay in stays if stay.visit_id == subject_of(COUPLE)}
