"""Streams that one projection cannot fold: they wait from their first such event on, while all others go on.

What waits stands in the log; here stands only from which position on. A row is written with the projection's place, and
read in the transaction of each fold.
"""

from collections.abc import Mapping
from typing import NamedTuple

import sqlalchemy as sa

from projections.builds import ENDING, LIVE, PRIOR, build_of, within
from projections.projection import METADATA, text

PARKED_STREAM = sa.Table(
    "parked_stream",
    METADATA,
    sa.Column(
        "projection", text(), primary_key=True, comment="with the ending of the build, unless that is the live one"
    ),
    sa.Column("stream", text(), primary_key=True),
    sa.Column("position", sa.BigInteger, nullable=False, comment="of the first event that waits"),
    sa.Column("code", text(), nullable=False, comment="unknown_event, unreadable_event or fold_failed"),
    sa.Column("error", text(), nullable=False, comment="the type of the error, and nothing that was in the event"),
    sa.Column("parked_at", sa.BigInteger, nullable=False, comment="microseconds since 1970, UTC"),
)
_PARKED = PARKED_STREAM.c
_SERVES = sa.not_(_PARKED.projection.contains(ENDING, autoescape=True))

UNKNOWN_EVENT, UNREADABLE_EVENT, FOLD_FAILED = "unknown_event", "unreadable_event", "fold_failed"

STREAMS_MAX, WITHIN_EVENTS = 20, 5_000
"""So many streams may be parked within so many events of the log. Where more fail, it is no matter of the streams but of the
program, and nothing is won by parking them all: the projector stops. Counted by position, so that a restart counts on."""


class Unfolded(NamedTuple):
    """An event that cannot be folded, and why: a code that stays, and the type of the error."""

    position: int
    stream: str
    code: str
    error: str


class Parked(NamedTuple):
    """A stream that waits, and why."""

    projection: str
    stream: str
    position: int
    code: str
    error: str
    parked_at: int


class TooManyParkedError(Exception):
    """So many streams fail that the fault is the program's."""


def parked_streams(db: sa.Connection, projection: str) -> dict[str, int]:
    """The streams that wait, each with the position of its first event that does."""
    waiting = sa.select(_PARKED.stream, _PARKED.position).where(_PARKED.projection == projection + build_of(db))
    return dict(db.execute(waiting).all())


def parked_of(db: sa.Connection, projection: str) -> list[Parked]:
    """What waits of one projection, in the order of the log."""
    return [each for each in all_parked(db) if each.projection == projection]


def all_parked(db: sa.Connection) -> list[Parked]:
    """Everything that waits in what serves, in the order of the log."""
    waiting = sa.select(PARKED_STREAM).where(_SERVES).order_by(_PARKED.position, _PARKED.projection)
    return [Parked(*row) for row in db.execute(waiting)]


def count_parked(db: sa.Connection) -> int:
    """How many streams some projection lacks."""
    return db.execute(sa.select(sa.func.count(_PARKED.stream.distinct())).where(_SERVES)).scalar_one()


def park(db: sa.Connection, parked: Parked) -> None:
    """Let a stream wait."""
    db.execute(PARKED_STREAM.insert().values({**parked._asdict(), "projection": parked.projection + build_of(db)}))


def check_few(db: sa.Connection, projection: str, position: int) -> None:
    """Raise `TooManyParkedError` where one more stream, at this position, would not be a fault of the stream."""
    near = sa.and_(_PARKED.projection == projection + build_of(db), _PARKED.position > position - WITHIN_EVENTS)
    if db.execute(sa.select(sa.func.count()).where(near)).scalar_one() >= STREAMS_MAX:
        raise TooManyParkedError(f"{STREAMS_MAX} streams are parked within {WITHIN_EVENTS} events.")


def unpark(db: sa.Connection, projection: str, stream: str | None = None) -> None:
    """Let a stream wait no longer; without one, none of the projection's."""
    theirs = _PARKED.projection == projection + build_of(db)
    db.execute(PARKED_STREAM.delete().where(theirs if stream is None else sa.and_(theirs, _PARKED.stream == stream)))


def exchange_parked(db: sa.Connection, projection: str, build: str) -> None:
    """What waits of `build` is what waits of the live one from now on, and the other way round it is the prior one's."""
    waiting = {}
    for each in dict.fromkeys((LIVE, build, PRIOR)):
        theirs = sa.select(PARKED_STREAM).where(_PARKED.projection == projection + each)
        waiting[each] = [Parked(*row)._replace(projection=projection) for row in db.execute(theirs)]
        with within(db, each):
            unpark(db, projection)
    for taken, becomes in ((LIVE, PRIOR), (build, LIVE)):
        with within(db, becomes):
            for parked in waiting[taken]:
                park(db, parked)


def park_aside(db: sa.Connection, projection: str) -> None:
    """What waits of the live build waits of the prior one from now on, and nothing else does; of the live one nothing."""
    with within(db, PRIOR):
        unpark(db, projection)
    db.execute(PARKED_STREAM.update().where(_PARKED.projection == projection).values(projection=projection + PRIOR))


def is_parked(parked: Mapping[str, int], stream: str, position: int) -> bool:
    """Whether an event waits."""
    return stream in parked and parked[stream] <= position
