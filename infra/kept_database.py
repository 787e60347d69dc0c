"""A durable database with tables of its own, made where it is new."""

from contextlib import suppress

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError, ProgrammingError

from infra.durable_database import open_durably
from infra.schema import Schema, found_version, stamp
from infra.table_making import make_tables


def open_kept(url: str, schema: Schema, tables: sa.MetaData) -> sa.Engine:
    """Open the database, and create the tables of a new one. Raises `SchemaError` where they are another release's."""
    engine = open_durably(url)
    try:
        for _ in range(2):  # another process may create the same tables at the same moment
            with suppress(IntegrityError, ProgrammingError), engine.begin() as db:
                _create_or_check(db, schema, tables)
    except BaseException:
        engine.dispose()
        raise
    return engine


def _create_or_check(db: sa.Connection, schema: Schema, tables: sa.MetaData) -> None:
    found = found_version(db, schema)
    if found is None:
        make_tables(db, tables)
        stamp(db, schema)
    else:
        schema.check(found)
