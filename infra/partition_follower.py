"""Fills a read model from one partition of a topic: each event once, in log order, and only of the ledger it began with."""

from collections.abc import Iterable, Sequence

import structlog

from domain.log import LedgerIdentity
from infra.codec import EventCodec
from infra.consumed import Consumed, PartitionPlace
from infra.follower import ReplacedError
from infra.partition_order import PartitionOrder, TornTopicError
from infra.topic_records import PublishedEvent, TopicRecord, UnreadableRecordError, Watermark, read_record
from projections.projection import LogPlace

log = structlog.get_logger(__name__)


class RefusedRecordError(Exception):
    """A record cannot be taken; all before it are in. The text says what to do."""

    def __init__(self, why: str, remedy: str) -> None:
        super().__init__(f"{why} Nothing behind it in its partition is taken. {remedy}")


class StrayRecordError(RefusedRecordError):
    """A record that no publisher of this ledger wrote. A person may let it be passed over."""


RESTART = (
    "The log was put back to an earlier state. `visitledger consume --restart` fills the facts anew, from this epoch."
)


class PartitionFollower:
    """One partition of a topic, as this consumer has it."""

    def __init__(self, consumed: Consumed, codec: EventCodec, partition: int) -> None:
        self._consumed, self._codec, self._partition = consumed, codec, partition
        self._at = PartitionPlace(LogPlace("", 0, 0, ""), 0, 0)
        self._order = PartitionOrder(0)
        self._watermark: Watermark | None = None
        self._strays = frozenset[int]()

    def open(self) -> int:
        """Find where the partition stands, and give the offset to read on from."""
        at = self._consumed.places().get(self._partition)
        if at is None:
            raise ReplacedError("The facts were emptied, or another version of them has taken this one's place.")
        self._at, self._order, self._watermark = at, PartitionOrder(at.place.position), None
        self._strays = self._consumed.strays(self._partition)
        return at.next_offset

    def take(self, records: Sequence[TopicRecord]) -> None:
        """Fold what is new in a batch of records, and say where the partition stands then.

        Raises `RefusedRecordError` or `TornTopicError` once all before the record in question is in, and
        `StaleBatchError` when another consumer has moved the partition: nothing is changed then, and it is to be opened
        again.
        """
        ready, stopped = list[PublishedEvent](), list[RefusedRecordError | TornTopicError]()
        next_offset = self._at.next_offset
        for record in records:
            try:
                ready += self._next(record)
            except (RefusedRecordError, TornTopicError) as error:
                if not isinstance(error, StrayRecordError) or record.offset not in self._strays:
                    stopped.append(error)
                    break
            next_offset = record.offset + 1
        self._move(ready, next_offset)
        if stopped:
            raise stopped[0]

    def _next(self, record: TopicRecord) -> Iterable[PublishedEvent]:
        """Give the events that are next once a record came: none for one whose epoch is over, nor for a watermark, which is
        remembered."""
        try:
            read = read_record(record)
        except UnreadableRecordError as error:
            raise StrayRecordError(str(error), _pass_over(record)) from None
        if not self._is_current(read.identity, record):
            return ()
        if isinstance(read, Watermark):
            self._watermark = read
            return ()
        place = self._at.place
        if read.row.position == place.position and read.event_id != place.event_id:
            raise RefusedRecordError(f"{_name(record)} is another event than the one taken at its position.", RESTART)
        return self._order.take(record.offset, read)

    def _is_current(self, identity: LedgerIdentity, record: TopicRecord) -> bool:
        place = self._at.place
        if identity.ledger_id != place.ledger_id:
            raise StrayRecordError(f"{_name(record)} is of another ledger.", _pass_over(record))
        if identity.epoch > place.epoch:
            raise RefusedRecordError(f"{_name(record)} is of a later epoch of the ledger.", RESTART)
        return identity.epoch == place.epoch

    def _move(self, ready: Sequence[PublishedEvent], next_offset: int) -> None:
        start, place = self._at, self._at.place
        if ready:
            last = ready[-1]
            place = LogPlace(place.ledger_id, place.epoch, last.row.position, last.event_id)
        if self._order.waits:
            log.warning("records_held", partition=self._partition, behind=place.position)
            next_offset = min(next_offset, self._order.first_held_offset)
        to = PartitionPlace(place, next_offset, self._complete_through())
        if to != start:
            self._consumed.move(self._partition, start, to, self._codec.decode_rows([each.row for each in ready]))
            self._at = to

    def _complete_through(self) -> int:
        """As far as nothing is missing: up to the last event, and to the watermark where all events before it are in."""
        told, position = self._watermark, self._order.position
        is_whole = told is not None and not self._order.waits and told.previous <= position
        return max(self._at.complete_through, position, told.position if told is not None and is_whole else 0)


def _name(record: TopicRecord) -> str:
    return f"The record at offset {record.offset} of partition {record.partition}"


def _pass_over(record: TopicRecord) -> str:
    where = f"{record.partition}:{record.offset}"
    return (
        f"Give each ledger a topic of its own; `visitledger consume --pass-over {where}` goes on behind a stray record."
    )
