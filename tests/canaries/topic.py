"""The ledger sent out to Kafka and filled from there, and every record that lies in the topic."""

import time
from contextlib import closing

from infra.kafka_client import Broker, Partition
from infra.settings import PARTITIONS, Settings
from infra.topic_records import TopicRecord
from tests.canaries.places import STORED
from tests.canaries.run import Place, command

WITHIN_S = 60.0


def sent_out(settings: Settings) -> list[Place]:
    """Publish, consume, and read the topic. What the consumer fills is a file of the ledger's folder, and searched as one."""
    data = ("--data", str(settings.data_dir))
    said = [command(verb, "--once", *data) for verb in ("publish", "consume")]
    assert b"Published through position" in said[0].content, said[0].content
    found = records(settings)
    assert found, "nothing lies in the topic"
    return [*said, Place("topic", b"\n".join(map(_bytes, found)), STORED)]


def records(settings: Settings) -> list[TopicRecord]:
    """Every record of the topic. Raises `TimeoutError`."""
    with closing(Broker(settings.kafka).consumer()) as reader:
        partitions = [Partition(settings.kafka_topic, number) for number in range(PARTITIONS)]
        reader.assign(partitions)
        waiting = sum(reader.end_offsets(partitions).values())
        found = list[TopicRecord]()
        deadline = time.monotonic() + WITHIN_S
        while len(found) < waiting:
            if time.monotonic() > deadline:
                raise TimeoutError
            found += [record for polled in reader.poll(timeout_ms=500).values() for record in polled]
    return found


def _bytes(record: TopicRecord) -> bytes:
    headers = [part for name, value in record.headers for part in (name.encode(), value)]
    return b"\x1f".join((record.key or b"", record.value or b"", *headers))
