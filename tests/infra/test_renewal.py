"""Another version of the program: what the one before has filled serves until the new tables are there, or is kept aside."""

from collections.abc import Callable, Iterator
from contextlib import closing
from typing import ClassVar

import pytest
import sqlalchemy as sa
from structlog.testing import capture_logs

from domain.log import NewRow
from infra.build_filling import RebuildStoppedError
from infra.follower import REBUILDING, ReplacedError
from infra.projector import Projector
from infra.read_database import create_tables, writing
from infra.rebuild import COMPARING, Rebuild
from infra.watcher import Watcher
from projections.audit_trail import AUDIT_ENTRY, AuditTrail
from projections.builds import LIVE, PRIOR, in_build, of_build
from projections.parked import Parked, park, parked_streams
from projections.projection import PROJECTION_POSITION, Projection, mark, version_standing
from tests.infra.stores import SQLITE, run_sql
from tests.infra.story_log import CODEC, HALF, StoryLog, half_told
from tests.projections.folding import contents, rows
from tests.projections.story import STORY

TRAIL = AuditTrail()
LAST = len(STORY)
WAIT_S = 10


class NewerTrail(AuditTrail):
    version: ClassVar[int] = AuditTrail.version + 1


@pytest.fixture
def story(store_url: str) -> Iterator[StoryLog]:
    """Half a story, folded by the version before, on each store."""
    with closing(half_told(store_url, TRAIL)) as story:
        yield story


@pytest.fixture
def in_file(sqlite_url: str) -> Iterator[StoryLog]:
    """The same in a file, for what does not depend on the store."""
    with closing(half_told(sqlite_url, TRAIL)) as story:
        yield story


def read_url(story: StoryLog) -> str:
    return f"{story.url}.read" if story.url.startswith(SQLITE) else story.url


def standing(story: StoryLog) -> dict[str, tuple[int, int]]:
    row = PROJECTION_POSITION.c
    with story.engine.connect() as db:
        found = db.execute(sa.select(row.name, row.version, row.position)).all()
    return {name: (version, position) for name, version, position in found}


def wait(story: StoryLog, stream: str, build: str) -> None:
    """Park a stream of one build."""
    with writing(of_build(story.engine, build)) as db:
        park(db, Parked(TRAIL.name, stream, HALF, "fold_failed", "ZeroDivisionError", parked_at=0))


def test_a_server_serves_what_the_version_before_has_filled_and_rebuilds_beside(story: StoryLog) -> None:
    story.append(STORY[HALF:])
    projector = story.projector(NewerTrail())
    with capture_logs() as logs:
        projector.start()
        assert projector.complete_through() >= HALF
        assert projector.wait_until(LAST, WAIT_S)
        projector.close()
    assert projector.failure is None
    assert projector.rebuilding() == []
    assert [entry["event"] for entry in logs] == ["projection_of_another_version", "projection_renewed"]
    assert logs[0]["serves_at"] == HALF
    assert standing(story) == {"audit_trail": (2, LAST), "audit_trail__prior": (1, HALF)}


def arrived(projector: Projector) -> Projector:
    """Let it find where the read models stand, and no more."""
    projector._arrive()
    return projector


def watcher(story: StoryLog, projection: Projection) -> Watcher:
    """As a server has it that only serves."""
    return Watcher(story.recorder, CODEC, story.engine, [projection])


@pytest.mark.parametrize("following", [StoryLog.projector, watcher])
def test_before_it_is_rebuilt_the_server_says_so_and_shows_the_older_figures(
    in_file: StoryLog, following: Callable[[StoryLog, Projection], Projector]
) -> None:
    before = contents(in_file.engine, TRAIL)
    projector = arrived(following(in_file, NewerTrail()))
    assert projector.rebuilding() == ["audit_trail"]
    assert (projector.complete_through(), contents(in_file.engine, TRAIL)) == (HALF, before)
    in_file.projector(NewerTrail()).catch_up()
    assert (arrived(projector).complete_through(), projector.rebuilding()) == (HALF, [])


@pytest.mark.parametrize("following", [StoryLog.projector, watcher])
def test_what_is_filled_in_view_is_said_to_be_so_also_after_a_restart(
    in_file: StoryLog, following: Callable[[StoryLog, Projection], Projector]
) -> None:
    with writing(in_file.engine) as db:
        mark(db, TRAIL, REBUILDING)
    assert arrived(following(in_file, TRAIL)).rebuilding() == ["audit_trail"]
    in_file.projector(TRAIL).catch_up()
    assert arrived(following(in_file, TRAIL)).rebuilding() == []


def test_the_old_program_stops_and_is_started_again_after_a_way_back(in_file: StoryLog) -> None:
    old = in_file.projector(TRAIL)
    old.catch_up()
    before = contents(in_file.engine, TRAIL)
    in_file.append(STORY[HALF:])
    in_file.projector(NewerTrail()).catch_up()
    with pytest.raises(ReplacedError):
        old.catch_up()
    assert Rebuild(in_file.recorder, CODEC, in_file.engine, NewerTrail()).roll_back() == HALF
    assert contents(in_file.engine, TRAIL) == before
    assert in_file.projector(TRAIL).catch_up() == LAST
    with in_file.engine.connect() as db:
        found = version_standing(db, TRAIL)
    assert found is not None
    assert found[0] == TRAIL.version


def test_what_waits_at_an_upgrade_goes_on_waiting_and_a_rebuild_asked_for_leaves_nothing_out(in_file: StoryLog) -> None:
    in_file.recorder.append([NewRow("visit/couple", 1_000, "visit.from_the_future", b"{}")])
    in_file.append(STORY[HALF:])
    in_file.projector(TRAIL).catch_up()
    before = contents(in_file.engine, TRAIL)
    with pytest.raises(RebuildStoppedError):
        in_file.rebuild(NewerTrail())
    assert in_file.projector(NewerTrail()).catch_up() == LAST + 1
    assert contents(in_file.engine, TRAIL) == before
    with in_file.engine.connect() as db:
        assert parked_streams(db, TRAIL.name) == {"visit/couple": HALF + 1}


def test_a_rebuild_asked_for_does_not_go_on_with_one_that_leaves_something_out(in_file: StoryLog) -> None:
    in_file.recorder.append([NewRow("visit/couple", 1_000, "visit.from_the_future", b"{}")])
    in_file.projector(TRAIL).catch_up()

    def told(stage: str, _done: int, _of: int) -> None:
        if stage == COMPARING:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Rebuild(in_file.recorder, CODEC, in_file.engine, TRAIL, told=told).run(leave_parked=True)
    with pytest.raises(RebuildStoppedError):
        in_file.rebuild(TRAIL)


def test_tables_that_cannot_be_read_are_kept_aside_and_new_ones_are_filled_in_view(story: StoryLog) -> None:
    before = contents(story.engine, TRAIL)
    wait(story, "visit/couple", LIVE)
    wait(story, "visit/of-an-earlier-build", PRIOR)
    run_sql(read_url(story), "ALTER TABLE audit_entry ADD COLUMN older integer")
    projector = story.projector(NewerTrail())
    with capture_logs() as logs:
        assert projector.catch_up() == HALF
    assert [(entry["event"], entry["serves_at"]) for entry in logs] == [("projection_of_another_version", 0)]
    assert contents(story.engine, TRAIL) == before
    assert standing(story) == {"audit_trail": (2, HALF), "audit_trail__prior": (1, HALF)}
    with story.engine.connect() as db:
        assert rows(db, in_build(AUDIT_ENTRY, PRIOR)) == before["audit_entry"]
        assert parked_streams(db, TRAIL.name) == {}
    Rebuild(story.recorder, CODEC, story.engine, NewerTrail()).roll_back()
    with story.engine.connect() as db:
        assert parked_streams(db, TRAIL.name) == {"visit/couple": HALF}


def test_a_table_that_only_the_new_version_has_is_not_shown_empty(in_file: StoryLog) -> None:
    run_sql(read_url(in_file), "DROP TABLE audit_entry")
    run_sql(read_url(in_file), "UPDATE projection_position SET version = 0")
    create_tables(in_file.engine)
    assert "audit_entry" not in sa.inspect(in_file.engine).get_table_names()
    assert in_file.projector(TRAIL).catch_up() == HALF
    assert contents(in_file.engine, TRAIL)["audit_entry"]
