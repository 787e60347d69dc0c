"""The log in an SQLite file: one writer at a time, readers that never wait for it."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any
from uuid import uuid4

from eventsourcing.persistence import ProgrammingError
from eventsourcing.sqlite import SQLiteApplicationRecorder, SQLiteDatastore

from domain.log import (
    Appended,
    FactRow,
    LedgerIdentity,
    LedgerTransaction,
    NewFact,
    NewQuarantine,
    NewRow,
    NewStatement,
    QuarantineRow,
    Restoration,
    StoredRow,
)
from infra.application_recorder import ApplicationLedgerRecorder
from infra.connection_shelf import ConnectionShelf
from infra.head_signal import HeadSignal
from infra.ledger_work import LedgerWork, check_before_append
from infra.recorder import LOCK_PATIENCE_S, SELECT_RESTORATIONS, MicrosecondClock, system_clock
from infra.remembered_topics import among
from infra.schema import STORE
from infra.sqlite_file import (
    SQLITE_ERRORS,
    TABLES,
    begin_writing,
    is_idle,
    open_reader,
    open_writer,
    roll_back_if_open,
    schema_found,
)

READERS_MAX = 16

CREATE_LEDGER = "INSERT INTO ledger SELECT ?, 1, ? WHERE NOT EXISTS (SELECT 1 FROM ledger)"

LAST_GIVEN = """SELECT seq, (SELECT recorded_at FROM event ORDER BY position DESC LIMIT 1)
    FROM sqlite_sequence WHERE name = 'event'"""
INSERT_EVENT = "INSERT INTO event (position, stream, version, topic, state, recorded_at) VALUES (?, ?, ?, ?, ?, ?)"
INSERT_FACT = "INSERT INTO fact (fact_id, device_id, digest, position) VALUES (?, ?, ?, ?)"
INSERT_QUARANTINE = """INSERT INTO quarantine (quarantine_id, device_id, reason, sealed, fact_id, received_at)
    VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (quarantine_id) DO NOTHING"""
INSERT_STATEMENT = "INSERT INTO statement (digest, content) VALUES (?, ?) ON CONFLICT (digest) DO NOTHING"

SELECT_EVENT = "SELECT position, stream, version, topic, state, recorded_at FROM event"
SELECT_FACT = "SELECT fact_id, device_id, digest, position FROM fact"
SELECT_QUARANTINE = """SELECT quarantine_id, device_id, reason, sealed, fact_id, received_at FROM quarantine
    ORDER BY received_at DESC, quarantine_id DESC LIMIT ?"""
SELECT_LAST = "SELECT position, recorded_at FROM event ORDER BY position DESC LIMIT 1"
SELECT_LAST_UPTO = "SELECT position, recorded_at FROM event WHERE position <= ? ORDER BY position DESC LIMIT 1"


# The library's SQLite recorder says that it always has a last position, but of an empty log it gives None as well.
class SQLiteLedgerRecorder(ApplicationLedgerRecorder, SQLiteApplicationRecorder):  # type: ignore[misc]
    """The log in an SQLite file. Refuses to start where a commit would not outlive a power cut.

    Of the library's datastore only the file's name is used. The connections are our own, and are not given back when an
    `Application` closes its datastore: close the recorder too.
    """

    # Another process cannot tell us that it wrote, so the file is asked.
    poll_first_s = 0.02
    poll_longest_s = 0.1

    def __init__(
        self, datastore: SQLiteDatastore, events_table_name: str = "event", *, clock: MicrosecondClock = system_clock
    ) -> None:
        if datastore.originator_id_type != "text":
            raise ProgrammingError("Streams are named by text: set ORIGINATOR_ID_TYPE to text.")
        super().__init__(datastore, events_table_name)
        file_name = datastore.pool.db_name
        self._clock = clock
        self._signal = HeadSignal()
        # Taking turns in line is done by the shelf; SQLite itself has no queue.
        self._writer = ConnectionShelf(partial(open_writer, file_name), is_idle, limit=1, patience_s=LOCK_PATIENCE_S)
        self._readers = ConnectionShelf(
            partial(open_reader, file_name), is_idle, limit=READERS_MAX, patience_s=LOCK_PATIENCE_S
        )
        with self._writer.lend():
            pass  # opened now, so that an unsafe file is refused at once

    def construct_create_table_statements(self) -> list[str]:
        """Give our tables instead of the library's."""
        return list(TABLES)

    def create_table(self) -> None:
        """Create a new log's tables, and its identity with them. Raises `SchemaError` where they are another release's."""
        with self._writer.lend() as connection, SQLITE_ERRORS:
            begin_writing(connection)
            try:
                found = schema_found(connection)
                if found is not None:
                    STORE.check(found)
                    return
                for statement in (*self.create_table_statements, *STORE.stamp):
                    connection.execute(statement)
                connection.execute(CREATE_LEDGER, (str(uuid4()), self._clock()))
                connection.execute("COMMIT")
            finally:
                roll_back_if_open(connection)

    @contextmanager
    def transaction(self) -> Iterator[LedgerTransaction]:
        """Open a transaction. It is the only writer from its beginning on."""
        with self._writer.lend() as connection, SQLiteWork(connection, self._clock) as work:
            yield work
        self._signal.advance(work.last_position)

    def append(
        self, events: Sequence[NewRow], facts: Sequence[NewFact] = (), quarantine: Sequence[NewQuarantine] = ()
    ) -> Appended:
        """Write decided events in a transaction of their own."""
        with self.transaction() as transaction:
            return transaction.append(events, facts, quarantine)

    def read(self, after: int, limit: int, *, upto: int | None = None, topics: Sequence[str] = ()) -> list[StoredRow]:
        """Read events in order of position."""
        conditions, arguments = ["position > ?"], list[int | str]((after,))
        if upto is not None:
            conditions.append("position <= ?")
            arguments.append(upto)
        if topics:
            conditions.append(f"topic IN ({marks(topics)})")
            arguments += topics
        conditions += among(topics)
        statement = f"{SELECT_EVENT} WHERE {' AND '.join(conditions)} ORDER BY position LIMIT ?"
        return list(map(StoredRow._make, self._select(statement, *arguments, limit)))

    def read_stream(self, stream: str, *, upto_position: int | None = None) -> list[StoredRow]:
        """Read one stream in version order."""
        upto = "" if upto_position is None else " AND position <= ?"
        arguments = (stream,) if upto_position is None else (stream, upto_position)
        rows = self._select(f"{SELECT_EVENT} WHERE stream = ?{upto} ORDER BY version", *arguments)
        return list(map(StoredRow._make, rows))

    def first_events(self, streams: Sequence[str]) -> list[StoredRow]:
        """Read the event that each of these streams begins with."""
        found = self._select(f"{SELECT_EVENT} WHERE version = 1 AND stream IN ({marks(streams)})", *streams)
        return list(map(StoredRow._make, found))

    def facts(self, after: str, limit: int) -> list[FactRow]:
        """Page through the register of facts in the order of their ids."""
        rows = self._select(f"{SELECT_FACT} WHERE fact_id > ? ORDER BY fact_id LIMIT ?", after, limit)
        return list(map(FactRow._make, rows))

    def quarantined(self, limit: int) -> list[QuarantineRow]:
        """List what is in quarantine, the latest first."""
        return list(map(QuarantineRow._make, self._select(SELECT_QUARANTINE, limit)))

    def statement(self, digest: str) -> bytes | None:
        """Read a statement as it was stored."""
        rows = self._select("SELECT content FROM statement WHERE digest = ?", digest)
        return rows[0][0] if rows else None

    def identity(self) -> LedgerIdentity:
        """Say which log this is."""
        return LedgerIdentity._make(self._select("SELECT ledger_id, epoch FROM ledger")[0])

    def restorations(self) -> list[Restoration]:
        """List when the log was put back from a backup."""
        return list(map(Restoration._make, self._select(SELECT_RESTORATIONS)))

    def close(self) -> None:
        """Give back every connection."""
        self._readers.close()
        self._writer.close()

    def _last_upto(self, position: int | None) -> tuple[int, int]:
        rows = self._select(SELECT_LAST) if position is None else self._select(SELECT_LAST_UPTO, position)
        return rows[0] if rows else (0, 0)

    def _select(self, statement: str, *arguments: str | int) -> list[Any]:
        with self._readers.lend() as connection, SQLITE_ERRORS:
            return connection.execute(statement, arguments).fetchall()


class SQLiteWork(LedgerWork):
    """A transaction on the one connection that writes."""

    errors = SQLITE_ERRORS

    def __init__(self, connection: sqlite3.Connection, clock: MicrosecondClock) -> None:
        super().__init__()
        self._connection = connection
        self._clock = clock

    def _begin(self) -> None:
        begin_writing(self._connection)

    def _commit(self) -> None:
        self._connection.execute("COMMIT")

    def _roll_back_if_open(self) -> None:
        roll_back_if_open(self._connection)

    def _find_facts(self, fact_ids: Sequence[str]) -> list[FactRow]:
        rows = self._connection.execute(f"{SELECT_FACT} WHERE fact_id IN ({marks(fact_ids)})", fact_ids)
        return list(map(FactRow._make, rows))

    def _find_last(self) -> int:
        row = self._connection.execute(SELECT_LAST).fetchone()
        return int(row[0]) if row else 0

    def _find_rows(self, names: Sequence[str]) -> list[StoredRow]:
        statement = f"{SELECT_EVENT} WHERE stream IN ({marks(names)}) ORDER BY stream, version"
        return list(map(StoredRow._make, self._connection.execute(statement, names)))

    def _write(
        self, events: Sequence[NewRow], facts: Sequence[NewFact], quarantine: Sequence[NewQuarantine]
    ) -> Appended:
        check_before_append(events, facts, quarantine)
        last, last_recorded_at = self._connection.execute(LAST_GIVEN).fetchone() or (0, 0)
        positions = list(range(last + 1, last + 1 + len(events)))
        now = max(self._clock(), last_recorded_at or 0)
        self._insert(INSERT_EVENT, [(place, *event, now) for place, event in zip(positions, events, strict=True)])
        self._insert(INSERT_FACT, [(*fact[:3], positions[fact.event_index]) for fact in facts])
        self._insert(INSERT_QUARANTINE, [(*kept, now) for kept in quarantine])
        return Appended(positions, now)

    def _keep(self, statements: Sequence[NewStatement]) -> None:
        self._insert(INSERT_STATEMENT, list(statements))

    def _insert(self, statement: str, rows: Sequence[tuple[Any, ...]]) -> None:
        if rows:
            self._connection.executemany(statement, rows)


def marks(values: Sequence[object]) -> str:
    """Write a question mark for each value."""
    return ",".join("?" * len(values))
