"""Makes tables that are not there: what is said to the database is put together once in a process."""

from functools import cache
from typing import Any

import sqlalchemy as sa


def make_tables(db: sa.Connection, tables: sa.MetaData) -> None:
    """Create all tables and indexes, of which none is there yet."""
    for statement in _statements(tables, db.dialect.name, db.dialect.driver):
        db.exec_driver_sql(statement)


@cache
def _statements(tables: sa.MetaData, dialect: str, driver: str) -> tuple[str, ...]:
    said, indexes = list[str](), list[str]()

    def say(statement: Any, *_: Any, **__: Any) -> None:
        kind = indexes if isinstance(statement, sa.schema.CreateIndex) else said
        kind.append(str(statement.compile(dialect=engine.dialect)))

    engine = sa.create_mock_engine(f"{dialect}+{driver}://", say)
    tables.create_all(engine, checkfirst=False)
    return (*said, *sorted(indexes))  # SQLAlchemy has no order of its own, and a plan may hang on theirs
