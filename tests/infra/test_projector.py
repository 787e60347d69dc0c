"""The projector: nothing twice, nothing passed over, and never figures of another log."""

import threading
from collections.abc import Iterator
from contextlib import closing

import pytest
import sqlalchemy as sa
from structlog.testing import capture_logs

from infra.follower import Follower, ReplacedError, place_at
from infra.projector import PageSize
from projections.audit_trail import AUDIT_ENTRY, AuditTrail
from projections.facts import Facts
from projections.projection import PROJECTION_POSITION, StaleBatchError
from tests.infra.stores import SQLITE, run_sql
from tests.infra.story_log import CODEC, StoryLog
from tests.projections.folding import contents
from tests.projections.story import STORY

FACTS, TRAIL = Facts(), AuditTrail()
HALF = len(STORY) // 2
WAIT_S = 10
HANG_UP = """SELECT pg_terminate_backend(pid) FROM pg_stat_activity
             WHERE datname = current_database() AND pid <> pg_backend_pid()"""


@pytest.fixture
def story(store_url: str) -> Iterator[StoryLog]:
    """An empty log with its read models."""
    with closing(StoryLog(store_url)) as story:
        yield story


def statuses(story: StoryLog) -> set[str]:
    with story.engine.connect() as db:
        return set(db.scalars(sa.select(PROJECTION_POSITION.c.status)))


def test_all_read_models_are_folded_to_the_end_of_the_log(story: StoryLog) -> None:
    last = story.append()
    projector = story.projector()
    assert projector.catch_up() == projector.complete_through() == last
    assert contents(story.engine, FACTS)["attendance"]
    assert contents(story.engine, TRAIL)["audit_entry"]
    assert statuses(story) == {"following"}


def test_a_start_goes_on_where_the_last_one_ended(story: StoryLog) -> None:
    story.append(STORY[:HALF])
    story.projector().catch_up()
    story.append(STORY[HALF:])
    with capture_logs() as logs:
        assert story.projector().catch_up() == len(STORY)
    assert logs == []
    assert contents(story.engine, FACTS) == story.facts_at_once()


def test_whoever_catches_up_beside_somebody_who_goes_on_writing_comes_to_an_end(story: StoryLog) -> None:
    story.append(STORY[:HALF])
    written = iter(STORY[HALF:])

    def write(_position: int, _end: int) -> None:
        story.append([next(written)])

    assert story.projector(page_events=1).catch_up(write) == HALF
    assert statuses(story) == {"following"}


def test_a_repeated_batch_changes_nothing(story: StoryLog) -> None:
    story.append()
    rows = story.recorder.read(0, len(STORY))
    first, second = Follower(FACTS, story.engine), Follower(FACTS, story.engine)
    first.open(story.recorder)
    second.open(story.recorder)
    place, events = place_at(story.recorder.identity(), rows[-1]), CODEC.decode_rows(rows)
    first.fold(events, place)
    before = contents(story.engine, FACTS)
    with pytest.raises(StaleBatchError):
        second.fold(events, place)
    second.fold(events, place)  # it has seen where the first one is, so that nothing is new
    assert contents(story.engine, FACTS) == before


def test_two_projectors_at_once_fold_each_event_once(story: StoryLog) -> None:
    story.append()
    projectors = [story.projector(page_events=3) for _ in range(2)]
    threads = [threading.Thread(target=projector.catch_up) for projector in projectors]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert contents(story.engine, FACTS) == story.facts_at_once()


def test_what_is_appended_is_folded_by_the_thread_and_waited_for(story: StoryLog) -> None:
    projector = story.projector()
    projector.start()
    try:
        assert projector.wait_until(story.append(), WAIT_S)
        assert not projector.wait_until(len(STORY) + 1, 0.05)
    finally:
        projector.close()
    assert contents(story.engine, FACTS)["attendance"]


RESTORES = (
    "UPDATE ledger SET epoch = epoch + 1",
    "UPDATE ledger SET ledger_id = 'another'",
    f"UPDATE event SET recorded_at = recorded_at + 1 WHERE position = {len(STORY)}",
    f"DELETE FROM event WHERE position > {HALF}",
)


def test_another_log_or_a_restored_one_is_noticed_and_folded_from_zero(story: StoryLog) -> None:
    story.append()
    story.projector().catch_up()
    for restore in RESTORES:
        run_sql(story.url, restore)
        with capture_logs() as logs:
            assert story.projector().catch_up() == story.recorder.head()[0]
        assert {entry["event"] for entry in logs} == {"projection_rebuilt"}, restore
        assert contents(story.engine, FACTS) == story.facts_at_once(), restore


class NewerFacts(Facts):
    version = Facts.version + 1


def test_a_new_version_starts_from_zero_and_the_old_program_stops(story: StoryLog) -> None:
    story.append(STORY[:HALF])
    old, new = story.projector(), story.projector(NewerFacts(), TRAIL)
    old.catch_up()
    story.append(STORY[HALF:])
    assert new.catch_up() == len(STORY)
    with pytest.raises(ReplacedError):
        old.catch_up()
    assert contents(story.engine, FACTS) == story.facts_at_once()


@pytest.mark.parametrize(
    "meddled",
    ["INSERT INTO audit_entry VALUES ('visit', 'nobody', 1)", "ALTER TABLE audit_entry ADD COLUMN older integer"],
)
def test_a_table_that_holds_rows_of_nobody_or_has_another_shape_is_made_anew(story: StoryLog, meddled: str) -> None:
    run_sql(f"{story.url}.read" if story.url.startswith(SQLITE) else story.url, meddled)
    story.append()
    story.projector().catch_up()
    assert contents(story.engine, FACTS) == story.facts_at_once()
    with story.engine.connect() as db:
        assert "nobody" not in set(db.scalars(sa.select(AUDIT_ENTRY.c.entity_id)))
        assert [column["name"] for column in sa.inspect(db).get_columns("audit_entry")] == list(AUDIT_ENTRY.c.keys())


def test_the_projector_outlives_a_database_server_that_goes_away(postgres_url: str) -> None:
    with closing(StoryLog(postgres_url)) as story:
        story.append(STORY[:HALF])
        projector = story.projector()
        projector.start()
        assert projector.wait_until(HALF, WAIT_S)
        run_sql(postgres_url, HANG_UP)
        with closing(StoryLog(postgres_url)) as writer:
            assert projector.wait_until(writer.append(STORY[HALF:]), WAIT_S)
        projector.close()
        assert projector.failure is None


def test_pages_grow_while_they_are_quick_and_full_and_shrink_when_they_are_slow() -> None:
    page = PageSize(events=200, least=200, most=500, seconds=0.3)
    page.learn(200, 0.1)
    assert page.events == 400
    page.learn(400, 0.1)
    assert page.events == 500
    page.learn(20, 0.1)
    assert page.events == 500
    page.learn(500, 0.7)
    assert page.events == 250
    page.learn(250, 0.7)
    assert page.events == 200


@pytest.mark.parametrize(
    ("events", "waiting", "rests"), [(199, 99, False), (199, 100, True), (20, 100, True), (200, 100, False)]
)
def test_it_rests_while_many_commands_wait_unless_it_is_behind(events: int, waiting: int, rests: bool) -> None:
    page = PageSize(events=200, least=200, most=500)
    page.learn(events, 0.1)
    assert (page.rest_s(waiting) > 0) is rests


@pytest.mark.parametrize(("events", "again", "rests"), [(20, False, False), (20, True, True), (200, True, False)])
def test_it_rests_for_a_moment_where_pages_follow_each_other(events: int, again: bool, rests: bool) -> None:
    page = PageSize(events=200, least=200, most=500)
    page.learn(events, 0.1)
    assert (page.rest_s(0, again=again) > 0) is rests
