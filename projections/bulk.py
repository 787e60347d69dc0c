"""Writing many rows at once, in each store's fastest way: this is where a fold spends its time.

Values go to the driver as they are (`int`, `str`, `bool`, `bytes`, None), past SQLAlchemy's handling of parameters. On
SQLite a prepared statement runs for each row; on PostgreSQL new rows are copied in, and changed ones sent as arrays.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from functools import cache
from typing import Any

import sqlalchemy as sa
from msgspec import json
from sqlalchemy.dialects import postgresql

from projections.builds import standing
from projections.projection import FOREVER

Row = tuple[object, ...]
POSTGRESQL: sa.Dialect = postgresql.dialect()  # type: ignore[no-untyped-call]


def select(
    db: sa.Connection, table: sa.Table, names: tuple[str, ...], key: str, values: Sequence[str]
) -> Iterable[Any]:
    """Read some columns of the rows whose `key` is one of many texts."""
    if not values:
        return ()
    table = standing(db, table)
    found = f'SELECT {_list(names)} FROM "{table.name}" WHERE "{key}"'
    if _is_postgresql(db):
        return db.exec_driver_sql(f"{found} = ANY(%b::text[])", (list(values),)).all()
    listed = json.encode(values).decode()
    return db.exec_driver_sql(f"{found} IN (SELECT value FROM json_each(?))", (listed,)).all()


def insert(db: sa.Connection, table: sa.Table, rows: Sequence[Row]) -> None:
    """Add rows, each with all columns in the table's order."""
    if not rows:
        return
    table = standing(db, table)
    if not _is_postgresql(db):
        db.exec_driver_sql(_insert_one(table), list(rows))
    elif _is_walled(db, table):
        db.exec_driver_sql(f'INSERT INTO "{table.name}" {_from_arrays(table)}', _by_column(rows))
    else:
        _copy(db, table, rows)


def insert_together(db: sa.Connection, added: Sequence[tuple[sa.Table, Sequence[Row]]]) -> None:
    """Add rows to several tables at once, as whoever adds few and waits for each statement does. Errors are the driver's."""
    added = [(table, rows) for table, rows in added if rows]
    cursor: Any = db.connection.cursor()
    with closing(cursor):
        if _is_postgresql(db):
            cursor.execute(_insert_all(tuple(table for table, _ in added)), list(_as_json(added)))
            return
        for table, rows in added:
            cursor.executemany(_insert_one(table), rows)


def insert_if(
    db: sa.Connection, added: Sequence[tuple[sa.Table, Sequence[Row]]], asked: str, values: Sequence[object]
) -> tuple[Any, ...]:
    """Add rows to several tables by one statement on PostgreSQL, if one row that is asked for first has a true column
    `holds`; and give that row. Errors are the driver's."""
    cursor: Any = db.connection.cursor()
    with closing(cursor):
        cursor.execute(_insert_all(tuple(table for table, _ in added), asked), [*values, *_as_json(added)])
        found: tuple[Any, ...] = cursor.fetchone()
        return found


def upsert(db: sa.Connection, table: sa.Table, rows: Sequence[Row]) -> None:
    """Add rows, or put them in the place of those with the same key."""
    if not rows:
        return
    table = standing(db, table)
    if _is_postgresql(db):
        db.exec_driver_sql(f'INSERT INTO "{table.name}" {_from_arrays(table)} {_or_replace(table)}', _by_column(rows))
    else:
        db.exec_driver_sql(f"{_insert_one(table)} {_or_replace(table)}", list(rows))


def end_beliefs(db: sa.Connection, table: sa.Table, key: tuple[str, ...], rows: Sequence[Row]) -> None:
    """Set `believed_to` of facts that are believed now: each of `rows` is the position, then the key of the fact."""
    if not rows:
        return
    table = standing(db, table)
    current = f'"{table.name}"."believed_to" = {FOREVER}'
    if _is_postgresql(db):
        found = " AND ".join(f'"{table.name}"."{name}" = ended."{name}"' for name in key)
        ended = f"unnest({_arrays(table, ('believed_to', *key))}) AS ended(position, {_list(key)})"
        statement = f'UPDATE "{table.name}" SET "believed_to" = ended.position FROM {ended} WHERE {found} AND {current}'
        db.exec_driver_sql(statement, _by_column(rows))
    else:
        found = " AND ".join(f'"{name}" = ?' for name in key)
        db.exec_driver_sql(f'UPDATE "{table.name}" SET "believed_to" = ? WHERE {found} AND {current}', list(rows))


def gather_statistics(db: sa.Connection, tables: Iterable[sa.Table]) -> None:
    """Let PostgreSQL know at once what is in new tables: its plans would otherwise be those for empty ones."""
    if _is_postgresql(db):
        for table in tables:
            db.exec_driver_sql(f'ANALYZE "{standing(db, table).name}"')


def _is_postgresql(db: sa.Connection) -> bool:
    return db.dialect.name == "postgresql"


def _is_walled(db: sa.Connection, table: sa.Table) -> bool:
    """Whether row level security holds whoever writes: PostgreSQL lets nobody copy rows in then. Asked once a connection."""
    known: dict[str, bool] = db.info.setdefault("visitledger_walled", {})
    if table.name not in known:
        (known[table.name],) = db.exec_driver_sql("SELECT row_security_active(%b)", (f'"{table.name}"',)).one()
    return known[table.name]


def _copy(db: sa.Connection, table: sa.Table, rows: Sequence[Row]) -> None:
    """Stream the rows in. COPY has no form in SQLAlchemy, so the driver's own cursor is asked for it."""
    cursor: Any = db.connection.cursor()
    with cursor, cursor.copy(f'COPY "{table.name}" ({_list(_names(table))}) FROM STDIN (FORMAT BINARY)') as copy:
        copy.set_types(_types(table, _names(table)))
        for row in rows:
            copy.write_row(row)


def _by_column(rows: Sequence[Row]) -> tuple[list[object], ...]:
    return tuple(list(column) for column in zip(*rows, strict=True))


def _list(names: Iterable[str]) -> str:
    """Write names for SQL. All are quoted, since a fact's field may be called `window` or `at`."""
    return ", ".join(f'"{name}"' for name in names)


@cache
def _names(table: sa.Table) -> tuple[str, ...]:
    return tuple(column.name for column in table.columns)


@cache
def _insert_one(table: sa.Table) -> str:
    return f'INSERT INTO "{table.name}" VALUES ({", ".join("?" for _ in table.columns)})'


@cache
def _insert_all(tables: tuple[sa.Table, ...], asked: str = "") -> str:
    """Rows come as JSON, bytes in base64: arrays of one value each would cost the driver more."""
    where = " WHERE (SELECT holds FROM asked)" if asked else ""
    parts = [f'"{table.name}_" AS (INSERT INTO "{table.name}" {_from_json(table)}{where})' for table in tables]
    if asked:
        return f"WITH asked AS MATERIALIZED ({asked}), {', '.join(parts)} SELECT * FROM asked"
    return f"WITH {', '.join(parts)} SELECT 1"


def _as_json(added: Iterable[tuple[sa.Table, Sequence[Row]]]) -> Iterator[str]:
    for table, rows in added:
        yield json.encode([dict(zip(_names(table), row, strict=True)) for row in rows]).decode()


def _from_json(table: sa.Table) -> str:
    types = dict(zip(_names(table), _types(table, _names(table)), strict=True))
    sent = ", ".join(f'"{name}" {"text" if each == "bytea" else each}' for name, each in types.items())
    taken = (f"decode(\"{name}\", 'base64')" if each == "bytea" else f'"{name}"' for name, each in types.items())
    return f"SELECT {', '.join(taken)} FROM json_to_recordset(%s::json) AS sent({sent})"


@cache
def _arrays(table: sa.Table, names: tuple[str, ...]) -> str:
    return ", ".join(f"%b::{sql_type}[]" for sql_type in _types(table, names))


@cache
def _from_arrays(table: sa.Table) -> str:
    return f"SELECT * FROM unnest({_arrays(table, _names(table))})"


@cache
def _types(table: sa.Table, names: tuple[str, ...]) -> tuple[str, ...]:
    """Name the columns' types as PostgreSQL does, without a collation."""
    return tuple(table.c[name].type.compile(POSTGRESQL).partition(" ")[0].lower() for name in names)


@cache
def _or_replace(table: sa.Table) -> str:
    keys = [column.name for column in table.primary_key]
    changed = ", ".join(f'"{name}" = excluded."{name}"' for name in _names(table) if name not in keys)
    return f"ON CONFLICT ({_list(keys)}) DO UPDATE SET {changed}"
