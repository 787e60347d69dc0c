"""The base of all facts: frozen, named for good, and plain JSON at rest."""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cache
from typing import Annotated, Any, ClassVar, get_args, get_origin, get_type_hints

import msgspec

from domain.ids import DeviceId, FactId, StreamId
from domain.ports import SealClass

Upcaster = Callable[[dict[str, Any]], dict[str, Any]]
"""Rewrites the stored mapping of one version into the next one's."""


class Personal(msgspec.Struct, frozen=True):
    """Marks a field as sealed: `Annotated[Sealed, Personal("client", SealClass.IDENTITY)]`.

    `person` names whose key it is: the field of the event that holds the person's id, or `subject` for the stream's own.
    """

    person: str
    seal_class: SealClass


class FactStamp(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The sender's own identity of a fact: what makes a retry `known` a year later.

    `digest` is base64 of HMAC-SHA-256 over the canonical form of the fact as it was sent.
    """

    id: FactId
    digest: str
    device_id: DeviceId = DeviceId("")
    seq: int = 0
    """The fact's number on its device: shows gaps."""


def place_in(stream: str, version: int, topic: str, field: str) -> str:
    """Name a field's place in the log: `stream@version#topic#field`."""
    return f"{stream}@{version}#{topic}#{field}"


class DomainEvent(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    omit_defaults=True,
    gc=False,  # never part of a cycle, and millions of them are made
    rename={"originator_id": "stream", "originator_version": "version"},
):
    """Something that happened. When the ledger learned of it is `recorded_at`, given by the store beside the event."""

    TOPIC: ClassVar[str]
    UPCASTERS: ClassVar[tuple[Upcaster, ...]] = ()

    originator_id: StreamId
    originator_version: int
    actor: str
    """Who says so: `role/id`."""
    stamp: FactStamp | None = None

    def place_of(self, field: str) -> str:
        """Name where a field stands: what an envelope is bound to, so that it cannot be moved."""
        return place_in(self.originator_id, self.originator_version, self.TOPIC, field)

    @classmethod
    def schema_version(cls) -> int:
        """One more than the changes its stored form has been through."""
        return len(cls.UPCASTERS) + 1


class RecordedEvent(msgspec.Struct, frozen=True, gc=False):
    """An event with its place in the log. `recorded_at` never falls as `position` rises."""

    position: int
    recorded_at: datetime
    event: DomainEvent


@cache
def personal_fields(event_class: type[DomainEvent]) -> Mapping[str, Personal]:
    """Find the sealed fields of an event class by their annotation."""
    found: dict[str, Personal] = {}
    for name, hint in get_type_hints(event_class, include_extras=True).items():
        for candidate in (hint, *get_args(hint)):
            if get_origin(candidate) is Annotated:
                found.update((name, mark) for mark in candidate.__metadata__ if isinstance(mark, Personal))
    return found
