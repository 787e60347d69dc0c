"""A long rebuild on PostgreSQL: other processes help to fill it, and whatever becomes of them it comes to the same."""

import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing

import pytest
import sqlalchemy as sa

from domain.log import StoredRow
from infra import build_filling, build_parts
from infra.build_filling import Filling, RebuildEndedError
from infra.filling_helper import Helper
from infra.parts import Part
from infra.rebuild import Rebuild, Rebuilt
from infra.settings import Settings
from projections.builds import BESIDE
from projections.facts import Facts
from projections.projection import PROJECTION_POSITION, Projection, unite
from tests.infra.story_log import CODEC, StoryLog, half_told, row_of
from tests.projections.folding import contents
from tests.projections.story import STORY
from tests.servers import PostgresServer

FACTS = Facts()
LAST = len(STORY)
PLACE = PROJECTION_POSITION.c


@pytest.fixture(autouse=True)
def short_logs_are_long(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a machine with two processors."""
    monkeypatch.setattr(build_filling, "PAGE_EVENTS", 6)
    monkeypatch.setattr(build_parts, "PARTS_FROM_EVENTS", 20)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 1})


@pytest.fixture
def story(postgres_server: PostgresServer) -> Iterator[StoryLog]:
    with postgres_server.laid_out_database() as url, closing(half_told(url, FACTS)) as story:
        story.append(STORY[len(STORY) // 2 :])
        story.projector(FACTS).catch_up()
        yield story


def parts_of(story: StoryLog) -> set[int]:
    """Which parts of the build beside have a place; 0 is the whole."""
    with story.engine.connect() as db:
        return set(db.scalars(sa.select(PLACE.partition).where(PLACE.name == "facts__beside")))


def rebuild(story: StoryLog, told: Callable[[set[int]], None] = lambda _: None, *, helped: bool = True) -> Rebuilt:
    """Rebuild; `told` learns after each batch which parts there are."""

    def filled(stage: str, _done: int, _of: int) -> None:
        if stage == "filling":
            told(parts_of(story))

    settings = Settings(store_url=story.url) if helped else None
    return Rebuild(story.recorder, CODEC, story.engine, FACTS, told=filled, settings=settings).run()


def interrupted(parts: set[int]) -> None:
    if parts == {1, 2}:
        raise KeyboardInterrupt


@pytest.fixture
def helpers_end_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/bin/false")


def test_several_processes_fill_a_long_one_side_by_side_and_it_is_the_same(
    story: StoryLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    is_ready, told_by_helpers, seen = Helper.is_ready, list[int](), list[set[int]]()

    def wait_until_ready(helper: Helper) -> bool:
        while not is_ready.__get__(helper):
            time.sleep(0.01)
        return True

    def wait(helper: Helper, stopping: threading.Event) -> int:
        told_by_helpers.append(waited(helper, stopping))
        return told_by_helpers[-1]

    waited = Helper.wait
    monkeypatch.setattr(Helper, "is_ready", property(wait_until_ready))
    monkeypatch.setattr(Helper, "wait", wait)
    rebuilt = rebuild(story, seen.append)
    assert {1, 2} in seen
    assert [0 < events < LAST for events in told_by_helpers] == [True]
    assert (rebuilt.position, rebuilt.events) == (LAST, LAST)
    assert contents(story.engine, FACTS) == story.facts_at_once()


@pytest.mark.usefixtures("helpers_end_at_once")
def test_the_part_of_a_helper_that_has_ended_is_done_by_whoever_asked(story: StoryLog) -> None:
    rebuilt = rebuild(story)
    assert (rebuilt.position, rebuilt.events) == (LAST, LAST)
    assert contents(story.engine, FACTS) == story.facts_at_once()


def test_whoever_waits_for_a_helper_can_be_asked_to_end(story: StoryLog) -> None:
    helper, stopping = Helper(Settings(store_url=story.url), FACTS, BESIDE, Part(2, 2)), threading.Event()
    stopping.set()
    with closing(helper), pytest.raises(RebuildEndedError):
        helper.wait(stopping)


@pytest.mark.usefixtures("helpers_end_at_once")
def test_one_that_was_ended_while_they_filled_it_goes_on_from_the_parts(story: StoryLog) -> None:
    with pytest.raises(KeyboardInterrupt):
        rebuild(story, interrupted)
    assert parts_of(story) == {1, 2}
    rebuilt = rebuild(story, helped=False)
    assert rebuilt.position == LAST
    assert 0 < rebuilt.events < LAST
    assert contents(story.engine, FACTS) == story.facts_at_once()


@pytest.mark.usefixtures("helpers_end_at_once")
def test_a_helper_whose_rebuild_was_killed_may_go_on_beyond_the_others_meanwhile(
    story: StoryLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(KeyboardInterrupt):
        rebuild(story, interrupted)
    left_alone = Filling(
        story.recorder,
        CODEC,
        story.engine,
        FACTS,
        BESIDE,
        told=lambda *_: None,
        stopping=threading.Event(),
        part=Part(2, 2),
    )
    tried = list[int]()

    def unite_later(db: sa.Connection, projection: Projection) -> None:
        if not tried:
            left_alone.open()
            left_alone.fill_on(lambda: LAST)
        tried.append(left_alone.position)
        unite(db, projection)

    monkeypatch.setattr(build_parts, "unite", unite_later)
    assert rebuild(story, helped=False).position == LAST
    assert left_alone.events > 0
    assert len(tried) > 1
    assert contents(story.engine, FACTS) == story.facts_at_once()


@pytest.mark.usefixtures("helpers_end_at_once")
def test_parts_of_another_log_are_begun_anew(story: StoryLog) -> None:
    with pytest.raises(KeyboardInterrupt):
        rebuild(story, interrupted)
    with story.engine.begin() as db:
        db.execute(PROJECTION_POSITION.update().where(PLACE.partition == 1).values(event_id="another"))
    assert rebuild(story, helped=False).events == LAST
    assert contents(story.engine, FACTS) == story.facts_at_once()


def test_every_stream_is_whole_in_one_part() -> None:
    stored = [StoredRow(number, *row_of(recorded), 0) for number, recorded in enumerate(STORY)]
    parts = [Part(number, 3).of_it(stored) for number in (1, 2, 3)]
    assert sorted(row.position for part in parts for row in part) == list(range(LAST))
    streams = [{row.stream for row in part} for part in parts]
    assert all(streams)
    assert sum(map(len, streams)) == len({row.stream for row in stored})
