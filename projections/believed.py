"""Reading facts of one class as of a log position, in SQL and back."""

from collections.abc import Collection, Mapping
from functools import cache
from typing import Any, NamedTuple, TypeVar

import sqlalchemy as sa
from sqlalchemy.sql.base import ReadOnlyColumnCollection

from domain.facts import Attendance, Fact, IndirectTime, PlannedVisit, ServiceRegistered, Shift, VisitFailed
from domain.presence import STAY_MAX
from domain.values import Period
from projections.among import among, named
from projections.asked import AS_OF, Asked
from projections.fact_columns import MICROSECONDS_PER_S, microseconds
from projections.fact_tables import table_of

F = TypeVar("F", bound=Fact)
Condition = sa.ColumnElement[bool]
Number = int | sa.BindParameter[Any]
"""A value, or the name that it is given by."""


class Span(NamedTuple):
    """A period as the tables know it: microseconds since 1970."""

    starts: Number
    ends: Number


SPAN = Span(sa.bindparam("starts", type_=sa.BigInteger()), sa.bindparam("ends", type_=sa.BigInteger()))
"""The period, where a query names it."""

ROWS_AT_ONCE = 2_000

_SHORT = {PlannedVisit, Attendance, ServiceRegistered, VisitFailed, Shift, IndirectTime}
"""Facts that last `STAY_MAX` at most, so that only so much of an index is read. One that claims to last longer cannot be
true and counts nothing; it is found in the days after its beginning."""
_LOOK_BACK = int(STAY_MAX.total_seconds()) * MICROSECONDS_PER_S


def columns(fact_class: type[Fact]) -> ReadOnlyColumnCollection[str, sa.Column[Any]]:
    """Give the columns of a class's table, to make conditions of."""
    return table_of(fact_class).table.c


def believed(fact_class: type[Fact], as_of: Number) -> Condition:
    """Opened at or before the position, and not closed by then."""
    c = columns(fact_class)
    return sa.and_(c.believed_from <= as_of, c.believed_to > as_of)


def span_of(period: Period | Span) -> Span:
    """Give the period as the tables know it."""
    return period if isinstance(period, Span) else Span(microseconds(period.starts_at), microseconds(period.ends_at))


def holds_in(fact_class: type[Fact], period: Period | Span) -> Condition:
    """True in some moment of the period, which runs up to, not including, its end."""
    starts, ends = span_of(period)
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


def read_among(
    db: sa.Connection, fact_class: type[F], as_of: int, values: Mapping[str, Collection[str]], *, in_order: bool = True
) -> list[F]:
    """Read what is believed, of facts whose columns have one of the values given for each. Put together once for the same
    columns, so quicker than `read`, but all rows at once."""
    asked = _among(fact_class, tuple(values), in_order=in_order)
    rows = asked.rows(db, as_of=as_of, **{name: list(some) for name, some in values.items()})
    return table_of(fact_class).facts(rows)


def read_since(db: sa.Connection, fact_class: type[F], *conditions: Condition) -> list[tuple[F, int]]:
    """Read facts with the position that each is believed from, in the order of their keys."""
    source = table_of(fact_class)
    since = source.table.c.believed_from
    query = sa.select(*source.own_columns, since).where(*conditions).order_by(*source.table.primary_key)
    rows = db.execute(query).all()
    return list(zip(source.facts(rows), (row[-1] for row in rows), strict=True)) if rows else []


@cache
def _among(fact_class: type[Fact], names: tuple[str, ...], *, in_order: bool) -> Asked:
    source = table_of(fact_class)
    of_these = [among(source.table.c[name], named(name)) for name in names]
    query = sa.select(*source.own_columns).where(believed(fact_class, AS_OF), *of_these)
    return Asked(query.order_by(*source.table.primary_key) if in_order else query)
