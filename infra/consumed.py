"""Where the partitions of a topic stand in a read model that is filled from it: kept beside the rows, moved with them."""

from collections.abc import Sequence
from typing import NamedTuple

import sqlalchemy as sa

from domain.event import RecordedEvent
from domain.log import LedgerIdentity
from infra.build_tables import create, drop
from infra.follower import FOLLOWING
from infra.read_database import writing
from projections.projection import (
    STRAY_RECORD,
    TOPIC_OFFSET,
    LogPlace,
    Projection,
    StaleBatchError,
    advance,
    begin,
    forget,
    places_of,
    version_standing,
)

_OFFSET = TOPIC_OFFSET.c


class WrongTopicError(Exception):
    """The read model was filled from another topic, from one with another number of partitions, or from the log itself."""


class PartitionPlace(NamedTuple):
    """Where one partition stands: the last event folded, the next record to read, and how far nothing is missing."""

    place: LogPlace
    next_offset: int
    complete_through: int


class Consumed:
    """One read model that is filled from one topic, in a database of its own."""

    def __init__(self, projection: Projection, engine: sa.Engine, topic: str) -> None:
        self.topic = topic
        self._projection, self._engine = projection, engine

    def places(self) -> dict[int, PartitionPlace]:
        """Where each partition stands; empty when this version of the read model has not begun to be filled."""
        with self._engine.connect() as db:
            return self._places(db)

    def complete_through(self) -> int:
        """The position up to which the read model lacks nothing: as far as its slowest partition is complete."""
        return min((each.complete_through for each in self.places().values()), default=0)

    def begin(self, identity: LedgerIdentity, partitions: int) -> None:
        """Put the read model before the first event of a ledger, in every partition, unless somebody did just now. Raises
        `WrongTopicError` where it is filled from a log."""
        with writing(self._engine, tables=True) as db:
            if self._places(db):
                return
            self._check_is_ours(db)
            self._empty(db)
            begin(db, self._projection, *identity, status=FOLLOWING, partitions=range(1, partitions + 1))
            row = {"name": self._projection.name, "topic": self.topic, "next_offset": 0, "complete_through": 0}
            db.execute(TOPIC_OFFSET.insert(), [{**row, "partition": partition} for partition in range(partitions)])

    def restart(self) -> None:
        """Empty the read model, so that it is filled from the topic's beginning again, of the ledger's latest epoch. Raises
        `WrongTopicError` where it is filled from a log."""
        with writing(self._engine, tables=True) as db:
            self._check_is_ours(db)
            self._empty(db)

    def check(self, partitions: int) -> None:
        """Raise `WrongTopicError` where the read model cannot be filled further from this topic."""
        with self._engine.connect() as db:
            rows = db.execute(sa.select(_OFFSET.topic).where(_OFFSET.name == self._projection.name)).all()
        topics = {row.topic for row in rows}
        if topics != {self.topic} or len(rows) != partitions:
            raise WrongTopicError(
                f"The facts were filled from {len(rows)} partitions of {', '.join(sorted(topics))}, but are to be read on "
                f"from {partitions} of {self.topic}. `visitledger consume --restart` fills them anew."
            )

    def move(self, partition: int, start: PartitionPlace, to: PartitionPlace, events: Sequence[RecordedEvent]) -> None:
        """Fold events of one partition and say where it stands then, in one transaction.

        Raises `StaleBatchError` when somebody else has moved the partition meanwhile; nothing is changed then.
        """
        with writing(self._engine) as db:
            if events:
                advance(db, self._projection, start.place, to.place, partition + 1)
                self._projection.fold(events, db)
            self._read_on(db, partition, start, to)

    def pass_over(self, partition: int, offset: int) -> bool:
        """Let a stray record be passed over when a partition comes to it; says whether it has yet to.

        The partition is not moved: it may have to go back before that record, for events that it only holds.
        """
        mine = (_OFFSET.name == self._projection.name, _OFFSET.topic == self.topic, _OFFSET.partition == partition)
        with writing(self._engine) as db:
            next_offset = db.scalar(sa.select(_OFFSET.next_offset).where(*mine))
            if next_offset is None or next_offset > offset:
                return False
            if offset not in self._strays(db, partition):
                row = {"topic": self.topic, "partition": partition, "record_offset": offset}
                db.execute(STRAY_RECORD.insert(), row)
        return True

    def strays(self, partition: int) -> frozenset[int]:
        """The offsets of the records of a partition that a person lets be passed over."""
        with self._engine.connect() as db:
            return self._strays(db, partition)

    def _strays(self, db: sa.Connection, partition: int) -> frozenset[int]:
        here = (STRAY_RECORD.c.topic == self.topic, STRAY_RECORD.c.partition == partition)
        return frozenset(db.scalars(sa.select(STRAY_RECORD.c.record_offset).where(*here)))

    def _check_is_ours(self, db: sa.Connection) -> None:
        """Names of a database can differ and mean the same one: what stands in it tells whose it is."""
        if version_standing(db, self._projection) is not None:
            raise WrongTopicError(
                "The facts here are filled from the log itself: this is the database of a server's read models. Name one of "
                "its own in VISITLEDGER_CONSUMED_STORE."
            )

    def _read_on(self, db: sa.Connection, partition: int, start: PartitionPlace, to: PartitionPlace) -> None:
        """The offset is a fence too: a batch without events has no other."""
        mine = (_OFFSET.name == self._projection.name, _OFFSET.partition == partition)
        stands = (_OFFSET.next_offset == start.next_offset, _OFFSET.complete_through == start.complete_through)
        moved = {"next_offset": to.next_offset, "complete_through": to.complete_through}
        if db.execute(TOPIC_OFFSET.update().where(*mine, *stands).values(moved)).rowcount != 1:
            raise StaleBatchError(self._projection.name)

    def _places(self, db: sa.Connection) -> dict[int, PartitionPlace]:
        places = places_of(db, self._projection)
        columns = (_OFFSET.partition, _OFFSET.next_offset, _OFFSET.complete_through)
        rows = db.execute(sa.select(*columns).where(_OFFSET.name == self._projection.name)).all()
        return {
            partition: PartitionPlace(places[partition + 1], next_offset, complete_through)
            for partition, next_offset, complete_through in rows
            if partition + 1 in places
        }

    def _empty(self, db: sa.Connection) -> None:
        tables = (*self._projection.tables, *self._projection.kept)
        drop(db, tables)
        create(db, tables, indexes=True)
        forget(db, self._projection)
        db.execute(TOPIC_OFFSET.delete().where(_OFFSET.name == self._projection.name))
