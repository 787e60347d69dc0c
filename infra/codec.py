"""Events to bytes and back: plain JSON at rest, under names that outlive the code.

Only the classes handed in are ever made: a stored topic picks one of them and is never imported.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache, partial
from typing import Any, ClassVar, get_args, get_type_hints

import msgspec
from eventsourcing.domain import DomainEventProtocol
from eventsourcing.persistence import Cipher, Compressor, JSONTranscoder, Mapper, StoredEvent, Transcoder

from domain.event import DomainEvent, Personal, RecordedEvent, Upcaster, personal_fields
from domain.log import StoredRow
from domain.ports import Sealed
from infra.sealing import is_envelope

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
SUBJECT = "subject"

Decode = Callable[[bytes], DomainEvent]


class UnknownEventError(Exception):
    """The log names an event, or a version of one, that this program does not know. It may be older than the log."""

    def __init__(self, topic: str) -> None:
        super().__init__(f"No event is registered as {topic!r}")
        self.topic = topic


class UnsealedFieldError(AssertionError):
    """A programmer was about to store a personal value in clear. Names the fields, never what stands in them."""

    def __init__(self, topic: str, fields: Sequence[str]) -> None:
        super().__init__(f"{topic} has personal fields that are not sealed: {', '.join(fields)}")


class EventCodec:
    """Writes and reads the events of a closed list of classes."""

    def __init__(self, event_classes: Iterable[type[DomainEvent]]) -> None:
        """Register each class under its own TOPIC. Raises `TypeError` for one that could not be stored safely."""
        self._encoder = msgspec.json.Encoder()
        self._written: dict[type[DomainEvent], tuple[str, tuple[str, ...]]] = {}
        self._decoders: dict[str, Decode] = {}
        for event_class in event_classes:
            self._register(event_class)

    def encode(self, event: DomainEvent) -> tuple[str, bytes]:
        """Give the stored topic and the state. Raises `UnsealedFieldError` rather than write a clear personal value."""
        if type(event) not in self._written:
            raise UnknownEventError(type(event).__name__)
        stored_topic, personal_names = self._written[type(event)]
        if personal_names and (unsealed := unsealed_fields(event)):
            raise UnsealedFieldError(stored_topic, unsealed)
        return stored_topic, self._encoder.encode(event)

    def decode_event(self, stored_topic: str, state: bytes) -> DomainEvent:
        """Make the event of a stored topic, brought up to today's version. Raises `UnknownEventError`."""
        decode = self._decoders.get(stored_topic)
        if decode is None:
            raise UnknownEventError(stored_topic)
        return decode(state)

    def decode(self, row: StoredRow) -> RecordedEvent:
        """Make the event of one row of the log. Raises `UnknownEventError`."""
        return self.decode_rows((row,))[0]

    def decode_rows(self, rows: Sequence[StoredRow]) -> list[RecordedEvent]:
        """Make the events of many rows. Raises `UnknownEventError`."""
        decoders = self._decoders
        events: list[RecordedEvent] = []
        last_us, recorded_at = 0, EPOCH
        try:
            for position, _, _, stored_topic, state, recorded_us in rows:
                if recorded_us != last_us:  # rows of one append share their time
                    last_us, recorded_at = recorded_us, EPOCH + timedelta(microseconds=recorded_us)
                events.append(RecordedEvent(position, recorded_at, decoders[stored_topic](state)))
        except KeyError:
            if stored_topic in decoders:  # an upcaster missed something, not we
                raise
            raise UnknownEventError(stored_topic) from None
        return events

    def _register(self, event_class: type[DomainEvent]) -> None:
        topic = _own_topic(event_class)
        _check_sealing(event_class)
        current = event_class.schema_version()
        if _stored_topic(topic, 1) in self._decoders:
            raise TypeError(f"Two event classes have the topic {topic}")
        for version in range(1, current):
            upcasters = event_class.UPCASTERS[version - 1 :]
            self._decoders[_stored_topic(topic, version)] = partial(_decode_older, event_class, upcasters)
        self._written[event_class] = _stored_topic(topic, current), tuple(personal_fields(event_class))
        self._decoders[_stored_topic(topic, current)] = msgspec.json.Decoder(event_class).decode


class LedgerMapper(Mapper[str]):
    """The library's way to the codec. A subclass says which `codec`, and is named as MAPPER_TOPIC."""

    codec: ClassVar[EventCodec]

    def __init__(
        self, transcoder: Transcoder, compressor: Compressor | None = None, cipher: Cipher | None = None
    ) -> None:
        assert compressor is None, "events are stored as plain JSON"
        assert cipher is None, "personal fields are sealed one by one, not the event"
        super().__init__(transcoder)

    def to_stored_event(self, domain_event: DomainEventProtocol[str]) -> StoredEvent:
        """Encode one of our events."""
        assert isinstance(domain_event, DomainEvent)
        topic, state = self.codec.encode(domain_event)
        return StoredEvent(domain_event.originator_id, domain_event.originator_version, topic, state)

    def to_domain_event(self, stored_event: StoredEvent) -> DomainEventProtocol[str]:
        """Decode one of our events."""
        return self.codec.decode_event(stored_event.topic, stored_event.state)


def mapper_over(codec: EventCodec) -> LedgerMapper:
    """A mapper of the library's over a codec of ours, for an `Application` that is handed its parts."""
    mapper_class = type("CodecMapper", (LedgerMapper,), {"codec": codec})
    mapper: LedgerMapper = mapper_class(JSONTranscoder())
    return mapper


def unsealed_fields(event: DomainEvent) -> list[str]:
    """Name the personal fields that hold something other than an envelope or nothing."""
    return [name for name in _personal_names(type(event)) if not _is_sealed(getattr(event, name))]


@cache
def _personal_names(event_class: type[DomainEvent]) -> tuple[str, ...]:
    return tuple(personal_fields(event_class))


def _is_sealed(value: object) -> bool:
    match value:
        case None:
            return True
        case str():
            return is_envelope(value)
        case list() | tuple() | frozenset():
            return all(map(_is_sealed, value))
        case dict():
            return all(map(_is_sealed, value.values()))
        case _:
            return False


def _own_topic(event_class: type[DomainEvent]) -> str:
    """Give a class's own TOPIC: one taken over from a base class would name two kinds of fact."""
    topic = vars(event_class).get("TOPIC")
    if not isinstance(topic, str) or not topic or "@" in topic:
        raise TypeError(f"{event_class.__name__} needs a TOPIC of its own, without @")
    return topic


def _stored_topic(topic: str, version: int) -> str:
    return topic if version == 1 else f"{topic}@{version}"


def _decode_older(event_class: type[DomainEvent], upcasters: Sequence[Upcaster], state: bytes) -> DomainEvent:
    stored: dict[str, Any] = msgspec.json.decode(state)
    for upcast in upcasters:
        stored = upcast(stored)
    return msgspec.convert(stored, event_class, str_keys=True)


def _check_sealing(event_class: type[DomainEvent]) -> None:
    """Raise `TypeError` where a sealed field does not say whose it is, or a personal one need not be sealed."""
    marks = personal_fields(event_class)
    for name, hint in get_type_hints(event_class, include_extras=True).items():
        found = list(_sealings(hint))
        if not all(found) or bool(found) != (name in marks):
            raise TypeError(
                f"{event_class.__name__}.{name} must be Annotated[Sealed, Personal(...)], or hold just those"
            )
    people = {mark.person for mark in marks.values()}
    if not people <= {SUBJECT, *event_class.__struct_fields__}:
        raise TypeError(f"{event_class.__name__} has a Personal field whose person is no field of it")


def _sealings(hint: object) -> Iterator[bool]:
    """Find each place of a type where a sealed or personal value stands, and say whether it is both."""
    if any(isinstance(mark, Personal) for mark in getattr(hint, "__metadata__", ())):
        yield getattr(hint, "__origin__", None) in (Sealed, Sealed | None)
    elif hint is Sealed:
        yield False
    elif get_args(hint):
        yield from (sealing for part in get_args(hint) for sealing in _sealings(part))
    elif isinstance(hint, type) and issubclass(hint, msgspec.Struct):
        # Not inside a nested struct: erasure and the check before storing look at the event's own fields.
        nested = get_type_hints(hint, include_extras=True).values()
        yield from (False for part in nested for _ in _sealings(part))
