"""The form of an event outside: a CloudEvent 1.0 in Kafka's binary mode, and back.

The value is the event as the log stores it, byte for byte: personal fields stay sealed, and nobody encodes twice. All else
stands in headers. Each record names the one before it in its partition, so that a reader sees when one is missing.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple, Protocol

import msgspec

from domain.log import LedgerIdentity, StoredRow
from infra.codec import EPOCH
from infra.follower import event_id

COMPLETE = "visit-ledger.complete"
"""The type of the record that says how far the log is in the topic; every other type is the topic of an event."""
SPEC = b"1.0"
JSON = b"application/json"

Headers = list[tuple[str, bytes]]


class TopicRecord(Protocol):
    """What Kafka hands a reader."""

    @property
    def partition(self) -> int: ...
    @property
    def offset(self) -> int: ...
    @property
    def key(self) -> bytes | None: ...
    @property
    def value(self) -> bytes | None: ...
    @property
    def headers(self) -> Sequence[tuple[str, bytes]]: ...


class UnreadableRecordError(Exception):
    """A record of the topic is none that a publisher of ours writes."""

    def __init__(self, record: TopicRecord, why: str) -> None:
        super().__init__(f"The record at offset {record.offset} of partition {record.partition} is not ours: {why}.")


class PublishedEvent(NamedTuple):
    """An event that came through a topic. `previous` is the position of the event before it in the same partition."""

    identity: LedgerIdentity
    row: StoredRow
    previous: int
    event_id: str


class Watermark(NamedTuple):
    """Every event up to `position` is in the topic; the last of them in this partition stands at `previous`."""

    identity: LedgerIdentity
    position: int
    previous: int


def event_headers(identity: LedgerIdentity, row: StoredRow, key: str, previous: int) -> Headers:
    """Say of an event what its bytes do not: the attributes of a CloudEvent, and where the log and the topic have it."""
    return [
        *_common(identity, event_id(row), row.topic, row.position, previous),
        ("ce_subject", row.stream.encode()),
        ("ce_time", instant_text(row.recorded_at)),
        ("ce_streamversion", b"%d" % row.version),
        ("ce_partitionkey", key.encode()),
    ]


def watermark_headers(identity: LedgerIdentity, position: int, previous: int) -> Headers:
    """Say how far the log is in the topic."""
    return _common(identity, f"complete-{position}", COMPLETE, position, previous)


def read_record(record: TopicRecord) -> PublishedEvent | Watermark:
    """Read what was published. Raises `UnreadableRecordError`, also where an event is not what its id says."""
    headers = dict(record.headers)
    try:
        if headers["ce_specversion"] != SPEC:
            raise UnreadableRecordError(record, "it is no CloudEvent 1.0")
        identity = LedgerIdentity(headers["ce_ledgerid"].decode(), int(headers["ce_epoch"]))
        position, previous = int(headers["ce_position"]), int(headers["ce_previous"])
        if headers["ce_type"] == COMPLETE.encode():
            return Watermark(identity, position, previous)
        row = _row(headers, position, record.value or b"")
        event = PublishedEvent(identity, row, previous, headers["ce_id"].decode())
    except (KeyError, ValueError, TypeError, AttributeError) as error:
        raise UnreadableRecordError(record, f"its headers cannot be read ({type(error).__name__})") from None
    if event_id(row) != event.event_id:
        raise UnreadableRecordError(record, "its content is not what its id was made of")
    return event


def instant_text(microseconds: int) -> bytes:
    """Write an instant with all its microseconds, so that it is read back as it was."""
    at = EPOCH + timedelta(microseconds=microseconds)
    return at.isoformat(timespec="microseconds").replace("+00:00", "Z").encode()


def _common(identity: LedgerIdentity, record_id: str, kind: str, position: int, previous: int) -> Headers:
    return [
        ("content-type", JSON),
        ("ce_specversion", SPEC),
        ("ce_id", record_id.encode()),
        ("ce_source", f"/visit-ledger/{identity.ledger_id}/{identity.epoch}".encode()),
        ("ce_type", kind.encode()),
        ("ce_ledgerid", identity.ledger_id.encode()),
        ("ce_epoch", b"%d" % identity.epoch),
        ("ce_position", b"%d" % position),
        ("ce_previous", b"%d" % previous),
    ]


def _row(headers: Mapping[str, bytes], position: int, state: bytes) -> StoredRow:
    stream, topic, time = (headers[name].decode() for name in ("ce_subject", "ce_type", "ce_time"))
    recorded_at = (datetime.fromisoformat(time).astimezone(UTC) - EPOCH) // timedelta(microseconds=1)
    return StoredRow(position, stream, int(headers["ce_streamversion"]), topic, state, recorded_at)


def watermark_value(position: int) -> bytes:
    """The value of a watermark, for readers that look at values."""
    return msgspec.json.encode({"complete_through": position})
