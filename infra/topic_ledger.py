"""Whose events a topic holds, for a reader or a publisher that begins."""

import time
from collections.abc import Sequence
from contextlib import closing

from domain.log import LedgerIdentity
from infra.kafka_client import NO_ANSWER, Broker, Partition, Reader
from infra.topic_records import UnreadableRecordError, read_record

WITHIN_S = 10.0
POLL_MS = 200


def latest_identity(reader: Reader, partitions: Sequence[Partition]) -> LedgerIdentity | None:
    """The ledger, and its latest epoch, that the last records of the partitions name; None where there is none.

    Of two ledgers in one topic the one with more to say is taken: the other's first record is then refused. Raises one of
    `KAFKA_ERRORS` where there are records and none comes in time.
    """
    if not partitions:
        return None
    reader.assign(partitions)
    begins, ends = reader.beginning_offsets(partitions), reader.end_offsets(partitions)
    filled = {partition for partition in partitions if ends[partition] > begins[partition]}
    for partition in filled:
        reader.seek(partition, ends[partition] - 1)
    found = list[LedgerIdentity]()
    deadline = time.monotonic() + WITHIN_S
    while filled and time.monotonic() < deadline:
        for partition, records in reader.poll(timeout_ms=POLL_MS).items():
            filled.discard(Partition(*partition))
            for record in records:
                try:
                    found.append(read_record(record).identity)
                except UnreadableRecordError:
                    continue  # who reads the topic from its beginning will come to it
    if filled and not found:
        raise NO_ANSWER("The last records of the topic did not come.")
    ledger_ids = [identity.ledger_id for identity in found]
    return max(found, key=lambda identity: (ledger_ids.count(identity.ledger_id), identity), default=None)


def identity_in(broker: Broker, topic: str, partitions: int) -> LedgerIdentity | None:
    """The same, of a topic that nobody reads yet."""
    with closing(broker.consumer()) as reader:
        return latest_identity(reader, [Partition(topic, number) for number in range(partitions)])
