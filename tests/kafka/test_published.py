"""What a publication begins over: nothing, or an earlier epoch of its own log. All else a person has to decide."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path

import pytest

from domain.log import LedgerIdentity
from infra import topic_ledger
from infra.kafka_client import KAFKA_ERRORS, Partition
from infra.published import Published, PublisherRefusedError
from infra.topic_ledger import latest_identity
from infra.topic_records import TopicRecord
from tests.infra.stores import SQLITE, run_sql
from tests.infra.story_log import StoryLog

PARTITIONS = 2


@pytest.fixture
def story(tmp_path: Path) -> Iterator[StoryLog]:
    """An empty log that was put back once."""
    url = f"{SQLITE}{tmp_path / 'ledger.db'}"
    StoryLog(url).close()
    run_sql(url, "UPDATE ledger SET epoch = 2")
    with closing(StoryLog(url)) as story:
        yield story


@pytest.mark.parametrize(
    ("epoch", "why"),
    [(2, "holds events of this log already.*publish --restart"), (3, "epoch 3 of this ledger.*is of epoch 2")],
)
def test_a_publication_without_a_place_does_not_begin_over_what_is_in_the_topic(
    story: StoryLog, epoch: int, why: str
) -> None:
    published = Published("events", story.engine)
    found = story.recorder.identity()._replace(epoch=epoch)
    for _ in range(2):  # nothing was begun
        with pytest.raises(PublisherRefusedError, match=why):
            published.open(story.recorder, PARTITIONS, lambda: found)


def test_the_topic_of_another_ledger_is_not_published_to_also_on_order(story: StoryLog) -> None:
    published = Published("events", story.engine)
    published.forget()
    with pytest.raises(PublisherRefusedError, match="of another ledger"):
        published.open(story.recorder, PARTITIONS, lambda: LedgerIdentity("other", 1))


def test_over_an_earlier_epoch_and_on_order_over_the_same_one_a_publication_begins(story: StoryLog) -> None:
    ours = story.recorder.identity()
    published = Published("events", story.engine)
    published.open(story.recorder, PARTITIONS, lambda: ours._replace(epoch=1))
    published.forget()
    published.open(story.recorder, PARTITIONS, lambda: ours)
    assert (published.position, published.partitions) == (0, PARTITIONS)


def test_a_publication_that_has_a_place_does_not_look_into_the_topic(story: StoryLog) -> None:
    Published("events", story.engine).open(story.recorder, PARTITIONS, lambda: None)
    Published("events", story.engine).open(story.recorder, PARTITIONS, lambda: LedgerIdentity("other", 1))


class Silent:
    """A reader of a topic that holds a record in each partition, and whose broker does not hand them out."""

    def assign(self, partitions: Sequence[Partition]) -> None:
        """Nothing to do."""

    def seek(self, partition: Partition, offset: int) -> None:
        """Nothing to do."""

    def beginning_offsets(self, partitions: Iterable[Partition]) -> dict[Partition, int]:
        """Where they begin."""
        return dict.fromkeys(partitions, 0)

    def end_offsets(self, partitions: Iterable[Partition]) -> dict[Partition, int]:
        """Where they end."""
        return dict.fromkeys(partitions, 1)

    def poll(self, timeout_ms: int) -> Mapping[Partition, Sequence[TopicRecord]]:
        """Nothing, however long it is waited for."""
        del timeout_ms
        return {}


def test_a_topic_whose_records_do_not_come_does_not_pass_for_an_empty_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(topic_ledger, "WITHIN_S", 0)
    with pytest.raises(KAFKA_ERRORS):
        latest_identity(Silent(), [Partition("events", 0)])
