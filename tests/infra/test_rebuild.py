"""A read model rebuilt beside: what serves goes on, what follows is the same, and whatever ends it, it goes on from there."""

import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from typing import TypeVar

import pytest
import sqlalchemy as sa
from eventsourcing.persistence import OperationalError

from domain.event import RecordedEvent
from domain.log import NewRow
from infra import build_filling, read_database, rebuild_lock
from infra.build_filling import FILLING, RebuildStoppedError
from infra.build_switch import NoPriorError, drop_build
from infra.follower import NotThisLogError
from infra.rebuild import COMPARING, INDEXING, SWITCHING, Rebuild
from infra.rebuild_lock import RebuildRunningError, rebuilding_alone
from infra.table_difference import Kind
from projections.audit_trail import AUDIT_ENTRY, AuditTrail
from projections.builds import PRIOR
from projections.facts import Facts
from projections.projection import PROJECTION_POSITION
from tests.infra.stores import run_sql
from tests.infra.story_log import CODEC, HALF, StoryLog
from tests.projections.folding import contents
from tests.projections.story import STORY

FACTS, TRAIL = Facts(), AuditTrail()
LAST = len(STORY)
WAIT_S = 10
Result = TypeVar("Result")
GHOST = "INSERT INTO audit_entry (entity_kind, entity_id, position) VALUES ('worker', 'ghost', 1)"


@pytest.fixture
def story(half_told_url: str) -> Iterator[StoryLog]:
    """The first half of the story, folded, on each store."""
    with closing(StoryLog(half_told_url)) as story:
        yield story


@pytest.fixture
def in_file(half_told_file_url: str) -> Iterator[StoryLog]:
    """The same in a file, for what does not depend on the store."""
    with closing(StoryLog(half_told_file_url)) as story:
        yield story


@pytest.fixture(autouse=True)
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that a short story takes several."""
    monkeypatch.setattr(build_filling, "PAGE_EVENTS", 20)
    monkeypatch.setattr(build_filling, "PAUSES_S", (0.02,) * 10)


def change(story: StoryLog, statement: str) -> None:
    with story.engine.begin() as db:
        assert db.execute(sa.text(statement)).rowcount > 0


def places(story: StoryLog) -> dict[str, tuple[int, str]]:
    """The position and status of each build."""
    row = PROJECTION_POSITION.c
    with story.engine.connect() as db:
        found = db.execute(sa.select(row.name, row.position, row.status)).all()
    return {name: (position, status) for name, position, status in found}


def tables(story: StoryLog) -> set[str]:
    return set(sa.inspect(story.engine).get_table_names())


def indexed(story: StoryLog) -> set[tuple[object, ...]]:
    """Each table of the facts with the columns of each of its indexes, and which rows it holds."""
    found = sa.inspect(story.engine).get_multi_indexes(filter_names=[table.name for table in FACTS.tables])
    return {
        (table, *index["column_names"], index["unique"], *map(str, index.get("dialect_options", {}).values()))
        for (_, table), listed in found.items()
        for index in listed
    }


def test_what_is_written_meanwhile_is_in_it_and_it_is_the_same_as_folded_at_once(story: StoryLog) -> None:
    """Events come while it is filled, while it is compared, and before the switch; the live tables follow them."""
    rest = iter([STORY[HALF : HALF + 5], STORY[HALF + 5 : HALF + 10], STORY[HALF + 10 :]])
    seen = set[str]()

    def told(stage: str, _done: int, _of: int) -> None:
        if stage in {FILLING, COMPARING, SWITCHING} - seen:
            seen.add(stage)
            story.append(next(rest))
            assert story.projector().catch_up() == story.recorder.head()[0]

    indexes = indexed(story)
    rebuilt = story.rebuild(FACTS, told=told)
    assert (rebuilt.position, rebuilt.events) == (LAST, LAST)
    assert rebuilt.comparison is not None
    assert rebuilt.comparison.proves_same(FACTS)
    assert HALF < rebuilt.comparison.position < LAST
    assert contents(story.engine, FACTS) == story.facts_at_once()
    assert indexed(story) == indexes


def test_a_projector_that_runs_goes_on_into_the_new_tables(story: StoryLog) -> None:
    projector = story.projector()
    projector.start()
    try:
        story.rebuild(TRAIL)
        assert projector.wait_until(story.append(STORY[HALF:]), WAIT_S)
    finally:
        projector.close()
    assert projector.failure is None
    assert places(story)["audit_trail"] == (LAST, "following")
    assert places(story)["audit_trail__prior"] == (HALF, "kept")
    assert story.rebuild(TRAIL, check_only=True).comparison == story.rebuild(TRAIL).comparison


class Killed(AuditTrail):
    """The process ends after the second batch was written, and before it is committed."""

    batches = 0

    def fold(self, events: Sequence[RecordedEvent], db: sa.Connection) -> None:
        super().fold(events, db)
        self.batches += 1
        if self.batches == 2:
            raise KeyboardInterrupt


def test_a_rebuild_that_ended_within_a_batch_goes_on_where_the_batch_began(story: StoryLog) -> None:
    before = contents(story.engine, TRAIL)
    with pytest.raises(KeyboardInterrupt):
        story.rebuild(Killed())
    assert places(story)["audit_trail__beside"] == (20, "rebuilding")
    assert contents(story.engine, TRAIL) == before
    assert story.rebuild(TRAIL).events == HALF - 20
    assert contents(story.engine, TRAIL) == before


@pytest.mark.parametrize("ended_at", [FILLING, COMPARING, SWITCHING])
def test_a_rebuild_that_ended_between_two_steps_goes_on_from_there(in_file: StoryLog, ended_at: str) -> None:
    def told(stage: str, _done: int, _of: int) -> None:
        if stage == ended_at:
            raise KeyboardInterrupt

    before = contents(in_file.engine, TRAIL)
    with pytest.raises(KeyboardInterrupt):
        in_file.rebuild(TRAIL, told=told)
    assert in_file.rebuild(TRAIL).events == (HALF - 20 if ended_at == FILLING else 0)
    assert contents(in_file.engine, TRAIL) == before
    assert "audit_entry__beside" not in tables(in_file)


def test_a_log_that_does_not_answer_for_a_moment_is_waited_for(
    in_file: StoryLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    away = iter([True, True, False, True, True])

    def sometimes(answer: Callable[..., Result]) -> Callable[..., Result]:
        def answered(*asked: int, **named: int) -> Result:
            if next(away, False):
                raise OperationalError("away")
            return answer(*asked, **named)

        return answered

    for name in ("head", "read"):
        monkeypatch.setattr(in_file.recorder, name, sometimes(getattr(in_file.recorder, name)))
    assert in_file.rebuild(TRAIL).position == HALF
    assert not next(away, False)


def test_whoever_writes_for_long_is_waited_for_at_every_step(
    in_file: StoryLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On SQLite there is one writer, and others give up after a while."""
    monkeypatch.setattr(read_database, "BUSY_TIMEOUT_MS", 10)
    in_file.engine.dispose()  # those that are open would wait for longer
    seen = set[str]()

    def told(stage: str, _done: int, _of: int) -> None:
        if stage in {"beginning", INDEXING, SWITCHING} - seen:
            seen.add(stage)
            other = sqlite3.connect(f"{in_file.engine.url.database}", check_same_thread=False, isolation_level=None)
            other.execute("BEGIN IMMEDIATE")
            threading.Timer(0.08, other.close).start()

    told("beginning", 0, 0)
    assert in_file.rebuild(TRAIL, told=told).position == HALF
    assert len(seen) == 3


def test_a_second_rebuild_at_once_is_refused(story: StoryLog, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rebuild_lock, "PATIENCE_S", 0.1)
    with rebuilding_alone(story.engine), pytest.raises(RebuildRunningError, match="running already"):
        story.rebuild(TRAIL)
    story.rebuild(TRAIL)


def test_the_prior_build_is_put_back_with_what_happened_since(story: StoryLog) -> None:
    story.rebuild(TRAIL)
    story.append(STORY[HALF:])
    story.projector().catch_up()
    change(story, GHOST)
    assert Rebuild(story.recorder, CODEC, story.engine, TRAIL).roll_back() == LAST
    assert places(story)["audit_trail"] == (LAST, "following")
    with story.engine.connect() as db:
        assert "ghost" not in set(db.scalars(sa.select(AUDIT_ENTRY.c.entity_id)))
    comparison = story.rebuild(TRAIL).comparison
    assert comparison is not None
    assert comparison.proves_same(TRAIL)


def test_there_is_nothing_to_go_back_to_before_a_rebuild_or_once_it_is_dropped(in_file: StoryLog) -> None:
    work = Rebuild(in_file.recorder, CODEC, in_file.engine, TRAIL)
    with pytest.raises(NoPriorError):
        work.roll_back()
    in_file.rebuild(TRAIL)
    assert drop_build(in_file.engine, TRAIL, PRIOR)
    assert not drop_build(in_file.engine, TRAIL, PRIOR)
    assert "audit_entry__prior" not in tables(in_file)
    with pytest.raises(NoPriorError):
        work.roll_back()


def test_a_prior_build_of_another_log_is_not_put_back(in_file: StoryLog) -> None:
    in_file.rebuild(TRAIL)
    run_sql(in_file.url, "UPDATE ledger SET epoch = epoch + 1")
    with pytest.raises(NotThisLogError):
        Rebuild(in_file.recorder, CODEC, in_file.engine, TRAIL).roll_back()


def test_a_row_changed_behind_our_back_is_named_and_mended(in_file: StoryLog) -> None:
    before = contents(in_file.engine, TRAIL)
    change(in_file, GHOST)
    rebuilt = in_file.rebuild(TRAIL)
    assert rebuilt.comparison is not None
    [table] = rebuilt.comparison.differing
    assert (table.table, table.live.rows - table.beside.rows) == ("audit_entry", 1)
    assert [(each.key, each.kind) for each in table.differences] == [(("worker", "ghost", 1), Kind.SURPLUS)]
    assert contents(in_file.engine, TRAIL) == before


def test_a_check_names_what_differs_and_leaves_everything_as_it_was(in_file: StoryLog) -> None:
    in_file.rebuild(TRAIL)
    change(in_file, GHOST)
    before, standing, there = contents(in_file.engine, TRAIL), places(in_file), tables(in_file)
    comparison = in_file.rebuild(TRAIL, check_only=True).comparison
    assert comparison is not None
    assert len(comparison.differing) == 1
    assert (contents(in_file.engine, TRAIL), places(in_file), tables(in_file)) == (before, standing, there)


def test_an_event_that_cannot_be_folded_ends_the_rebuild_there_and_leaves_what_serves(in_file: StoryLog) -> None:
    in_file.recorder.append([NewRow("visit/strange", 1, "visit.from_the_future", b"{}")])
    change(in_file, "UPDATE projection_position SET position = 0, event_id = ''")
    standing = contents(in_file.engine, TRAIL)
    with pytest.raises(RebuildStoppedError) as stopped:
        in_file.rebuild(TRAIL)
    assert (stopped.value.position, stopped.value.topic) == (HALF + 1, "visit.from_the_future")
    assert places(in_file)["audit_trail__beside"] == (HALF, "rebuilding")
    assert contents(in_file.engine, TRAIL) == standing


def test_an_event_that_came_last_and_cannot_be_folded_ends_it_too(in_file: StoryLog) -> None:
    def told(stage: str, _done: int, _of: int) -> None:
        if stage == SWITCHING:
            in_file.recorder.append([NewRow("visit/strange", 1, "visit.from_the_future", b"{}")])
            in_file.projector().catch_up()  # which lets it wait

    with pytest.raises(RebuildStoppedError, match=r"position \d+ \(visit.from_the_future\)"):
        in_file.rebuild(TRAIL, told=told)
    assert places(in_file)["audit_trail"] == (HALF + 1, "following")


def test_a_long_reader_is_waited_for_and_holds_up_no_other_reader(postgres_url: str) -> None:
    with closing(StoryLog(postgres_url)) as story:
        story.append()
        story.projector().catch_up()
        tries = threading.Event()

        def told(stage: str, done: int, _of: int) -> None:
            if stage == SWITCHING and done == 3:
                tries.set()

        with story.engine.connect() as reader:
            rows = reader.execute(sa.select(AUDIT_ENTRY)).all()
            rebuild = threading.Thread(target=story.rebuild, args=(TRAIL,), kwargs={"told": told})
            rebuild.start()
            assert tries.wait(WAIT_S)
            assert contents(story.engine, TRAIL)["audit_entry"]
            assert reader.execute(sa.select(AUDIT_ENTRY)).all() == rows
        rebuild.join(WAIT_S)
        assert places(story)["audit_trail__prior"] == (LAST, "kept")
