"""Reading facts of one class as of a log position, in SQL and back."""

from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.sql.base import ReadOnlyColumnCollection

from domain.facts import Attendance, Fact, IndirectTime, PlannedVisit, ServiceRegistered, Shift, VisitFailed
from domain.presence import STAY_MAX
from domain.values import Period
from projections.fact_columns import MICROSECONDS_PER_S, microseconds
from projections.fact_tables import table_of

F = TypeVar("F", bound=Fact)
Condition = sa.ColumnElement[bool]

ROWS_AT_ONCE = 2_000

_SHORT = {PlannedVisit, Attendance, ServiceRegistered, VisitFailed, Shift, IndirectTime}
"""Facts that last `STAY_MAX` at most, so that only so much of an index is read. One that claims to last longer cannot be
true and counts nothing; it is found in the days after its beginning."""
_LOOK_BACK = int(STAY_MAX.total_seconds()) * MICROSECONDS_PER_S


def columns(fact_class: type[Fact]) -> ReadOnlyColumnCollection[str, sa.Column[Any]]:
    """Give the columns of a class's table, to make conditions of."""
    return table_of(fact_class).table.c


def believed(fact_class: type[Fact], as_of: int) -> Condition:
    """Opened at or before the position, and not closed by then."""
    c = columns(fact_class)
    return sa.and_(c.believed_from <= as_of, c.believed_to > as_of)


def holds_in(fact_class: type[Fact], period: Period) -> Condition:
    """True in some moment of the period, which runs up to, not including, its end."""
    starts, ends = microseconds(period.starts_at), microseconds(period.ends_at)
    c = columns(fact_class)
    inside = sa.and_(c.holds_from < ends, sa.or_(c.holds_to > starts, c.holds_from >= starts))
    return sa.and_(inside, c.holds_from >= starts - _LOOK_BACK) if fact_class in _SHORT else inside


def read(db: sa.Connection, fact_class: type[F], *conditions: Condition, in_order: bool = True) -> list[F]:
    """Read facts, in the order of their keys unless that does not matter."""
    source = table_of(fact_class)
    query = sa.select(*source.own_columns).where(*conditions)
    if in_order:
        query = query.order_by(*source.table.primary_key)
    return [fact for rows in db.execute(query).partitions(ROWS_AT_ONCE) for fact in source.facts(rows)]


def read_since(db: sa.Connection, fact_class: type[F], *conditions: Condition) -> list[tuple[F, int]]:
    """Read facts with the position that each is believed from, in the order of their keys."""
    source = table_of(fact_class)
    since = source.table.c.believed_from
    query = sa.select(*source.own_columns, since).where(*conditions).order_by(*source.table.primary_key)
    rows = db.execute(query).all()
    return list(zip(source.facts(rows), (row[-1] for row in rows), strict=True)) if rows else []
