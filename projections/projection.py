"""What a projection is to the engine: a name, tables, and a fold; and the row that says how far it has read, of which log.

Rows and place are written in one transaction. The place is a fence: a batch that does not start where the projection
stands changes nothing.
"""

from collections.abc import Iterable, Sequence
from typing import ClassVar, NamedTuple, Protocol
from uuid import uuid4

import sqlalchemy as sa

from domain.event import RecordedEvent
from projections.builds import LIVE, PRIOR, build_of, within

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


class PartsApartError(Exception):
    """The parts of a projection do not stand at one place."""


PROJECTION_POSITION = sa.Table(
    "projection_position",
    METADATA,
    sa.Column("name", text(), primary_key=True, comment="with the ending of the build, unless that is the live one"),
    sa.Column("version", sa.BigInteger, primary_key=True),
    sa.Column(
        "partition", sa.BigInteger, primary_key=True, comment="0: the log read whole; else one more than the topic's"
    ),
    sa.Column("ledger_id", text(), nullable=False),
    sa.Column("epoch", sa.BigInteger, nullable=False, comment="raised by a restore of the log"),
    sa.Column("position", sa.BigInteger, nullable=False, comment="the last event that was folded"),
    sa.Column("event_id", text(), nullable=False, comment="of the event at that position"),
    sa.Column("status", text(), nullable=False, comment="following, rebuilding, stopped or kept"),
    sa.Column("build", text(), nullable=False, server_default="", comment="drawn when its tables began to be filled"),
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
STRAY_RECORD = sa.Table(
    "stray_record",
    METADATA,
    sa.Column("topic", text(), primary_key=True),
    sa.Column("partition", sa.BigInteger, primary_key=True, autoincrement=False, comment="as Kafka counts, from 0"),
    sa.Column("record_offset", sa.BigInteger, primary_key=True, autoincrement=False),
    comment="records of a topic that are nobody's here, and that a person lets be passed over",
)
_PLACE = PROJECTION_POSITION.c
_LOG_PLACE = (_PLACE.ledger_id, _PLACE.epoch, _PLACE.position, _PLACE.event_id)


def place_of(db: sa.Connection, projection: Placed, partition: int = 0) -> LogPlace | None:
    """Say how far this version of the projection has read; None when it has not begun."""
    row = db.execute(sa.select(*_LOG_PLACE).where(_row_of(db, projection, partition))).one_or_none()
    return None if row is None else LogPlace(*row)


def status_of(db: sa.Connection, projection: Placed, partition: int = 0) -> str:
    """Say what the projection is doing; empty when it has not begun."""
    return db.scalar(sa.select(_PLACE.status).where(_row_of(db, projection, partition))) or ""


def tables_of(db: sa.Connection, projection: Placed) -> str:
    """Say which tables serve: others have another name here, whatever they are called. Empty where none do, and for those of an
    earlier release."""
    return db.scalar(sa.select(_PLACE.build).where(_row_of(db, projection, 0))) or ""


def places_of(db: sa.Connection, projection: Placed) -> dict[int, LogPlace]:
    """Say how far this version of the projection has read, by partition; empty when it has not begun."""
    mine = sa.and_(_named(db, projection), _PLACE.version == projection.version)
    rows = db.execute(sa.select(_PLACE.partition, *_LOG_PLACE).where(mine))
    return {partition: LogPlace(*place) for partition, *place in rows}


def version_standing(db: sa.Connection, projection: Placed) -> tuple[int, LogPlace] | None:
    """Which version of the projection has a place, whoever made it, and where; None when there is none."""
    row = db.execute(
        sa.select(_PLACE.version, *_LOG_PLACE).where(_named(db, projection), _PLACE.partition == 0)
    ).first()
    return None if row is None else (row[0], LogPlace(*row[1:]))


def has_begun(db: sa.Connection, projection: Placed) -> bool:
    """Whether any version of the projection has a place, in whatever log."""
    return db.execute(sa.select(_PLACE.name).where(_named(db, projection)).limit(1)).first() is not None


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
    row = {"name": _name(db, projection), "version": projection.version, **place._asdict(), "status": status}
    row["build"] = uuid4().hex
    db.execute(PROJECTION_POSITION.insert(), [{**row, "partition": partition} for partition in partitions])
    return place


def forget(db: sa.Connection, projection: Placed) -> None:
    """Take away its places, of every version: it has not begun then."""
    db.execute(PROJECTION_POSITION.delete().where(_named(db, projection)))


def exchange(db: sa.Connection, projection: Placed, build: str, *, live_status: str, kept_status: str) -> None:
    """Give the live place to `build`, and what the live one was to the prior build. The live row stays the same row, so that
    whoever waits for it meanwhile still gets it."""
    rows = []
    for each, status in ((LIVE, kept_status), (build, live_status)):
        with within(db, each):
            row = db.execute(sa.select(PROJECTION_POSITION).where(_named(db, projection), _PLACE.partition == 0)).one()
        rows.append({**row._mapping, "status": status})
    for each in (build, PRIOR):
        with within(db, each):
            forget(db, projection)
    was, becomes = rows
    db.execute(PROJECTION_POSITION.insert().values({**was, "name": projection.name + PRIOR}))
    live = sa.and_(_PLACE.name == projection.name, _PLACE.partition == 0)
    db.execute(PROJECTION_POSITION.update().where(live).values({**becomes, "name": projection.name}))


def set_aside(db: sa.Connection, projection: Placed, *, status: str) -> None:
    """Make the live place that of the prior build. None is live then."""
    with within(db, PRIOR):
        forget(db, projection)
    kept = {"name": projection.name + PRIOR, "status": status}
    db.execute(PROJECTION_POSITION.update().where(_PLACE.name == projection.name).values(kept))


def advance(db: sa.Connection, projection: Placed, start: LogPlace, to: LogPlace, partition: int = 0) -> None:
    """Move the place from `start` to `to`. Raises `StaleBatchError` when it does not stand at `start`."""
    stands = sa.and_(*(_PLACE[name] == value for name, value in start._asdict().items()))
    here = _row_of(db, projection, partition)
    moved = db.execute(PROJECTION_POSITION.update().where(here, stands).values(to._asdict()))
    if moved.rowcount != 1:
        raise StaleBatchError(projection.name)


def divide(db: sa.Connection, projection: Placed, of: int) -> None:
    """Let so many parts go on from where the projection stands, each with a place of its own: 1, 2 and so on."""
    whole = _row_of(db, projection, 0)
    row = db.execute(sa.select(PROJECTION_POSITION).where(whole).with_for_update()).one()._mapping
    db.execute(PROJECTION_POSITION.delete().where(whole))
    db.execute(PROJECTION_POSITION.insert(), [{**row, "partition": part} for part in range(1, of + 1)])


def unite(db: sa.Connection, projection: Placed) -> None:
    """Go on as one from where all parts stand, those included that somebody else is about to move. Raises `PartsApartError`
    where they do not stand at one place."""
    ours = sa.and_(_named(db, projection), _PLACE.version == projection.version)
    rows = [row._mapping for row in db.execute(sa.select(PROJECTION_POSITION).where(ours).with_for_update())]
    if len({tuple(row[column] for column in _LOG_PLACE) for row in rows}) != 1:
        raise PartsApartError(projection.name)
    db.execute(PROJECTION_POSITION.delete().where(ours))
    db.execute(PROJECTION_POSITION.insert().values({**rows[0], "partition": 0}))


def mark(db: sa.Connection, projection: Placed, status: str, partition: int = 0) -> None:
    """Say in the row what the projection is doing."""
    db.execute(PROJECTION_POSITION.update().where(_row_of(db, projection, partition)).values(status=status))


def hold(db: sa.Connection, projection: Placed, partition: int = 0) -> None:
    """Wait for a fold that is under way, of whatever version, and let none begin before this transaction ends."""
    here = sa.and_(_named(db, projection), _PLACE.partition == partition)
    db.execute(PROJECTION_POSITION.update().where(here).values(status=_PLACE.status))


def _name(db: sa.Connection, projection: Placed) -> str:
    return projection.name + build_of(db)


def _named(db: sa.Connection, projection: Placed) -> sa.ColumnElement[bool]:
    return _PLACE.name == _name(db, projection)


def _row_of(db: sa.Connection, projection: Placed, partition: int) -> sa.ColumnElement[bool]:
    return sa.and_(_named(db, projection), _PLACE.version == projection.version, _PLACE.partition == partition)
