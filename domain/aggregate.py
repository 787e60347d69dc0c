"""The base of everything that decides: hold the state decisions need, record new facts, evolve from them."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any, ClassVar, Generic, TypeVar

from domain.errors import ConflictError
from domain.event import DomainEvent, FactStamp, personal_fields, place_in
from domain.ids import PersonId, StreamId, stream_of, subject_of
from domain.log import StoredRow
from domain.ports import Sealer

Event = TypeVar("Event", bound=DomainEvent)

NOT_YET_STORED = 2**63 - 1
"""The position of an event that is decided but not appended: after everything the log holds."""


class WrongVersionError(ConflictError):
    """The caller's `If-Match` names another version than the ledger's."""

    code = "wrong_version"
    detail = "Somebody changed this since you read it. Read it again, look at what changed, and decide once more."


class Aggregate(ABC, Generic[Event]):
    """Decides what may be added to one subject's history.

    Decisions come first and may refuse; `when` evolves from what happened and never does. An aggregate exists from its
    first fact, whichever that is, so its state has empty defaults before any event.
    """

    KIND: ClassVar[str]
    REMEMBERED: ClassVar[bool] = True
    """Whether it may be kept from one group of commands to the next. Not where the state holds positions of its own events:
    one that has just decided does not know them yet."""

    def __init__(self, subject_id: str, *, sealer: Sealer, actor: str = "", stamp: FactStamp | None = None) -> None:
        self.id: StreamId = stream_of(self.KIND, subject_id)
        self.version = 0
        self.position = 0
        self.evolved = 0
        """Events taken in, at most so many of which the state still holds."""
        self.actor = actor
        self.stamp = stamp
        self._sealer = sealer
        self._pending: list[Event] = []
        self.start()

    @classmethod
    def needed(cls, rows: Sequence[StoredRow]) -> Sequence[StoredRow]:
        """Those rows of a stream that decisions look at; the last is always one of them, for it says the version."""
        return rows

    @abstractmethod
    def start(self) -> None:
        """Set the state that holds before any event."""

    @property
    def subject_id(self) -> str:
        """The id behind the kind in the stream's name."""
        return subject_of(self.id)

    def act(self, *, actor: str, stamp: FactStamp | None) -> None:
        """Say who decides next, and under which fact id."""
        self.actor, self.stamp = actor, stamp

    def expect_version(self, version: int | None) -> None:
        """Refuse when the caller decided on another version. None: the caller did not ask."""
        if version is not None and version != self.version:
            raise WrongVersionError

    def record(self, event_class: type[Event], **fields: Any) -> None:
        """Make the event, seal its personal fields under the place it will stand in, evolve from it, keep it."""
        version = self.version + 1
        event = event_class(
            originator_id=self.id,
            originator_version=version,
            actor=self.actor,
            stamp=self.stamp,
            **self._seal(event_class, version, fields),
        )
        self.evolve(event, position=NOT_YET_STORED)
        self._pending.append(event)

    def evolve(self, event: Event, *, position: int) -> None:
        """Take in one event of this stream, stored (`position` in the log) or just decided."""
        self.version = event.originator_version
        self.position = position
        self.evolved += 1
        self.when(event)

    @abstractmethod
    def when(self, event: Event) -> None:
        """Evolve from a fact. It already happened, so assign only and never refuse."""

    def collect_events(self) -> list[Event]:
        """Hand over what was decided since the last call."""
        collected, self._pending = self._pending, []
        return collected

    def _seal(self, event_class: type[Event], version: int, fields: dict[str, Any]) -> dict[str, Any]:
        for name, mark in personal_fields(event_class).items():
            if fields.get(name) is None:
                continue
            person = PersonId(self.subject_id if mark.person == "subject" else fields[mark.person])
            place = place_in(self.id, version, event_class.TOPIC, name)
            fields[name] = self._sealer.seal(fields[name], person_id=person, seal_class=mark.seal_class, place=place)
        return fields
