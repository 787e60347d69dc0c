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
    said: list[str] = []

    def say(statement: Any, *_: Any, **__: Any) -> None:
        said.append(str(statement.compile(dialect=engine.dialect)))

    engine = sa.create_mock_engine(f"{dialect}+{driver}://", say)
    tables.create_all(engine, checkfirst=False)
    return tuple(said)
