"""What cannot be folded waits, and all else goes on; once it can be, nothing tells that it ever waited."""

from collections.abc import Iterator, Sequence
from contextlib import closing

import msgspec
import pytest
import sqlalchemy as sa
from psycopg.errors import DiskFull
from structlog.testing import capture_logs

from domain.event import RecordedEvent
from domain.log import NewRow
from infra import intake
from infra.build_filling import RebuildStoppedError
from infra.follower import Follower, place_at
from infra.intake import EventFailedError
from infra.parking import Waiting, release, waiting
from infra.read_database import open_read_database, writing
from infra.rebuild import Rebuild
from infra.table_difference import Kind
from infra.verify import verify
from projections import parked
from projections.audit_trail import AuditTrail
from projections.facts import Facts
from projections.parked import Parked, count_parked, is_parked, park
from projections.projection import StaleBatchError
from projections.read_models import READ_MODELS
from tests.infra.stores import run_sql
from tests.infra.story_log import CODEC, HALF, StoryLog
from tests.projections.folding import Contents, contents, fold
from tests.projections.many import EVENTS_A_TIME, many
from tests.projections.story import STORY

pytestmark = pytest.mark.faults

FACTS, TRAIL = Facts(), AuditTrail()
COUPLE, STRANGE, ALARM = "visit/couple", "visit.from_the_future", "stream_parked"
WAIT_S = 10
NOTE = next(each.event for each in STORY if each.event.TOPIC == "visit.note_added")


@pytest.fixture
def story(store_url: str) -> Iterator[StoryLog]:
    """An empty log with its read models."""
    with closing(StoryLog(store_url)) as story:
        yield story


@pytest.fixture
def on_sqlite(sqlite_url: str) -> Iterator[StoryLog]:
    """The same for what no store does in a way of its own."""
    with closing(StoryLog(sqlite_url)) as story:
        yield story


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intake, "AGAIN_AFTER_S", (0.0, 0.0))


def poison(
    story: StoryLog,
    stream: str,
    state: bytes = msgspec.json.encode(NOTE),
    topic: str = STRANGE,
    *,
    version: int = 1_000,
) -> int:
    """Append an event that this program cannot read, and give its position."""
    return story.recorder.append([NewRow(stream, version, topic, state)]).positions[-1]


def cure(story: StoryLog) -> None:
    """Let the program know the event: what was from the future is a note."""
    run_sql(story.url, f"UPDATE event SET topic = 'visit.note_added' WHERE topic = '{STRANGE}'")


def read_models(engine: sa.Engine) -> list[Contents]:
    return [contents(engine, each) for each in READ_MODELS]


def folded_at_once(story: StoryLog, without: dict[str, int] | None = None) -> list[Contents]:
    """What the log comes to in one fold: without streams from a position on, as if that part had never been told."""
    rows = [row for row in story.recorder.read(0, 10_000) if not is_parked(without or {}, row.stream, row.position)]
    engine = open_read_database("sqlite://")
    for each in READ_MODELS:
        fold(engine, each, CODEC.decode_rows(rows))
    return read_models(engine)


def listing(story: StoryLog) -> list[Waiting]:
    return waiting(story.engine, story.recorder)


def test_one_poisoned_event_in_a_thousand_leaves_all_other_figures_right(story: StoryLog) -> None:
    poisoned = dict[str, int]()
    for stream, first in (("visit/couple-3", 0), ("visit/couple-33", 30)):
        told = many(30, first=first)
        middle = 3 * EVENTS_A_TIME + EVENTS_A_TIME // 2  # the couple's visit goes on after it
        story.append(told[:middle], registered=False)
        poisoned[stream] = poison(story, stream)
        story.append(told[middle:], registered=False)
    with capture_logs() as logs:
        story.projector(page_events=400).catch_up()

    assert read_models(story.engine) == folded_at_once(story, poisoned)
    listed = {(each.parked.projection, each.parked.stream, each.parked.position) for each in listing(story)}
    assert listed == {(each.name, stream, position) for each in READ_MODELS for stream, position in poisoned.items()}
    assert min(each.events for each in listing(story)) > 1
    with story.engine.connect() as db:
        assert count_parked(db) == len(poisoned)
    alarms = [(entry["log_level"], entry["position"], entry["code"]) for entry in logs if entry["event"] == ALARM]
    assert sorted(alarms) == sorted(
        ("critical", position, "unknown_event") for position in poisoned.values() for _ in READ_MODELS
    )

    cure(story)
    for each in listing(story):
        projection = FACTS if each.parked.projection == FACTS.name else TRAIL
        assert release(story.engine, story.recorder, CODEC, projection, each.parked.stream) == each.events
    assert listing(story) == []
    assert read_models(story.engine) == folded_at_once(story)


def test_an_event_whose_content_cannot_be_read_waits_too_and_tells_nothing_of_what_is_in_it(
    on_sqlite: StoryLog,
) -> None:
    on_sqlite.append(STORY[:HALF])
    poison(on_sqlite, COUPLE, b'{"name": "Asta"}', "visit.note_added")
    on_sqlite.append(STORY[HALF:])
    with capture_logs() as logs:
        on_sqlite.projector().catch_up()
    assert {(each.parked.code, each.parked.error) for each in listing(on_sqlite)} == {
        ("unreadable_event", "ValidationError")
    }
    assert "Asta" not in repr((logs, listing(on_sqlite)))


class Failing(Facts):
    """Facts of a program with a fault, which shows after the rows are written: with the check-outs of some stream."""

    def __init__(self, stream: str, times: int = 1_000, error: Exception | None = None) -> None:
        self._stream = stream
        self.times_left = times
        self._error = error or ZeroDivisionError()

    def fold(self, events: Sequence[RecordedEvent], db: sa.Connection) -> None:
        super().fold(events, db)
        topics = {each.event.TOPIC for each in events if each.event.originator_id.startswith(self._stream)}
        if "visit.checked_out" in topics and self.times_left:
            self.times_left -= 1
            raise self._error


def test_only_the_read_model_that_fails_waits_and_its_release_is_the_same_as_if_it_never_had(story: StoryLog) -> None:
    story.append()
    story.projector(Failing(COUPLE), TRAIL).catch_up()
    [found] = listing(story)
    assert (found.parked.projection, found.parked.stream) == ("facts", COUPLE)
    assert (found.parked.code, found.parked.error) == ("fold_failed", "ZeroDivisionError")
    assert contents(story.engine, FACTS) == folded_at_once(story, {COUPLE: found.parked.position})[0]
    assert contents(story.engine, TRAIL) == folded_at_once(story)[1]
    release(story.engine, story.recorder, CODEC, FACTS, COUPLE)
    assert read_models(story.engine) == folded_at_once(story)


def test_what_still_fails_stays_parked_as_it_was_and_the_event_is_named(on_sqlite: StoryLog) -> None:
    out = next(
        each.position for each in STORY if (each.event.originator_id, each.event.TOPIC) == (COUPLE, "visit.checked_out")
    )
    on_sqlite.append(STORY[: out - 1])
    poison(on_sqlite, COUPLE, version=0)  # a stream is read in the order of its versions
    on_sqlite.append(STORY[out - 1 :])
    on_sqlite.projector().catch_up()
    cure(on_sqlite)
    before = read_models(on_sqlite.engine), listing(on_sqlite)
    with pytest.raises(EventFailedError) as failed:
        release(on_sqlite.engine, on_sqlite.recorder, CODEC, Failing(COUPLE), COUPLE)
    assert failed.value.position == out + 1
    assert (read_models(on_sqlite.engine), listing(on_sqlite)) == before
    assert release(on_sqlite.engine, on_sqlite.recorder, CODEC, FACTS, "visit/nobody") is None


def test_what_passes_by_itself_parks_nothing(on_sqlite: StoryLog) -> None:
    on_sqlite.append()
    on_sqlite.projector(Failing(COUPLE, times=len(intake.AGAIN_AFTER_S)), TRAIL, page_events=1).catch_up()
    assert listing(on_sqlite) == []
    assert read_models(on_sqlite.engine) == folded_at_once(on_sqlite)


@pytest.mark.parametrize("error", [DiskFull(), sa.exc.TimeoutError()])
def test_a_store_without_room_or_connections_is_no_matter_of_an_event(on_sqlite: StoryLog, error: Exception) -> None:
    """What is copied into PostgreSQL goes past SQLAlchemy, and so do its errors."""
    on_sqlite.append()
    with pytest.raises(type(error)):
        on_sqlite.projector(Failing(COUPLE, error=error)).catch_up()
    assert listing(on_sqlite) == []


def test_a_fault_of_the_program_parks_some_streams_and_stops_there_also_after_a_restart(
    on_sqlite: StoryLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parked, "STREAMS_MAX", 3)
    on_sqlite.append(many(5), registered=False)
    for _ in range(2):
        projector = on_sqlite.projector(Failing("visit/"))
        with capture_logs() as logs:
            projector.start()
            assert not projector.wait_until(on_sqlite.recorder.head()[0], WAIT_S)
        projector.close()
        assert isinstance(projector.failure, EventFailedError)
        assert projector.failure.position == projector.complete_through() + 1
        assert logs[-1]["event"] == "projector_stopped"
        assert len(listing(on_sqlite)) == 3


def test_a_rebuild_leaves_nothing_out_and_stops_at_the_event_itself(on_sqlite: StoryLog) -> None:
    on_sqlite.append(STORY[:HALF])
    position = poison(on_sqlite, COUPLE)
    on_sqlite.append(STORY[HALF:])
    on_sqlite.projector().catch_up()
    before = contents(on_sqlite.engine, FACTS)
    with pytest.raises(RebuildStoppedError) as stopped:
        on_sqlite.rebuild(FACTS)
    assert stopped.value.position == position
    assert contents(on_sqlite.engine, FACTS) == before
    assert {each.parked.projection for each in listing(on_sqlite)} == {"facts", "audit_trail"}


def test_a_rebuild_forgets_what_was_parked_since_it_leaves_nothing_out(on_sqlite: StoryLog) -> None:
    on_sqlite.append()
    on_sqlite.projector().catch_up()
    with writing(on_sqlite.engine) as db:
        park(db, Parked("facts", COUPLE, 1, "fold_failed", "ZeroDivisionError", parked_at=0))
    on_sqlite.rebuild(FACTS)
    assert listing(on_sqlite) == []
    assert Rebuild(on_sqlite.recorder, CODEC, on_sqlite.engine, FACTS).roll_back() == len(STORY)
    assert [each.parked.stream for each in listing(on_sqlite)] == [COUPLE]


def test_verify_tells_what_is_parked_from_what_is_different(on_sqlite: StoryLog) -> None:
    on_sqlite.append()
    last = on_sqlite.recorder.read_stream(COUPLE)[-1]
    poison(on_sqlite, COUPLE, version=last.version + 1)
    on_sqlite.projector().catch_up()
    found = verify(on_sqlite.recorder, CODEC, on_sqlite.engine)
    assert [(each.table, each.key, each.kind) for each in found] == [
        ("parked_stream", (each.name, COUPLE), Kind.PARKED) for each in READ_MODELS
    ]
    with on_sqlite.engine.begin() as db:
        db.execute(sa.text("DELETE FROM audit_entry WHERE entity_id = 'nurse'"))
    assert {each.kind for each in verify(on_sqlite.recorder, CODEC, on_sqlite.engine)} == {Kind.PARKED, Kind.MISSING}


def test_verify_stops_at_an_event_that_cannot_be_folded_and_does_not_wait(on_sqlite: StoryLog) -> None:
    on_sqlite.append(STORY[:HALF])
    position = poison(on_sqlite, COUPLE)
    cure(on_sqlite)
    on_sqlite.projector().catch_up()
    run_sql(on_sqlite.url, f"UPDATE event SET topic = '{STRANGE}' WHERE position = {position}")
    on_sqlite.append(STORY[HALF:])
    with pytest.raises(EventFailedError):
        verify(on_sqlite.recorder, CODEC, on_sqlite.engine)


def test_a_batch_that_begins_past_where_a_read_model_stands_is_not_folded(on_sqlite: StoryLog) -> None:
    on_sqlite.append()
    rows = on_sqlite.recorder.read(HALF, HALF)
    follower = Follower(FACTS, on_sqlite.engine)
    follower.open(on_sqlite.recorder)
    with pytest.raises(StaleBatchError):
        follower.fold(CODEC.decode_rows(rows), place_at(on_sqlite.recorder.identity(), rows[-1]), after=HALF)
    assert not any(contents(on_sqlite.engine, FACTS).values())
