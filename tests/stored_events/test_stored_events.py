"""Events are stored for decades: one file for each version ever shipped, and every one must still load.

A field that may be missing is no new version: it gives the event a further file, and the first one still means what it says.
A new file is written by `VISITLEDGER_WRITE_GOLDEN=1 pytest tests/stored_events`; a file that exists is never rewritten.
"""

import os
from collections.abc import Sequence
from pathlib import Path

import msgspec
import pytest

from domain.event import DomainEvent
from domain.topics import EVENT_CLASSES
from infra.codec import EventCodec
from tests.stored_events.samples import ENVELOPE, sample

FILES = Path(__file__).parent / "v"
CODEC = EventCodec(EVENT_CLASSES)
ADDED = {
    "client.registered": ("other_identifier",),
    "client.details_changed": ("other_identifier",),
    "client.protected_identity_marked": ("from_on", "named"),
    "person.keys_destroyed": ("requested_by", "archived", "to_follow"),
}
"""Stored topic -> the fields that came to a version after its first file, in order."""


def file_of(topic: str, added: Sequence[str] = ()) -> Path:
    return FILES / f"{'+'.join((topic, *added))}.json"


def topic_of(file: Path) -> str:
    return file.stem.partition("+")[0]


def current_file(topic: str) -> Path:
    return file_of(topic, ADDED.get(topic, ()))


def stored_topics(event_class: type[DomainEvent]) -> list[str]:
    versions = range(2, event_class.schema_version() + 1)
    return [event_class.TOPIC, *(f"{event_class.TOPIC}@{version}" for version in versions)]


@pytest.mark.parametrize("event_class", EVENT_CLASSES, ids=lambda event_class: event_class.TOPIC)
def test_every_version_ever_shipped_has_a_file(event_class: type[DomainEvent]) -> None:
    current = stored_topics(event_class)[-1]
    if os.environ.get("VISITLEDGER_WRITE_GOLDEN") and not current_file(current).exists():
        topic, state = CODEC.encode(sample(event_class))
        current_file(topic).write_bytes(msgspec.json.format(state, indent=2) + b"\n")
    files = {current_file(current), *map(file_of, stored_topics(event_class))}
    assert [file.name for file in files if not file.exists()] == []


@pytest.mark.parametrize("file", sorted(FILES.glob("*.json")), ids=lambda file: file.stem)
def test_every_stored_event_still_loads(file: Path) -> None:
    event = CODEC.decode_event(topic_of(file), file.read_bytes())
    assert topic_of(file).partition("@")[0] == event.TOPIC
    assert event.originator_version == 3


@pytest.mark.parametrize("event_class", EVENT_CLASSES, ids=lambda event_class: event_class.TOPIC)
def test_what_the_current_version_stores_means_what_the_file_says(event_class: type[DomainEvent]) -> None:
    """A field renamed, or a default changed, would give old events another meaning."""
    current = stored_topics(event_class)[-1]
    assert CODEC.decode_event(current, current_file(current).read_bytes()) == sample(event_class)


@pytest.mark.parametrize("topic", ADDED)
def test_an_event_stored_before_a_field_was_added_reads_as_one_that_does_not_state_it(topic: str) -> None:
    event = CODEC.decode_event(topic, file_of(topic).read_bytes())
    unstated = {each.name: each.default for each in msgspec.structs.fields(type(event)) if each.name in ADDED[topic]}
    assert event == msgspec.structs.replace(sample(type(event)), **unstated)
    assert not any(unstated.values())


def test_no_file_is_of_an_event_that_nobody_knows() -> None:
    known = {topic for event_class in EVENT_CLASSES for topic in stored_topics(event_class)}
    assert {topic_of(file) for file in FILES.glob("*.json")} <= known


def test_sealed_fields_in_files_are_envelopes() -> None:
    assert file_of("client.registered").read_text().count(ENVELOPE) == 5
    assert current_file("client.registered").read_text().count(ENVELOPE) == 6
