"""Processes that share the folding: one leads a read model, others stand by, and a server that only serves follows them."""

import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager

import pytest
import sqlalchemy as sa

from infra import leading
from infra.intake import EventFailedError
from infra.leading import Lead, Leads
from infra.lease import Lease, PostgresLease, key_of, lease_of
from infra.read_database import open_engine
from infra.watcher import FoldStoppedError, Watcher
from projections.projection import PROJECTION_POSITION
from projections.read_models import READ_MODELS
from tests.infra.story_log import CODEC, HALF, StoryLog
from tests.projections.folding import contents
from tests.projections.story import STORY

WAIT_S = 10.0
SESSIONS_END = "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND granted"


@pytest.fixture
def story(store_url: str) -> Iterator[StoryLog]:
    """An empty log with its read models."""
    with closing(StoryLog(store_url)) as story:
        yield story


@contextmanager
def second_engine(story: StoryLog) -> Iterator[sa.Engine]:
    """The read models as another process opens them."""
    engine = open_engine(story.engine.url.render_as_string(hide_password=False))
    yield engine
    engine.dispose()


def taken(lease: Lease) -> bool:
    """Whether it is free, and ours now."""
    return lease.take()


def test_a_lease_is_held_by_one_and_free_again_when_it_is_given_back(story: StoryLog) -> None:
    with second_engine(story) as other:
        first, second, apart = lease_of(story.engine, "facts"), lease_of(other, "facts"), lease_of(other, "audit_trail")
        assert taken(first)
        assert taken(first)  # it has it already
        assert first.holds()
        assert not taken(second)
        assert taken(apart)
        first.release()
        assert not first.holds()
        assert taken(second)
        for lease in (first, second, apart):
            lease.release()


def test_the_names_of_the_read_models_have_keys_of_their_own_that_stay() -> None:
    assert [key_of(each.name) for each in READ_MODELS] == [-1938508710301107495, 5458824338626121175]


def test_a_lease_goes_with_its_connection(postgres_url: str) -> None:
    with closing(StoryLog(postgres_url)) as story, second_engine(story) as other:
        first, second = PostgresLease(story.engine, "facts"), PostgresLease(other, "facts")
        assert first.take()
        assert not second.take()
        with other.begin() as db:
            db.exec_driver_sql(SESSIONS_END)
        assert not first.holds()
        assert second.take()
        first.release()
        second.release()


class Leading:
    """Leads of a process, run in a thread until the end of a block."""

    def __init__(self, story: StoryLog, engine: sa.Engine) -> None:
        self.leads = [
            Lead(each.name, lease_of(engine, each.name), lambda each=each: story.projector(each))  # type: ignore[misc]
            for each in READ_MODELS
        ]
        self.stopping = threading.Event()
        self.failure: Exception | None = None
        self.thread = threading.Thread(target=self._run)

    def _run(self) -> None:
        self.failure = Leads(self.leads).run(self.stopping)

    def __enter__(self) -> "Leading":
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stopping.set()
        self.thread.join()

    @property
    def led(self) -> set[str]:
        return {lead.name for lead in self.leads if lead.is_led}


def until(holds: Callable[[], bool]) -> bool:
    """Wait for something that others do."""
    waited = threading.Event()
    return any(holds() or waited.wait(0.02) for _ in range(int(WAIT_S / 0.02)))


def test_two_processes_share_the_read_models_and_one_that_is_left_alone_takes_all(
    story: StoryLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(leading, "LOOK_S", 0.05)
    monkeypatch.setattr(leading, "SECOND_LEASE_S", 0.5)
    story.append(STORY[:HALF])
    with second_engine(story) as other, Leading(story, other) as second:
        with Leading(story, story.engine) as first:
            assert until(lambda: len(first.led) == len(second.led) == 1)
            assert first.led | second.led == {each.name for each in READ_MODELS}
        assert until(lambda: len(second.led) == len(READ_MODELS))
        assert not first.led
        story.append(STORY[HALF:])
        watcher = Watcher(story.recorder, CODEC, story.engine, READ_MODELS)
        watcher.start()
        assert watcher.wait_until(len(STORY), WAIT_S)
        watcher.close()
    assert contents(story.engine, READ_MODELS[0]) == story.facts_at_once()


def test_a_server_that_only_serves_learns_at_once_what_others_have_folded_and_folds_nothing(story: StoryLog) -> None:
    story.append(STORY[:HALF])
    watcher = Watcher(story.recorder, CODEC, story.engine, READ_MODELS)
    watcher.start()
    try:
        assert not watcher.wait_until(1, 0.2)
        with second_engine(story):
            story.projector().catch_up()
        assert watcher.wait_until(HALF, WAIT_S)
        story.append(STORY[HALF:])
        assert not watcher.wait_until(len(STORY), 0.2)
        assert watcher.failure is None
        with story.engine.begin() as db:
            db.execute(PROJECTION_POSITION.update().values(status="stopped"))
        assert until(lambda: isinstance(watcher.failure, FoldStoppedError))
    finally:
        watcher.close()


def test_a_process_that_cannot_go_on_ends_and_says_why(story: StoryLog) -> None:
    class Stopped:
        failure: Exception | None = EventFailedError(7)

        def start(self) -> None: ...

        def close(self) -> None: ...

    lease = lease_of(story.engine, "facts")
    assert isinstance(Leads([Lead("facts", lease, Stopped)]).run(threading.Event()), EventFailedError)
    assert lease.take()
    lease.release()
