"""Events are stored for decades: one file for each version ever shipped, and every one must still load.

A new version gets its file by `VISITLEDGER_WRITE_GOLDEN=1 pytest tests/stored_events`; a file that exists is never rewritten.
"""

import os
from pathlib import Path

import msgspec
import pytest

from domain.event import DomainEvent
from domain.topics import EVENT_CLASSES
from infra.codec import EventCodec
from tests.stored_events.samples import ENVELOPE, sample

FILES = Path(__file__).parent / "v"
CODEC = EventCodec(EVENT_CLASSES)


def file_of(topic: str) -> Path:
    return FILES / f"{topic}.json"


def stored_topics(event_class: type[DomainEvent]) -> list[str]:
    versions = range(2, event_class.schema_version() + 1)
    return [event_class.TOPIC, *(f"{event_class.TOPIC}@{version}" for version in versions)]


@pytest.mark.parametrize("event_class", EVENT_CLASSES, ids=lambda event_class: event_class.TOPIC)
def test_every_version_ever_shipped_has_a_file(event_class: type[DomainEvent]) -> None:
    current = stored_topics(event_class)[-1]
    if os.environ.get("VISITLEDGER_WRITE_GOLDEN") and not file_of(current).exists():
        topic, state = CODEC.encode(sample(event_class))
        file_of(topic).write_bytes(msgspec.json.format(state, indent=2) + b"\n")
    assert [topic for topic in stored_topics(event_class) if not file_of(topic).exists()] == []


@pytest.mark.parametrize("file", sorted(FILES.glob("*.json")), ids=lambda file: file.stem)
def test_every_stored_event_still_loads(file: Path) -> None:
    event = CODEC.decode_event(file.stem, file.read_bytes())
    assert file.stem.partition("@")[0] == event.TOPIC
    assert event.originator_version == 3


@pytest.mark.parametrize("event_class", EVENT_CLASSES, ids=lambda event_class: event_class.TOPIC)
def test_what_the_current_version_stores_means_what_the_file_says(event_class: type[DomainEvent]) -> None:
    """A field renamed, or a default changed, would give old events another meaning."""
    current = stored_topics(event_class)[-1]
    assert CODEC.decode_event(current, file_of(current).read_bytes()) == sample(event_class)


def test_no_file_is_of_an_event_that_nobody_knows() -> None:
    known = {topic for event_class in EVENT_CLASSES for topic in stored_topics(event_class)}
    assert {file.stem for file in FILES.glob("*.json")} <= known


def test_sealed_fields_in_files_are_envelopes() -> None:
    registered = file_of("client.registered").read_text()
    assert registered.count(ENVELOPE) == 5
