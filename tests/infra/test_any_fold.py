"""Any log, any batches, any two who fold it at once, any repeats: the same tables; and any past is still to be read there."""

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.event import RecordedEvent
from domain.facts import Fact
from infra.batch import read_batch
from infra.follower import Follower
from infra.read_database import open_read_database
from projections.fact_reader import FactReader
from projections.fact_tables import FACT_TABLES
from projections.facts import Facts
from projections.projection import FOREVER, StaleBatchError
from projections.read_models import READ_MODELS
from tests.infra.story_log import CODEC, StoryLog
from tests.projections.folding import contents, emptied, fold
from tests.projections.story import STORY, interleaved

pytestmark = pytest.mark.domain

NOW = FOREVER - 1
LOGS = st.lists(st.integers(0, 11), max_size=50).map(interleaved)
STEPS = st.lists(st.tuples(st.integers(0, 1), st.integers(0, len(STORY)), st.integers(1, 40)), max_size=25)
"""Who folds, what he believes to be the first event that is new, and how many he takes."""


@contextmanager
def log_of(events: Sequence[RecordedEvent]) -> Iterator[StoryLog]:
    """A log of its own."""
    with TemporaryDirectory() as folder, closing(StoryLog(f"sqlite:///{Path(folder) / 'ledger.db'}")) as story:
        story.append(events)
        yield story


def take(story: StoryLog, follower: Follower, after: int, events: int) -> None:
    """Let one of them fold what he believes to be new. Where another was first, he has seen it."""
    if rows := story.recorder.read(after, events):
        batch = read_batch(CODEC, story.recorder.identity(), after, rows)
        with suppress(StaleBatchError):
            follower.fold(batch.events, batch.end, after=batch.after)


@settings(max_examples=5, deadline=None)
@given(log=LOGS, steps=STEPS)
def test_whoever_folds_how_much_and_how_often_comes_to_the_same_tables(
    log: list[RecordedEvent], steps: list[tuple[int, int, int]]
) -> None:
    with log_of(log) as story:
        for projection in READ_MODELS:
            both = [Follower(projection, story.engine) for _ in range(2)]
            for each in both:
                each.open(story.recorder)
            for who, after, events in steps:
                take(story, both[who], after, events)
            while both[0].position < len(log) or both[1].position < len(log):
                for each in both:
                    take(story, each, each.position, 30)
            at_once = open_read_database("sqlite://")
            fold(at_once, projection, CODEC.decode_rows(story.recorder.read(0, len(log))))
            assert contents(story.engine, projection) == contents(at_once, projection)


def facts_at(engine: sa.Engine, position: int) -> list[list[Fact]]:
    with engine.connect() as db:
        reader = FactReader(db, position)
        return [reader.facts(fact_class) for fact_class in FACT_TABLES]


def test_what_was_known_at_any_position_is_what_a_ledger_knows_that_stopped_there() -> None:
    whole, stopped = open_read_database("sqlite://"), open_read_database("sqlite://")

    @settings(max_examples=12, deadline=None)
    @given(log=LOGS, position=st.integers(0, len(STORY)))
    def at(log: list[RecordedEvent], position: int) -> None:
        fold(emptied(whole, Facts()), Facts(), log)
        fold(emptied(stopped, Facts()), Facts(), log[:position])
        assert facts_at(whole, position) == facts_at(stopped, NOW)

    at()
