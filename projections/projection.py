"""What a projection is to the engine: a name, tables, and a fold; and the row that says how far it has read, of which log.

Rows and place are written in one transaction. The place is a fence: a batch that does not start where the projection
stands changes nothing.
"""

from collections.abc import Iterable, Sequence
from typing import ClassVar, NamedTuple, Protocol

import sqlalchemy as sa

from domain.event import RecordedEvent

FOREVER = 2**63 - 1
"""Stands for an end that is not known: of a belief (a log position) or of a fact (microseconds since 1970)."""

METADATA = sa.MetaData()
"""All tables of the read models."""


def text() -> sa.Text:
    """Text that sorts by its bytes on every store, so that two stores list the same rows in the same order."""
    return sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


class Projection(Protocol):
    """A read model: what follows from the events, and from nothing else (no clock, no lookup elsewhere)."""

    name: ClassVar[str]
    """Stored beside its place, so it never changes."""
    version: ClassVar[int]
    """Raised with every change of tables or fold: the projection is then built again."""
    tables: ClassVar[Sequence[sa.Table]]
    kept: ClassVar[Sequence[sa.Table]]
    """What was computed from them and is kept until they change: emptied with them, and no part of what is verified."""

    def fold(self, events: Sequence[RecordedEvent], db: sa.Connection) -> None:
        """Take a batch, in log order: read the rows it touches once, change them in memory, write them once."""
        ...


class Placed(Protocol):
    """Whatever has a place in the log under a name: a read model, or a topic that the log is published to."""

    @property
    def name(self) -> str: ...
    @property
    def version(self) -> int: ...


class LogPlace(NamedTuple):
    """A place in one log. `event_id` is that of the event there (empty at position 0)."""

    ledger_id: str
    epoch: int
    position: int
    event_id: str


class StaleBatchError(Exception):
    """The projection does not stand where the batch begins: another worker was first, or the batch is repeated."""


PROJECTION_POSITION = sa.Table(
    "projection_position",
    METADATA,
    sa.Column("name", text(), primary_key=True),
    sa.Column("version", sa.BigInteger, primary_key=True),
    sa.Column(
        "partition", sa.BigInteger, primary_key=True, comment="0: the log read whole; else one more than the topic's"
    ),
    sa.Column("ledger_id", text(), nullable=False),
    sa.Column("epoch", sa.BigInteger, nullable=False, comment="raised by a restore of the log"),
    sa.Column("position", sa.BigInteger, nullable=False, comment="the last event that was folded"),
    sa.Column("event_id", text(), nullable=False, comment="of the event at that position"),
    sa.Column("status", text(), nullable=False, comment="following, rebuilding or stopped"),
)
TOPIC_OFFSET = sa.Table(
    "topic_offset",
    METADATA,
    sa.Column("name", text(), primary_key=True, comment="of the read model that is filled from a topic"),
    sa.Column("partition", sa.BigInteger, primary_key=True, autoincrement=False, comment="as Kafka counts, from 0"),
    sa.Column("topic", text(), nullable=False),
    sa.Column("next_offset", sa.BigInteger, nullable=False, comment="where to read on"),
    sa.Column(
        "complete_through", sa.BigInteger, nullable=False, comment="no event of the partition up to it is missing"
    ),
)
_PLACE = PROJECTION_POSITION.c


def _row_of(projection: Placed, partition: int) -> sa.ColumnElement[bool]:
    same_name, same_version = _PLACE.name == projection.name, _PLACE.version == projection.version
    return sa.and_(same_name, same_version, _PLACE.partition == partition)


def place_of(db: sa.Connection, projection: Placed, partition: int = 0) -> LogPlace | None:
    """Say how far this version of the projection has read; None when it has not begun."""
    columns = (_PLACE.ledger_id, _PLACE.epoch, _PLACE.position, _PLACE.event_id)
    row = db.execute(sa.select(*columns).where(_row_of(projection, partition))).one_or_none()
    return None if row is None else LogPlace(*row)


def status_of(db: sa.Connection, projection: Placed, partition: int = 0) -> str:
    """Say what the projection is doing; empty when it has not begun."""
    return db.scalar(sa.select(_PLACE.status).where(_row_of(projection, partition))) or ""


def places_of(db: sa.Connection, projection: Placed) -> dict[int, LogPlace]:
    """Say how far this version of the projection has read, by partition; empty when it has not begun."""
    columns = (_PLACE.partition, _PLACE.ledger_id, _PLACE.epoch, _PLACE.position, _PLACE.event_id)
    mine = sa.select(*columns).where(_PLACE.name == projection.name, _PLACE.version == projection.version)
    return {partition: LogPlace(*place) for partition, *place in db.execute(mine)}


def has_begun(db: sa.Connection, projection: Projection) -> bool:
    """Whether any version of the projection has a place, in whatever log."""
    return db.execute(sa.select(_PLACE.name).where(_PLACE.name == projection.name).limit(1)).first() is not None


def begin(
    db: sa.Connection,
    projection: Placed,
    ledger_id: str,
    epoch: int,
    *,
    status: str,
    partitions: Iterable[int] = (0,),
) -> LogPlace:
    """Put the projection at the start of a log, in the place of whatever version stood there."""
    place = LogPlace(ledger_id, epoch, position=0, event_id="")
    forget(db, projection)
    row = {"name": projection.name, "version": projection.version, **place._asdict(), "status": status}
    db.execute(PROJECTION_POSITION.insert(), [{**row, "partition": partition} for partition in partitions])
    return place


def forget(db: sa.Connection, projection: Placed) -> None:
    """Take away its places, of every version: it has not begun then."""
    db.execute(PROJECTION_POSITION.delete().where(_PLACE.name == projection.name))


def advance(db: sa.Connection, projection: Placed, start: LogPlace, to: LogPlace, partition: int = 0) -> None:
    """Move the place from `start` to `to`. Raises `StaleBatchError` when it does not stand at `start`."""
    stands = sa.and_(*(_PLACE[name] == value for name, value in start._asdict().items()))
    moved = db.execute(PROJECTION_POSITION.update().where(_row_of(projection, partition), stands).values(to._asdict()))
    if moved.rowcount != 1:
        raise StaleBatchError(projection.name)


def mark(db: sa.Connection, projection: Projection, status: str, partition: int = 0) -> None:
    """Say in the row what the projection is doing."""
    db.execute(PROJECTION_POSITION.update().where(_row_of(projection, partition)).values(status=status))


def hold(db: sa.Connection, projection: Projection, partition: int = 0) -> None:
    """Wait for a fold that is under way, and let none begin before this transaction ends."""
    db.execute(PROJECTION_POSITION.update().where(_row_of(projection, partition)).values(status=_PLACE.status))
