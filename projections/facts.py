"""Bitemporal facts: what holds in the world and when, and between which log positions the ledger believed it.

Every report is computed from these tables. One projection holds all of them, because the history of one subject feeds
several.
"""

from collections.abc import Iterable, Sequence
from typing import ClassVar

import msgspec
import sqlalchemy as sa

from domain.event import RecordedEvent
from domain.ids import kind_of, subject_of
from projections import bulk
from projections.beliefs import BeliefChanges
from projections.bulk import Row
from projections.fact_tables import FACT_TABLES
from projections.kept_months import KEPT_TABLES
from projections.projection import METADATA, text
from projections.subjects import SUBJECT_KINDS, Parts
from projections.touched import Touched

SUBJECT_HISTORY = sa.Table(
    "subject_history",
    METADATA,
    sa.Column("subject", text(), primary_key=True, comment="the stream; behind # the part of it"),
    sa.Column("history", sa.LargeBinary, nullable=False, comment="MessagePack; what the facts are computed from"),
    sa.Column("position", sa.BigInteger, nullable=False, comment="of the subject's last event"),
)


class Facts:
    """Folds events into facts. A fact that changes is closed and opened again, at the position that changed it."""

    name: ClassVar[str] = "facts"
    version: ClassVar[int] = 5
    tables: ClassVar[Sequence[sa.Table]] = (SUBJECT_HISTORY, *(each.table for each in FACT_TABLES.values()))
    kept: ClassVar[Sequence[sa.Table]] = KEPT_TABLES

    def fold(self, events: Sequence[RecordedEvent], db: sa.Connection) -> None:
        """Take a batch of events, in log order."""
        told = [(name, recorded) for recorded in events if (name := _subject_of(recorded))]
        subjects = _load(db, told)
        changes, touched = BeliefChanges(), Touched(db)
        for name, recorded in told:
            subject = subjects[name]
            before = subject.believed
            subject.take(recorded)
            changes.believe(recorded.position, before, subject.believed)
            touched.note(recorded.position, before, subject.believed)
        changes.write(db)
        touched.mark()
        bulk.insert(db, SUBJECT_HISTORY, [subject.row() for subject in subjects.values() if subject.is_new])
        bulk.upsert(db, SUBJECT_HISTORY, [subject.row() for subject in subjects.values() if not subject.is_new])


class Subject:
    """What some events are about: its history, and the facts that are believed after the last event taken."""

    def __init__(self, name: str, history: bytes | None) -> None:
        self._name = name
        self.is_new = history is None
        self._kind = SUBJECT_KINDS[kind_of(name)]
        self._position = 0
        self._history = self._kind.history() if history is None else self._kind.decode(history)
        self._parts = self._kind.follow(subject_of(name.partition("#")[0]))
        self.believed: Parts = () if history is None else self._parts(self._history)

    def take(self, recorded: RecordedEvent) -> None:
        """Evolve by one event."""
        self._position = recorded.position
        self._kind.evolve(self._history, recorded)
        self.believed = self._parts(self._history)

    def row(self) -> Row:
        """Lay the history out for its table."""
        return self._name, _ENCODER.encode(self._history), self._position


_ENCODER = msgspec.msgpack.Encoder()


def _subject_of(recorded: RecordedEvent) -> str:
    """Name the subject of an event; empty where its kind of stream comes to no facts."""
    stream = recorded.event.originator_id
    kind = SUBJECT_KINDS.get(kind_of(stream))
    if kind is None:
        return ""
    part = kind.part(recorded.event)
    return f"{stream}#{part}" if part else stream


def _load(db: sa.Connection, told: Iterable[tuple[str, RecordedEvent]]) -> dict[str, Subject]:
    """Bring the subjects of a batch to where its first event finds them; a new one has an empty history.

    One whose stream begins in the batch is new, and need not be looked for: most visits are.
    """
    first: dict[str, RecordedEvent] = {}
    for name, recorded in told:
        first.setdefault(name, recorded)
    older = [name for name, recorded in first.items() if recorded.event.originator_version > 1]
    histories = dict[str, bytes](bulk.select(db, SUBJECT_HISTORY, ("subject", "history"), "subject", older))
    return {name: Subject(name, histories.get(name)) for name in first}
