"""Folding in batches, and looking at what came of it."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from domain.event import RecordedEvent
from projections.projection import Projection

Contents = Mapping[str, list[tuple[Any, ...]]]


def fold(engine: sa.Engine, projection: Projection, *batches: Sequence[RecordedEvent]) -> None:
    """Fold each batch in a transaction of its own."""
    for batch in batches:
        with engine.begin() as db:
            projection.fold(batch, db)


def contents(engine: sa.Engine, projection: Projection) -> Contents:
    """Read all tables of a projection."""
    with engine.connect() as db:
        return {table.name: rows(db, table) for table in projection.tables}


def rows(db: sa.Connection, table: sa.Table) -> list[tuple[Any, ...]]:
    """Read a table in the order of its key."""
    return [tuple(row) for row in db.execute(sa.select(table).order_by(*table.primary_key))]


def emptied(engine: sa.Engine, projection: Projection) -> sa.Engine:
    """Delete all rows of a projection."""
    with engine.begin() as db:
        for table in projection.tables:
            db.execute(table.delete())
    return engine


def cut(events: Sequence[RecordedEvent], sizes: Iterable[int]) -> list[Sequence[RecordedEvent]]:
    """Cut the log into batches of these sizes; what is left is the last one."""
    batches, rest = list[Sequence[RecordedEvent]](), events
    for size in sizes:
        batches.append(rest[:size])
        rest = rest[size:]
    return [batch for batch in (*batches, rest) if batch]
