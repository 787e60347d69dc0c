"""A log, the topic it is published to, and the facts that are filled from there."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import NamedTuple

from infra.consumed import Consumed
from infra.kafka_client import Broker, Partition
from infra.kafka_consumer import TopicConsumer
from infra.kafka_publisher import Publisher
from infra.lease import FileLease
from infra.read_database import open_read_database
from infra.topic_records import TopicRecord
from projections.facts import Facts
from tests.infra.story_log import CODEC, StoryLog
from tests.projections.folding import Contents, contents, fold

WITHIN_S = 30.0
PARTITIONS = 3


class Way(NamedTuple):
    """From where to where: enough for another process to join in."""

    address: str
    topic: str
    log_url: str
    consumed_url: str
    lease: Path


class Outside:
    """Publishes one log to one topic, and fills facts from it in a database apart from the log's own."""

    def __init__(self, way: Way, facts: Facts | None = None) -> None:
        self.way = way
        self.broker = Broker(way.address)
        self.story = StoryLog(way.log_url)
        self._engine = open_read_database(way.consumed_url)
        self.consumed = Consumed(facts or Facts(), self._engine, way.topic)

    def close(self) -> None:
        """Give everything back."""
        self._engine.dispose()
        self.story.close()

    def publisher(self) -> Publisher:
        """A publisher, as after a start of the program."""
        log, engine, lease = self.story.recorder, self.story.engine, FileLease(self.way.lease)
        return Publisher(log, CODEC, engine, self.broker, self.way.topic, lease, partitions=PARTITIONS, batch_events=10)

    def publish(self) -> int:
        """Publish to the end of the log, and give the position reached."""
        publisher = self.publisher()
        publisher.run(once=True)
        return publisher.position

    def consumer(self) -> TopicConsumer:
        """A member of the group."""
        return TopicConsumer(self.broker, self.consumed, CODEC, f"facts of {self.way.topic}")

    def consume(self) -> int:
        """Fill to the end of the topic, and give the position that nothing is missing up to."""
        self.consumer().run(once=True)
        return self.consumed.complete_through()

    def filled(self) -> Contents:
        """The facts that came through the topic."""
        return contents(self._engine, Facts())

    def folded(self) -> Contents:
        """The facts that one fold of the whole log comes to."""
        engine = open_read_database("sqlite://")
        fold(engine, Facts(), CODEC.decode_rows(self.story.recorder.read(0, 100_000)))
        return contents(engine, Facts())

    def raw(self) -> list[TopicRecord]:
        """Every record of the topic, partition by partition, as it lies there."""
        with closing(self.broker.consumer()) as reader:
            partitions = [Partition(self.way.topic, number) for number in range(PARTITIONS)]
            reader.assign(partitions)
            waiting = sum(reader.end_offsets(partitions).values())
            found = list[TopicRecord]()
            deadline = time.monotonic() + WITHIN_S
            while len(found) < waiting and time.monotonic() < deadline:
                found += [record for records in reader.poll(timeout_ms=500).values() for record in records]
        return sorted(found, key=lambda record: (record.partition, record.offset))


@contextmanager
def in_a_thread(member: Publisher | TopicConsumer) -> Iterator[None]:
    """Let a publisher or a consumer go on until the block ends."""
    thread = threading.Thread(target=member.run)
    thread.start()
    try:
        yield
    finally:
        member.stopping.set()
        thread.join()


def wait_for(is_so: Callable[[], bool], seconds: float = WITHIN_S) -> None:
    """Wait until something is so. Raises TimeoutError."""
    deadline = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > deadline:
            raise TimeoutError
        time.sleep(0.05)
