"""Fills a read model from a topic, as one of a group: each member has some of the partitions, and they may change hands.

Kafka is asked for records only. Where a partition stands is said by the read model's own database, in the transaction that
folds: a member that is killed, or that has been given up on, folds nothing twice.
"""

import threading
from collections.abc import Sequence
from contextlib import suppress

import structlog

from domain.log import LedgerIdentity
from infra.codec import EventCodec
from infra.consumed import Consumed
from infra.intake import TRANSIENT
from infra.kafka_client import KAFKA_ERRORS, Assignments, Broker, Consumer, Partition
from infra.kafka_publisher import growing_pauses
from infra.partition_follower import PartitionFollower
from infra.projector import Progress
from infra.topic_ledger import identity_in
from projections.projection import StaleBatchError

POLL_MS = 500

log = structlog.get_logger(__name__)


class NothingPublishedError(Exception):
    """The topic is not there, or nothing is in it: its publisher has yet to begin."""


PASSING: tuple[type[Exception], ...] = (*KAFKA_ERRORS, *TRANSIENT, NothingPublishedError)
"""What waiting mends."""


class TopicConsumer:
    """One member of a group that fills a read model."""

    def __init__(self, broker: Broker, consumed: Consumed, codec: EventCodec, group: str) -> None:
        self._broker, self._consumed, self._codec, self._group = broker, consumed, codec, group
        self._topic = consumed.topic
        self._consumer: Consumer | None = None
        self._followers: dict[Partition, PartitionFollower] = {}
        self._agreed: Sequence[Partition] | None = None
        self._agreeing = threading.Lock()
        self.stopping = threading.Event()

    def run(self, progress: Progress | None = None, *, once: bool = False) -> None:
        """Fill until `stopping` is set, or with `once` to where the topic ends now.

        Raises `WrongTopicError`, `RefusedRecordError` and `TornTopicError` for what a person must look at, and what waiting
        cannot mend.
        """
        pauses = growing_pauses()
        try:
            while not self.stopping.is_set():
                try:
                    consumer = self._consumer or self._open()
                    if self._step(consumer):
                        pauses = growing_pauses()
                    if (progress is not None or once) and self._is_at_end(consumer, progress) and once:
                        return
                except PASSING as error:
                    self._begin_anew(error, next(pauses))
        finally:
            self.close()

    def close(self) -> None:
        """Leave the group."""
        if self._consumer is not None:
            with suppress(*KAFKA_ERRORS):
                self._consumer.close()
            self._consumer = None

    def _open(self) -> Consumer:
        consumer = self._broker.consumer(self._group)
        self._consumer = consumer
        partitions = len(consumer.partitions_for_topic(self._topic) or ())
        if not partitions:
            raise NothingPublishedError
        if not self._consumed.places():
            self._consumed.begin(self._identity(partitions), partitions)
        self._consumed.check(partitions)
        self._followers, self._agreed = {}, None
        consumer.subscribe([self._topic], listener=Assignments(self._agree, self._give_up))
        log.info("consumer_started", topic=self._topic, group=self._group)
        return consumer

    def _identity(self, partitions: int) -> LedgerIdentity:
        identity = identity_in(self._broker, self._topic, partitions)
        if identity is None:
            raise NothingPublishedError
        return identity

    def _step(self, consumer: Consumer) -> bool:
        """Take what there is, partition by partition; says whether there was anything."""
        polled = consumer.poll(timeout_ms=POLL_MS)
        fresh = self._settle(consumer)
        for partition, records in polled.items():
            follower = self._followers.get(Partition(*partition))
            if follower is None or partition in fresh:
                continue  # read before we knew where to read on from
            try:
                follower.take(records)
            except StaleBatchError:
                log.info("consumer_was_second", partition=partition.partition)
                consumer.seek(partition, follower.open())
        return bool(polled)

    def _settle(self, consumer: Consumer) -> Sequence[Partition]:
        """Take over what the group has agreed on since: each partition goes on where the read model has it."""
        with self._agreeing:
            agreed, self._agreed = self._agreed, None
        if agreed is None:
            return ()
        self._followers = {}
        for partition in agreed:
            follower = PartitionFollower(self._consumed, self._codec, partition.partition)
            consumer.seek(partition, follower.open())
            self._followers[partition] = follower
        consumer.resume(*agreed)
        log.info("partitions_assigned", group=self._group, partitions=sorted(each.partition for each in agreed))
        return agreed

    def _agree(self, assigned: Sequence[Partition]) -> None:
        """Nothing is read of what is new to us before we know where it stands."""
        assert self._consumer is not None
        self._consumer.pause(*assigned)
        with self._agreeing:
            self._agreed = assigned

    def _give_up(self) -> None:
        with self._agreeing:
            self._agreed = ()

    def _is_at_end(self, consumer: Consumer, progress: Progress | None) -> bool:
        """Whether all members together have read what was in the topic a moment ago."""
        places = self._consumed.places()
        ends = consumer.end_offsets([Partition(self._topic, number) for number in places])
        read = sum(place.next_offset for place in places.values())
        if progress is not None:
            progress(read, sum(ends.values()))
        return all(places[partition.partition].next_offset >= end for partition, end in ends.items())

    def _begin_anew(self, error: Exception, pause_s: float) -> None:
        log.warning("consumer_waits", topic=self._topic, seconds=pause_s, why=type(error).__name__)
        self.close()
        self.stopping.wait(pause_s)
