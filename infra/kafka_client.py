"""The part of Kafka's client that we use, with types, and the settings that keep what is promised.

Imported only by those who publish or consume: all else runs where there is no Kafka.
"""

import warnings
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import closing
from typing import Any, Protocol

import structlog

from infra.topic_records import Headers, TopicRecord

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)  # it reads its own files in a way that Python has given up
    import kafka
    import kafka.errors
    from kafka.partitioner import murmur2

KAFKA_ERRORS: tuple[type[Exception], ...] = (kafka.errors.KafkaError,)
NO_ANSWER: type[Exception] = kafka.errors.KafkaTimeoutError
BOOTSTRAP_MS, REQUEST_MS, DELIVERY_MS = 10_000, 10_000, 30_000
RECONNECT_MS_MAX = 5_000
SESSION_MS, HEARTBEAT_MS = 6_000, 1_500
"""A consumer that is gone without a word is missed after a session."""
LINGER_MS = 5
POLL_RECORDS_MAX = 2_000
KEEP_FOR_EVER = {"cleanup.policy": "delete", "retention.ms": "-1", "retention.bytes": "-1"}
"""A topic that a consumer can be filled from at any time."""

log = structlog.get_logger(__name__)


class Partition(kafka.TopicPartition):  # type: ignore[misc]  # the client has no types
    """A partition of a topic, by the topic's name and its number. Equal to the client's own."""

    topic: str
    partition: int


class Sent(Protocol):
    """A record on its way."""

    def get(self, timeout: float | None = None) -> object:
        """Wait until the brokers have it. Raises `KAFKA_ERRORS`."""
        ...


class Producer(Protocol):
    """Sends records."""

    def send(self, topic: str, *, value: bytes, key: bytes | None, headers: Headers, partition: int) -> Sent: ...
    def flush(self, timeout: float | None = None) -> None: ...
    def partitions_for(self, topic: str) -> set[int]: ...
    def close(self, timeout: float | None = None) -> None: ...


class Reader(Protocol):
    """Reads records, of the partitions that it is told."""

    def assign(self, partitions: Sequence[Partition]) -> None: ...
    def poll(self, timeout_ms: int) -> Mapping[Partition, Sequence[TopicRecord]]: ...
    def seek(self, partition: Partition, offset: int) -> None: ...
    def beginning_offsets(self, partitions: Iterable[Partition]) -> dict[Partition, int]: ...
    def end_offsets(self, partitions: Iterable[Partition]) -> dict[Partition, int]: ...


class Consumer(Reader, Protocol):
    """Reads records, also of the partitions that its group agrees on."""

    def subscribe(self, topics: Sequence[str], *, listener: object) -> None: ...
    def assignment(self) -> set[Partition]: ...
    def pause(self, *partitions: Partition) -> None: ...
    def resume(self, *partitions: Partition) -> None: ...
    def partitions_for_topic(self, topic: str) -> set[int] | None: ...
    def close(self) -> None: ...


class Assignments(kafka.ConsumerRebalanceListener):  # type: ignore[misc]  # the client has no types
    """Passes on which partitions are ours. Called on the client's own thread, so it may not wait for anything."""

    def __init__(self, assigned: Callable[[Sequence[Partition]], None], revoked: Callable[[], None]) -> None:
        self._assigned, self._revoked = assigned, revoked

    def on_partitions_assigned(self, assigned: Iterable[Any]) -> None:
        """The group's agreement, anew: these are ours."""
        self._assigned([Partition(*each) for each in assigned])

    def on_partitions_revoked(self, revoked: Iterable[Any]) -> None:  # noqa: ARG002 - all of them are given up
        """The group is about to agree anew."""
        self._revoked()


class Broker:
    """A Kafka cluster, by the addresses to begin with."""

    def __init__(self, addresses: str) -> None:
        self._common = {
            "bootstrap_servers": addresses.split(","),
            "bootstrap_timeout_ms": BOOTSTRAP_MS,
            "request_timeout_ms": REQUEST_MS,
            "reconnect_backoff_max_ms": RECONNECT_MS_MAX,
        }

    def producer(self) -> Producer:
        """A producer that repeats nothing by itself, and has a record only once all in-sync replicas have it."""
        producer: Producer = kafka.KafkaProducer(
            **self._common,
            acks="all",
            enable_idempotence=True,
            delivery_timeout_ms=DELIVERY_MS,
            max_block_ms=BOOTSTRAP_MS,
            linger_ms=LINGER_MS,
            compression_type="gzip",
            allow_auto_create_topics=False,
        )
        return producer

    def consumer(self, group: str | None = None) -> Consumer:
        """A consumer that begins at the beginning and leaves it to us to remember where it stands."""
        consumer: Consumer = kafka.KafkaConsumer(
            **self._common,
            group_id=group,
            auto_offset_reset="earliest",
            enable_auto_commit=False,
            isolation_level="read_committed",
            session_timeout_ms=SESSION_MS,
            heartbeat_interval_ms=HEARTBEAT_MS,
            max_poll_records=POLL_RECORDS_MAX,
            allow_auto_create_topics=False,
        )
        return consumer

    def create_topic(self, topic: str, partitions: int) -> None:
        """Make the topic where it is missing, kept for ever, with as many replicas as the cluster gives by default."""
        with closing(kafka.KafkaAdminClient(**self._common)) as admin:
            try:
                options = {"num_partitions": partitions, "replication_factor": -1, "configs": KEEP_FOR_EVER}
                admin.create_topics({topic: options}, wait_for_metadata=True)
                log.info("topic_created", topic=topic, partitions=partitions)
            except kafka.errors.TopicAlreadyExistsError:
                pass


def partition_of(key: str, partitions: int) -> int:
    """Which partition a key goes to: as every Kafka client chooses by default."""
    hashed: int = murmur2(key.encode())
    return (hashed & 0x7FFFFFFF) % partitions
