"""Publishes the log to a topic: the log is the outbox, and the topic holds all of it, in order of each partition.

A batch is sent, every answer is waited for, then the place is moved. Whoever dies in between sends the batch again: readers
drop what they have. Nothing is passed over, however long Kafka is away.
"""

import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress

import sqlalchemy as sa
import structlog

from domain.log import StoredRow
from infra.codec import EventCodec
from infra.follower import place_at
from infra.intake import TRANSIENT
from infra.kafka_client import KAFKA_ERRORS, Broker, Producer, Sent, partition_of
from infra.lease import Lease
from infra.partition_keys import PartitionKeys
from infra.projector import IDLE_S, PAUSE_FIRST_S, PAUSE_LONGEST_S, Progress
from infra.published import Published
from infra.recorder import LedgerRecorder
from infra.settings import PARTITIONS
from infra.topic_ledger import identity_in
from infra.topic_records import event_headers, watermark_headers, watermark_value
from projections.projection import LogPlace, StaleBatchError

BATCH_EVENTS = 1_000
ANSWER_S = 60.0
"""Longer than the client itself tries to deliver, so that its own verdict is heard."""
CLOSE_S = 5.0
WATERMARK_EVERY_S = 1.0
"""How often readers are told how far the log is in the topic. Each time costs a record in every partition."""
STAND_BY_S = 1.0
PASSING: tuple[type[Exception], ...] = (*KAFKA_ERRORS, *TRANSIENT, StaleBatchError)
"""What waiting mends: a cluster or a store that does not answer, and another publisher who was first."""

log = structlog.get_logger(__name__)


class Publisher:
    """Follows the log and sends it to a topic. One at a time, by its lease; others wait to take over."""

    def __init__(
        self,
        recorder: LedgerRecorder,
        codec: EventCodec,
        engine: sa.Engine,
        broker: Broker,
        topic: str,
        lease: Lease,
        *,
        partitions: int = PARTITIONS,
        batch_events: int = BATCH_EVENTS,
    ) -> None:
        self._recorder = recorder
        self._broker, self._topic, self._lease = broker, topic, lease
        self._wanted_partitions, self._batch_events = partitions, batch_events
        self._keys = PartitionKeys(recorder, codec)
        self._published = Published(topic, engine)
        self._producer: Producer | None = None
        self._told, self._told_at_s = -1, 0.0
        self._stands_by = False
        self.stopping = threading.Event()

    @property
    def position(self) -> int:
        """The last event that the brokers have, with all before it."""
        return self._published.position

    def run(self, progress: Progress | None = None, *, once: bool = False) -> None:
        """Publish until `stopping` is set, or with `once` to the end of the log.

        Raises `PublisherRefusedError` when the topic holds another log, or this one from a place not known here, and whatever
        waiting cannot mend.
        """
        pauses = growing_pauses()
        try:
            while not self.stopping.is_set():
                try:
                    if self._step(progress):
                        pauses = growing_pauses()
                    elif once and self._producer is not None:
                        return
                except PASSING as error:
                    self._begin_anew(error, next(pauses))
        finally:
            self.close()

    def forget(self) -> None:
        """Let the topic be published to anew, with the first event of the log as it is now."""
        self._published.forget()

    def close(self) -> None:
        """Let go of the brokers, and of the lease."""
        if self._producer is not None:
            with suppress(*KAFKA_ERRORS):
                self._producer.close(timeout=CLOSE_S)
            self._producer = None
        self._lease.release()

    def _step(self, progress: Progress | None) -> bool:
        """Publish a batch, or wait for one; says whether there is more."""
        if not self._is_the_one():
            self.stopping.wait(STAND_BY_S)
            return False
        producer = self._producer or self._open()
        if rows := self._recorder.read(self.position, self._batch_events):
            self._send(producer, rows)
            if progress is not None:
                progress(self.position, self._recorder.head()[0])
        is_more = bool(rows) or self._recorder.wait(self.position, IDLE_S)
        self._tell(producer, rest_s=WATERMARK_EVERY_S if is_more else 0)
        return is_more

    def _is_the_one(self) -> bool:
        """Whether nobody else publishes this log."""
        is_one = self._lease.take()
        if is_one == self._stands_by:
            self._stands_by = not is_one
            log.info("publisher_stands_by" if self._stands_by else "publisher_takes_over", topic=self._topic)
        return is_one

    def _open(self) -> Producer:
        self._broker.create_topic(self._topic, self._wanted_partitions)
        producer = self._broker.producer()
        self._producer = producer
        partitions = len(producer.partitions_for(self._topic))
        self._published.open(self._recorder, partitions, lambda: identity_in(self._broker, self._topic, partitions))
        self._told = -1
        log.info("publisher_started", topic=self._topic, position=self.position)
        return producer

    def _send(self, producer: Producer, rows: Sequence[StoredRow]) -> None:
        """Send a batch, wait until the brokers have all of it, and move on."""
        identity, parts = self._recorder.identity(), dict[int, LogPlace]()
        sent: list[Sent] = []
        for row, key in zip(rows, self._keys.of(rows), strict=True):
            partition = partition_of(key, self._published.partitions)
            previous = parts[partition].position if partition in parts else self._published.last_in(partition)
            headers = event_headers(identity, row, key, previous)
            answer = producer.send(self._topic, value=row.state, key=key.encode(), headers=headers, partition=partition)
            sent.append(answer)
            parts[partition] = place_at(identity, row)
        _await(producer, sent)
        self._published.move(place_at(identity, rows[-1]), parts)

    def _tell(self, producer: Producer, rest_s: float) -> None:
        """Tell each partition how far the log is in the topic, where that is news and was not said a moment ago."""
        position = self.position
        if position == self._told or time.monotonic() - self._told_at_s < rest_s:
            return
        value, sent = watermark_value(position), list[Sent]()
        for partition in range(self._published.partitions):
            previous = self._published.last_in(partition)
            headers = watermark_headers(self._recorder.identity(), position, previous)
            sent.append(producer.send(self._topic, value=value, key=None, headers=headers, partition=partition))
        _await(producer, sent)
        self._told, self._told_at_s = position, time.monotonic()

    def _begin_anew(self, error: Exception, pause_s: float) -> None:
        """Rest, and then ask the store where to go on: what became of the batch in hand is not known."""
        log.warning("publisher_waits", topic=self._topic, seconds=pause_s, why=type(error).__name__)
        self.close()
        self.stopping.wait(pause_s)


def _await(producer: Producer, sent: Sequence[Sent]) -> None:
    """Wait for every answer. Raises the first that is an error, once all are there."""
    producer.flush(timeout=ANSWER_S)
    for answer in sent:
        answer.get(timeout=ANSWER_S)


def growing_pauses() -> Iterator[float]:
    """How long to rest after the first failure, the second...: longer each time, up to a limit."""
    pause_s = PAUSE_FIRST_S
    while True:
        yield pause_s
        pause_s = min(2 * pause_s, PAUSE_LONGEST_S)
