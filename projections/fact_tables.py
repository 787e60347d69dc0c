"""A table for each class of facts, made from its type hints: what is believed, when it holds, and between which positions
of the log the ledger believed it.

A row is believed from the event at `believed_from` on, up to but not including the one at `believed_to`.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Generic, TypeVar

import msgspec
import sqlalchemy as sa

from domain.facts import (
    ApprovalGiven,
    Attendance,
    Fact,
    NeedChange,
    OrderLine,
    PlannedVisit,
    ServiceRegistered,
    VisitFailed,
)
from domain.order.time_frame import TimeFrame
from domain.visit.concerned import ClientVisit
from projections.bulk import Row
from projections.fact_columns import Column, columns_of
from projections.holding import HOLDINGS, always
from projections.projection import FOREVER, METADATA

F = TypeVar("F", bound=Fact)
Belief = tuple[Fact, int, int]
"""A fact, and the positions between which it is believed."""
ADDED = ("holds_from", "holds_to", "believed_from", "believed_to")
"""The columns behind a fact's own: microseconds since 1970, and log positions."""
BY_PERSON: Mapping[type[Fact], Sequence[str]] = MappingProxyType(
    {
        ClientVisit: ("client_id", "holds_from"),
        Attendance: ("worker_id", "holds_from"),
        OrderLine: ("client_id",),
        TimeFrame: ("client_id",),
        NeedChange: ("client_id",),
    }
)
"""What is looked for by client or worker, and by which columns."""
BY_CHANGE: frozenset[type[Fact]] = frozenset(
    {
        PlannedVisit,
        Attendance,
        ServiceRegistered,
        VisitFailed,
        ApprovalGiven,
        ClientVisit,
    }
)
"""What there is so much of that its changes between two positions are looked for by index."""


class FactTable(Generic[F]):
    """The table of one class of facts, and the way of facts into it and back."""

    def __init__(self, fact_class: type[F]) -> None:
        columns = columns_of(fact_class)
        self.fact_class = fact_class
        self.table = _table(fact_class, columns)
        self.own_columns = [self.table.c[column.name] for column in columns]
        """Those of the fact itself."""
        self._fields = tuple(column.name for column in columns)
        self._stores = [column.store for column in columns]
        self._loads = [(index, column.load) for index, column in enumerate(columns) if column.load]
        self._holding = HOLDINGS[fact_class]
        self._key_places = [self._fields.index(name) for name in fact_class.KEY]

    def rows(self, beliefs: Sequence[Belief]) -> list[Row]:
        """Lay facts out in the table's columns, column by column: that is quicker than row by row."""
        if not beliefs:
            return []
        facts, since, until = zip(*beliefs, strict=True)
        columns = self._stored(facts, range(len(self._fields)))
        holds_from, holds_to = zip(*map(self._holding, facts), strict=True)
        return list(zip(*columns, holds_from, holds_to, since, until, strict=True))

    def keys(self, facts: Sequence[Fact]) -> list[Row]:
        """Give the values of the columns that say which facts they are."""
        return list(zip(*self._stored(facts, self._key_places), strict=True))

    def facts(self, rows: Sequence[Sequence[Any]]) -> list[F]:
        """Read facts back, column by column too. What stands behind a fact's own columns in a row is passed over."""
        if not rows:
            return []
        columns: list[Any] = list(zip(*rows, strict=True))[: len(self._fields)]
        for index, load in self._loads:
            columns[index] = load(columns[index])
        return list(map(self.fact_class, *columns))

    def _stored(self, facts: Sequence[Fact], places: Iterable[int]) -> list[Sequence[Any]]:
        columns = list(zip(*map(msgspec.structs.astuple, facts), strict=True))
        return [store(columns[place]) if (store := self._stores[place]) else columns[place] for place in places]


def _table(fact_class: type[Fact], columns: Iterable[Column]) -> sa.Table:
    name = re.sub(r"(?<!^)(?=[A-Z])", "_", fact_class.__name__).lower()
    by_period = [] if HOLDINGS[fact_class] is always else [sa.Index(f"{name}_by_period", "holds_from", "holds_to")]
    by_person = [sa.Index(f"{name}_by_person", *BY_PERSON[fact_class])] if fact_class in BY_PERSON else []
    return sa.Table(
        name,
        METADATA,
        *(sa.Column(column.name, column.sql_type, nullable=column.nullable) for column in columns),
        *(sa.Column(added, sa.BigInteger, nullable=False) for added in ADDED),
        sa.PrimaryKeyConstraint(*fact_class.KEY, "believed_from"),
        *by_period,
        *by_person,
        *(_by_change(name) if fact_class in BY_CHANGE else ()),
    )


def _by_change(name: str) -> list[sa.Index]:
    """When facts began to be believed, and when those ended that are believed no longer: few, so that the index is small and a
    fold writes into it only what it ends."""
    ended = sa.text(f"believed_to < {FOREVER}")
    return [
        sa.Index(f"{name}_by_beginning", "believed_from"),
        sa.Index(f"{name}_by_ending", "believed_to", postgresql_where=ended, sqlite_where=ended),
    ]


FACT_TABLES: Mapping[type[Fact], FactTable[Any]] = MappingProxyType({each: FactTable(each) for each in HOLDINGS})
"""Every class of facts with its table."""


def table_of(fact_class: type[F]) -> FactTable[F]:
    """Give the table of a class of facts."""
    return FACT_TABLES[fact_class]
