"""Stored events: plain JSON under lasting names, only of classes we know, and never with a personal value in clear."""

import json
from datetime import UTC, datetime
from typing import Annotated, Any, ClassVar

import msgspec
import pytest
from eventsourcing.application import Application
from eventsourcing.persistence import StoredEvent
from eventsourcing.utils import get_topic

from domain.event import DomainEvent, FactStamp, Personal, Upcaster
from domain.ids import ClientId, DeviceId, FactId, StreamId, WorkerId
from domain.log import StoredRow
from domain.ports import SealClass, Sealed
from infra.codec import EventCodec, LedgerMapper, UnknownEventError, UnsealedFieldError, mapper_over, unsealed_fields

pytestmark = pytest.mark.domain  # no store is asked: rules and properties of text

ENVELOPE = Sealed("1.M0FEW-x9E4GPEgKVqANU_A." + "b" * 40)
VISIT = StreamId("visit/0b7f3f4e-6a41-4ab0-8e32-f3b8e02b6d11")
WORKER = WorkerId("0b7f3f4e-6a41-4ab0-8e32-f3b8e02b6d12")
CLIENT = ClientId("0b7f3f4e-6a41-4ab0-8e32-f3b8e02b6d13")
RECORDED_US = 1_741_000_000_123_456
RECORDED_AT = datetime(2025, 3, 3, 11, 6, 40, 123456, tzinfo=UTC)

SUBJECTS = Personal("subject", SealClass.SENSITIVE)
SealedForSubject = Annotated[Sealed, SUBJECTS]
SealedForWorker = Annotated[Sealed, Personal("worker_id", SealClass.POSITION)]


class Arrived(DomainEvent, frozen=True, kw_only=True):
    TOPIC: ClassVar[str] = "sample.arrived"
    worker_id: WorkerId
    occurred_at: datetime
    position: SealedForWorker | None = None


class Noted(DomainEvent, frozen=True, kw_only=True):
    TOPIC: ClassVar[str] = "sample.noted"
    text: SealedForSubject
    names: tuple[SealedForSubject, ...] = ()
    answers: dict[str, SealedForSubject] = msgspec.field(default_factory=dict)


class Contact(msgspec.Struct, frozen=True):
    text: SealedForSubject


def event_class_with(hint: object, topic: str | None = "sample.made") -> Any:
    """Make an event class whose field `text` has that type."""
    namespace = {"TOPIC": topic} if topic is not None else {}
    fields = [("text", hint)]
    return msgspec.defstruct("Made", fields, bases=(DomainEvent,), namespace=namespace, frozen=True, kw_only=True)


def hours_became_minutes(stored: dict[str, Any]) -> dict[str, Any]:
    return {**stored, "minutes": stored.pop("hours") * 60}


def client_became_clients(stored: dict[str, Any]) -> dict[str, Any]:
    return {**stored, "clients": [stored.pop("client")]}


class Approved(DomainEvent, frozen=True, kw_only=True):
    TOPIC: ClassVar[str] = "sample.approved"
    UPCASTERS: ClassVar[tuple[Upcaster, ...]] = (hours_became_minutes, client_became_clients)
    minutes: int
    clients: tuple[ClientId, ...]
    approved_at: datetime
    minutes_by_code: dict[int, int] = msgspec.field(default_factory=dict)


CODEC = EventCodec([Arrived, Noted, Approved])
ARRIVED = Arrived(
    originator_id=VISIT,
    originator_version=1,
    actor=f"worker/{WORKER}",
    stamp=FactStamp(id=FactId("0197f3f4-6a41-7ab0-8e32-f3b8e02b6d11"), digest="q" * 44, device_id=DeviceId("phone 1")),
    worker_id=WORKER,
    occurred_at=datetime(2025, 3, 3, 7, 1, 2, tzinfo=UTC),
    position=ENVELOPE,
)
NOTED = Noted(originator_id=VISIT, originator_version=2, actor=f"worker/{WORKER}", text=ENVELOPE, names=(ENVELOPE,))
APPROVED = Approved(
    originator_id=VISIT,
    originator_version=3,
    actor="coordinator/7",
    minutes=120,
    clients=(CLIENT,),
    approved_at=datetime(2025, 3, 4, tzinfo=UTC),
    minutes_by_code={3: 120},
)
EVENTS = (ARRIVED, NOTED, APPROVED)
HOSTILE_TOPICS = (
    *("", "sample.arrived ", "sample.arrived\n", "sample.arrived\x00"),
    *("sample.arrived@0", "sample.arrived@1", "sample.arrived@2", "sample.arrived@-1"),
    *("sample.approved@03", "sample.approved@3.0", "sample.approved@4", "sample.approved@x", "@", "@3"),
    *("Arrived", "sample.Arrived", "tests.infra.test_codec:Arrived", "domain.event:DomainEvent", "os:system"),
    "ѕample.arrived",  # a Cyrillic first letter
)
STORED_APPROVALS = {
    "sample.approved": {"hours": 2, "client": CLIENT},
    "sample.approved@2": {"minutes": 120, "client": CLIENT},
    "sample.approved@3": {"minutes": 120, "clients": [CLIENT]},
}


def stored_row(event: DomainEvent, position: int = 1, recorded_us: int = RECORDED_US) -> StoredRow:
    topic, state = CODEC.encode(event)
    return StoredRow(position, event.originator_id, event.originator_version, topic, state, recorded_us)


class TestStoring:
    @pytest.mark.parametrize("event", EVENTS)
    def test_every_event_comes_back_as_it_was(self, event: DomainEvent) -> None:
        assert CODEC.decode_event(*CODEC.encode(event)) == event

    def test_an_event_is_plain_json_with_its_stream_and_version(self) -> None:
        _, state = CODEC.encode(ARRIVED)
        assert json.loads(state) == {
            "stream": VISIT,
            "version": 1,
            "actor": f"worker/{WORKER}",
            "stamp": {"id": "0197f3f4-6a41-7ab0-8e32-f3b8e02b6d11", "digest": "q" * 44, "device_id": "phone 1"},
            "worker_id": WORKER,
            "occurred_at": "2025-03-03T07:01:02Z",
            "position": ENVELOPE,
        }

    def test_the_stored_topic_tells_the_version_from_the_second_on(self) -> None:
        assert [CODEC.encode(event)[0] for event in EVENTS] == ["sample.arrived", "sample.noted", "sample.approved@3"]

    def test_an_event_of_an_unregistered_class_is_not_written(self) -> None:
        with pytest.raises(UnknownEventError):
            EventCodec([Noted]).encode(ARRIVED)


class TestReadingRows:
    def test_rows_become_events_with_their_place_and_time(self) -> None:
        rows = [stored_row(ARRIVED, 7), stored_row(NOTED, 8), stored_row(APPROVED, 9, RECORDED_US + 1)]
        recorded = CODEC.decode_rows(rows)
        assert [(one.position, one.event) for one in recorded] == [(7, ARRIVED), (8, NOTED), (9, APPROVED)]
        later = RECORDED_AT.replace(microsecond=123457)
        assert [one.recorded_at for one in recorded] == [RECORDED_AT, RECORDED_AT, later]
        assert {one.recorded_at.tzinfo for one in recorded} == {UTC}

    def test_one_row_is_read_like_many(self) -> None:
        row = stored_row(ARRIVED)
        assert [CODEC.decode(row)] == CODEC.decode_rows([row])

    def test_no_rows_are_no_events(self) -> None:
        assert CODEC.decode_rows([]) == []

    def test_the_first_microsecond_of_1970_is_a_time_like_any_other(self) -> None:
        assert CODEC.decode(stored_row(ARRIVED, recorded_us=0)).recorded_at == datetime(1970, 1, 1, tzinfo=UTC)


class TestVersions:
    @pytest.mark.parametrize(("stored_topic", "fields"), STORED_APPROVALS.items())
    def test_every_version_ever_stored_is_read_as_todays(self, stored_topic: str, fields: dict[str, object]) -> None:
        shared = {"stream": VISIT, "version": 3, "actor": "coordinator/7", "approved_at": "2025-03-04T00:00:00Z"}
        state = json.dumps({**shared, **fields, "minutes_by_code": {"3": 120}}).encode()
        assert CODEC.decode_event(stored_topic, state) == APPROVED

    def test_todays_version_meets_no_upcaster(self) -> None:
        def fail(_stored: dict[str, Any]) -> dict[str, Any]:
            raise AssertionError

        class Changed(Noted, frozen=True, kw_only=True):
            TOPIC: ClassVar[str] = "sample.changed"
            UPCASTERS: ClassVar[tuple[Upcaster, ...]] = (fail,)

        codec = EventCodec([Changed])
        changed = Changed(originator_id=VISIT, originator_version=1, actor="worker/1", text=ENVELOPE)
        topic, state = codec.encode(changed)
        assert codec.decode_event(topic, state) == changed
        with pytest.raises(AssertionError):
            codec.decode_event("sample.changed", state)


class TestUnknownEvents:
    def test_a_mistake_in_an_upcaster_is_not_taken_for_an_unknown_event(self) -> None:
        without_hours = stored_row(APPROVED)._replace(topic="sample.approved")
        with pytest.raises(KeyError, match="hours"):
            CODEC.decode_rows([without_hours])

    @pytest.mark.parametrize("topic", HOSTILE_TOPICS)
    def test_a_topic_that_is_not_on_the_list_is_never_read(self, topic: str) -> None:
        row = stored_row(ARRIVED)._replace(topic=topic)
        for read in (lambda: CODEC.decode_event(topic, row.state), lambda: CODEC.decode_rows([row])):
            with pytest.raises(UnknownEventError) as unknown:
                read()
            assert unknown.value.topic == topic


class TestRegistering:
    @pytest.mark.parametrize("registered", [Arrived, Approved])
    def test_two_classes_with_one_topic_are_refused_at_whatever_version(self, registered: type[DomainEvent]) -> None:
        second = event_class_with(str, registered.TOPIC)
        for event_classes in ([registered, second], [second, registered]):
            with pytest.raises(TypeError, match="Two event classes"):
                EventCodec(event_classes)

    def test_a_class_without_a_topic_of_its_own_is_refused(self) -> None:
        class Inheriting(Arrived, frozen=True, kw_only=True):
            pass

        for event_class in (Inheriting, *(event_class_with(str, topic) for topic in (None, "", "sample.made@2"))):
            with pytest.raises(TypeError, match="needs a TOPIC"):
                EventCodec([event_class])

    @pytest.mark.parametrize(
        "hint",
        [
            Sealed,
            dict[str, Sealed | None],
            Annotated[str, SUBJECTS],
            Annotated[Sealed | str, SUBJECTS],
            tuple[Contact, ...],  # inside another struct it would not be looked for
            tuple[SealedForSubject, ...] | None,  # nor this deep
        ],
    )
    def test_a_field_is_both_sealed_and_personal_or_neither(self, hint: object) -> None:
        with pytest.raises(TypeError, match=r"text must be Annotated\[Sealed"):
            EventCodec([event_class_with(hint)])

    @pytest.mark.parametrize("hint", [SealedForSubject | None, Annotated[Sealed | None, SUBJECTS], str | None])
    def test_a_field_may_also_be_missing(self, hint: object) -> None:
        event_class = event_class_with(hint)
        codec = EventCodec([event_class])
        for text in (ENVELOPE, None):
            event = event_class(originator_id=VISIT, originator_version=1, actor="worker/1", text=text)
            assert codec.decode_event(*codec.encode(event)) == event

    def test_the_person_of_a_sealed_field_is_a_field_too(self) -> None:
        with pytest.raises(TypeError, match="whose person is no field"):
            EventCodec([event_class_with(SealedForWorker)])


class TestPersonalFields:
    @pytest.mark.parametrize("clear", ["Anna", "", "1. Shower.", ENVELOPE + "\n", " " + ENVELOPE, ENVELOPE[:30]])
    def test_a_personal_value_in_clear_is_never_written(self, clear: str) -> None:
        accidents = (
            msgspec.structs.replace(NOTED, text=Sealed(clear)),
            msgspec.structs.replace(NOTED, names=(ENVELOPE, Sealed(clear))),
            msgspec.structs.replace(NOTED, answers={"name": Sealed(clear)}),
            msgspec.structs.replace(ARRIVED, position=Sealed(clear)),
        )
        for event in accidents:
            with pytest.raises(UnsealedFieldError):
                CODEC.encode(event)

    def test_the_error_names_the_field_and_not_the_value(self) -> None:
        with pytest.raises(AssertionError) as accident:
            CODEC.encode(msgspec.structs.replace(NOTED, text=Sealed("Anna")))
        assert str(accident.value) == "sample.noted has personal fields that are not sealed: text"

    def test_unsealed_fields_are_named(self) -> None:
        assert unsealed_fields(NOTED) == []
        assert unsealed_fields(APPROVED) == []
        careless = msgspec.structs.replace(NOTED, text=Sealed("Anna"), names=(Sealed("Bo"),))
        assert unsealed_fields(careless) == ["text", "names"]

    def test_a_personal_field_may_be_empty_or_hold_several_envelopes(self) -> None:
        several = msgspec.structs.replace(NOTED, names=(ENVELOPE, ENVELOPE), answers={"name": ENVELOPE})
        for event in (msgspec.structs.replace(ARRIVED, position=None), several):
            assert CODEC.decode_event(*CODEC.encode(event)) == event


CIPHER = {"CIPHER_TOPIC": "eventsourcing.cryptography:AESCipher", "CIPHER_KEY": "A" * 43 + "="}


class SampleMapper(LedgerMapper):
    codec = CODEC


class TestTheLibrarysMapper:
    def test_an_application_stores_and_loads_events_through_the_codec(self) -> None:
        application = Application[str](env={"MAPPER_TOPIC": get_topic(SampleMapper), "ORIGINATOR_ID_TYPE": "text"})
        application.save(*EVENTS)
        assert list(application.events.get(VISIT)) == list(EVENTS)
        stored = application.recorder.select_notifications(start=1, limit=10)
        assert [(row.topic, row.state) for row in stored] == [CODEC.encode(event) for event in EVENTS]

    def test_an_unknown_topic_is_not_imported_there_either(self) -> None:
        application = Application[str](env={"MAPPER_TOPIC": get_topic(SampleMapper), "ORIGINATOR_ID_TYPE": "text"})
        application.recorder.insert_events([StoredEvent(VISIT, 1, "os:system", b"{}")])
        with pytest.raises(UnknownEventError):
            list(application.events.get(VISIT))

    @pytest.mark.parametrize("settings", [{"COMPRESSOR_TOPIC": "zlib"}, CIPHER])
    def test_what_would_hide_the_json_is_refused(self, settings: dict[str, str]) -> None:
        with pytest.raises(AssertionError, match=r"plain JSON|one by one"):
            Application[str](env={"MAPPER_TOPIC": get_topic(SampleMapper), "ORIGINATOR_ID_TYPE": "text", **settings})

    def test_a_mapper_can_be_made_over_a_codec(self) -> None:
        mapper = mapper_over(CODEC)
        assert [mapper.to_domain_event(mapper.to_stored_event(event)) for event in EVENTS] == list(EVENTS)
