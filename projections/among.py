"""A column compared with any number of ids, as one parameter: the statement is the same for one id and for a thousand, so that
SQLAlchemy compiles it once and PostgreSQL plans it once a connection."""

from collections.abc import Collection
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.elements import AsBoolean
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.sql.operators import OperatorType


class _Ids(sa.types.TypeDecorator[Any]):
    """Ids as PostgreSQL's array, else as JSON."""

    impl = sa.Text
    cache_ok = True

    def load_dialect_impl(self, dialect: sa.Dialect) -> sa.types.TypeEngine[Any]:
        """The type that the parameter is sent as."""
        is_postgresql = dialect.name == "postgresql"
        return dialect.type_descriptor(sa.ARRAY(sa.Text()) if is_postgresql else sa.Text())

    def process_bind_param(self, value: Any, dialect: sa.Dialect) -> Any:
        """The parameter itself."""
        return value if dialect.name == "postgresql" else msgspec.json.encode(value).decode()


class _Among(FunctionElement[bool]):
    inherit_cache = True
    type = sa.Boolean()

    def self_group(self, against: OperatorType | None = None) -> sa.ClauseElement:  # type: ignore[override]  # as its base has it
        """Stand beside AND and OR as it is: SQLAlchemy would add `= 1` for SQLite, which then uses no index."""
        grouped = super().self_group(against)
        return self if isinstance(grouped, AsBoolean) else grouped


def among(column: sa.Column[Any], ids: Collection[str] | sa.BindParameter[Any]) -> sa.ColumnElement[bool]:
    """Whether the column has one of the ids, which may be those `named` elsewhere."""
    given = ids if isinstance(ids, sa.BindParameter) else sa.bindparam(None, list(ids), type_=_Ids(), unique=True)
    return _Among(column, given)


def named(name: str) -> sa.BindParameter[Any]:
    """Ids that a query is given, as a list, each time it is asked."""
    return sa.bindparam(name, type_=_Ids())


@compiles(_Among)
def _as_json(element: _Among, compiler: SQLCompiler, **options: Any) -> str:
    column, ids = (compiler.process(clause, **options) for clause in element.clauses)
    return f"{column} IN (SELECT value FROM json_each({ids}))"


@compiles(_Among, "postgresql")
def _as_array(element: _Among, compiler: SQLCompiler, **options: Any) -> str:
    column, ids = (compiler.process(clause, **options) for clause in element.clauses)
    return f"{column} = ANY ({ids})"
