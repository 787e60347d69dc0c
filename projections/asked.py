"""Queries that are asked again and again: each is put together and compiled once, and then asked with other values.

To put one together, to find what it was compiled to and to wrap its rows takes SQLAlchemy four times as long as the
driver needs for the answer; a client's month is some 25 such queries.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from typing import Any, NamedTuple

import sqlalchemy as sa

Rows = Sequence[Sequence[Any]]
AS_OF = sa.bindparam("as_of", type_=sa.BigInteger())
"""The log position, where a query names it."""


class Asked:
    """A query, its values named by `sa.bindparam`."""

    def __init__(self, query: sa.Select[Any]) -> None:
        self._query = query
        self._compiled: dict[str, _Compiled] = {}

    def rows(self, db: sa.Connection, **values: object) -> Rows:
        """Ask it: every row, as the driver gives it."""
        compiled = self._compiled.get(db.dialect.name)
        if compiled is None:
            compiled = self._compiled[db.dialect.name] = _compile(self._query, db.dialect)
        with db.exec_driver_sql(compiled.statement, compiled.parameters(values)) as found:
            assert found.cursor is not None, "a query gives rows"
            return found.cursor.fetchall()


def pages(db: sa.Connection, query: sa.Select[Any], size: int, name: str) -> Iterator[Rows]:
    """Ask a query of very many rows, which come a page at a time: PostgreSQL keeps the rest under a name, until the last is
    given or the transaction ends. By the driver's own cursor: to wrap each row would take half as long again."""
    compiled = _compile(query, db.dialect)
    kept = {"name": name, "binary": True} if db.dialect.name == "postgresql" else {}
    own: Any = db.connection.cursor(**kept)
    with closing(own) as cursor:
        cursor.execute(compiled.statement, compiled.parameters({}))
        while rows := cursor.fetchmany(size):
            yield rows


class _Compiled(NamedTuple):
    statement: str
    constants: Mapping[str, Any]
    """Values that the query itself has."""
    bind: Mapping[str, Callable[[Any], Any]]
    """How values are sent that do not go as they are."""
    places: Sequence[str] | None
    """Whose value stands where, in a store that takes them by place."""

    def parameters(self, values: Mapping[str, object]) -> Any:
        """Lay the values out for the driver."""
        sent = {name: bind(value) if (bind := self.bind.get(name)) else value for name, value in values.items()}
        named = {**self.constants, **sent}
        return named if self.places is None else tuple(named[name] for name in self.places)


def _compile(query: sa.Select[Any], dialect: sa.Dialect) -> _Compiled:
    compiled = query.compile(dialect=dialect)
    assert isinstance(compiled, sa.sql.compiler.SQLCompiler)
    processors = {name: bind.type.bind_processor(dialect) for name, bind in compiled.binds.items()}
    bind = {name: process for name, process in processors.items() if process is not None}
    constants = {
        name: bind[name](value) if name in bind else value
        for name, value in compiled.params.items()
        if not compiled.binds[name].required
    }
    return _Compiled(str(compiled), constants, bind, compiled.positiontup)
