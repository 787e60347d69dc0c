"""Filled databases as earlier releases left them, to be brought to today's form. A folder once here is never changed.

The rows stand in the dump of the SQLite files; PostgreSQL has its tables from a script of its own, and the same rows.
"""

import sqlite3
from contextlib import closing
from pathlib import Path

import psycopg
from psycopg.sql import SQL, Identifier, Placeholder

RELEASES = Path(__file__).parent
TABLES = ("event", "fact", "quarantine", "statement", "ledger")


def lay_out(release: str, folder: Path) -> None:
    """Write log, keys and read models as the release left them in a data folder."""
    for name in ("ledger", "keys", "read"):
        with closing(sqlite3.connect(folder / f"{name}.db")) as file:
            file.executescript((RELEASES / release / f"{name}.sqlite.sql").read_text())


def lay_out_on_postgresql(release: str, url: str) -> None:
    """Write the same log into a PostgreSQL."""
    with closing(sqlite3.connect(":memory:")) as memory, psycopg.connect(url) as server:
        memory.executescript((RELEASES / release / "ledger.sqlite.sql").read_text())
        server.execute((RELEASES / release / "ledger.postgresql.sql").read_bytes())
        for table in TABLES:
            rows = memory.execute(f"SELECT * FROM {table}").fetchall()
            marks = SQL(", ").join(Placeholder() * len(rows[0]))
            server.cursor().executemany(SQL("INSERT INTO {} VALUES ({})").format(Identifier(table), marks), rows)
        server.execute("SELECT setval(pg_get_serial_sequence('event', 'position'), max(position)) FROM event")
