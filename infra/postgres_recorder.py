"""The log in PostgreSQL: writers take turns by a lock, an append is one round trip."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from typing import Any
from uuid import uuid4

import psycopg
from eventsourcing.persistence import ProgrammingError
from eventsourcing.postgres import PostgresApplicationRecorder, PostgresDatastore, PostgresRecorder
from psycopg.pq import TransactionStatus

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
from infra.head_listener import HeadListener
from infra.head_signal import HeadSignal
from infra.ledger_work import LedgerWork, check_before_append
from infra.postgres_arrays import BytesArray, NumberArray, TextArray, columns
from infra.postgres_schema import APPEND, CREATE_LEDGER, LOCK_OF_CREATION, TABLES, schema_found
from infra.postgres_server import POSTGRES_ERRORS, LedgerConnection, is_idle, open_connection
from infra.recorder import LOCK_PATIENCE_S, SELECT_RESTORATIONS, MicrosecondClock, system_clock
from infra.remembered_topics import among
from infra.schema import STORE

CONNECTIONS_MAX = 16

EVENT_COLUMNS = (TextArray, NumberArray, TextArray, BytesArray)
FACT_COLUMNS = (TextArray, TextArray, BytesArray, NumberArray)
STATEMENT_COLUMNS = (TextArray, BytesArray)
QUARANTINE_COLUMNS = (TextArray, TextArray, TextArray, BytesArray, TextArray)
APPEND_EVENTS = "SELECT positions, stamp FROM append_to_ledger(%b, %b, %b, %b, %b, %b, %b, %b, %b)"
APPEND_ALL = "SELECT positions, stamp FROM append_to_ledger(%b, %b, %b, %b, %b, %b, %b, %b, %b, %b, %b, %b, %b, %b)"

INSERT_STATEMENT = """INSERT INTO statement (digest, content) SELECT * FROM unnest(%b::text[], %b::bytea[])
    ON CONFLICT (digest) DO NOTHING"""

SELECT_EVENT = "SELECT position, stream, version, topic, state, recorded_at FROM event"
SELECT_FACT = "SELECT fact_id, device_id, digest, position FROM fact"
SELECT_QUARANTINE = """SELECT quarantine_id, device_id, reason, sealed, fact_id, received_at FROM quarantine
    ORDER BY received_at DESC, quarantine_id DESC LIMIT %b"""
SELECT_LAST = "SELECT position, recorded_at FROM event ORDER BY position DESC LIMIT 1"
SELECT_LAST_UPTO = "SELECT position, recorded_at FROM event WHERE position <= %b ORDER BY position DESC LIMIT 1"


class PostgresLedgerRecorder(ApplicationLedgerRecorder, PostgresApplicationRecorder):
    """The log in PostgreSQL. Refuses to start where a commit would not outlive a power cut.

    Of the library's datastore only the address is used. The connections are our own, and are not given back when an
    `Application` closes its datastore: close the recorder too.
    """

    # Other processes tell us through the listener; the poll is for a notice lost with its connection.
    poll_first_s = 1.0
    poll_longest_s = 1.0

    def __init__(
        self,
        datastore: PostgresDatastore,
        *,
        events_table_name: str = "event",
        clock: MicrosecondClock = system_clock,
    ) -> None:
        if datastore.originator_id_type != "text":
            raise ProgrammingError("Streams are named by text: set ORIGINATOR_ID_TYPE to text.")
        if datastore.enable_db_functions:
            raise ProgrammingError("POSTGRES_ENABLE_DB_FUNCTIONS appends without a lock: readers would miss events.")
        # Not the constructor in between: it would prepare the library's own table.
        PostgresRecorder.__init__(self, datastore)
        self.events_table_name = events_table_name
        open_one = partial(open_connection, datastore)
        self._clock = clock
        self._signal = HeadSignal()
        self._listener = HeadListener(open_one, self._signal)
        self._connections = ConnectionShelf(open_one, is_idle, limit=CONNECTIONS_MAX, patience_s=LOCK_PATIENCE_S)
        with self._connections.lend():
            pass  # opened now, so that an unsafe server is refused at once

    def create_table(self) -> None:
        """Create a new log's tables, and its identity with them. Raises `SchemaError` where they are another release's."""
        with self._connections.lend() as connection, POSTGRES_ERRORS, connection.transaction():
            # One at a time: CREATE IF NOT EXISTS fails when two do it at once.
            connection.execute(LOCK_OF_CREATION)
            found = schema_found(connection)
            if found is None:
                connection.execute("; ".join((TABLES.rstrip(" ;\n"), *STORE.stamp)).encode())
                connection.execute(CREATE_LEDGER, (str(uuid4()), self._clock()))
            else:
                STORE.check(found)
            # Not a table but a part of this program: it comes with each start, and no migration brings it.
            connection.execute(APPEND)

    @contextmanager
    def transaction(self) -> Iterator[LedgerTransaction]:
        """Open a transaction. It becomes the only writer with its first append."""
        with self._connections.lend() as connection, PostgresWork(connection, self._clock) as work:
            yield work
        self._signal.advance(work.last_position)

    def append(
        self, events: Sequence[NewRow], facts: Sequence[NewFact] = (), quarantine: Sequence[NewQuarantine] = ()
    ) -> Appended:
        """Write decided events in a transaction of their own, which the one statement is."""
        with self._connections.lend() as connection, POSTGRES_ERRORS:
            appended = append_by(connection, self._clock(), events, facts, quarantine)
        if appended.positions:
            self._signal.advance(appended.positions[-1])
        return appended

    def read(self, after: int, limit: int, *, upto: int | None = None, topics: Sequence[str] = ()) -> list[StoredRow]:
        """Read events in order of position."""
        conditions, arguments = ["position > %b"], list[object]((after,))
        if upto is not None:
            conditions.append("position <= %b")
            arguments.append(upto)
        if topics:
            conditions.append("topic = ANY(%b)")
            arguments.append(TextArray(topics))
        conditions += among(topics)
        statement = f"{SELECT_EVENT} WHERE {' AND '.join(conditions)} ORDER BY position LIMIT %b"
        return list(map(StoredRow._make, self._select(statement, *arguments, limit)))

    def read_stream(self, stream: str, *, upto_position: int | None = None) -> list[StoredRow]:
        """Read one stream in version order."""
        upto = "" if upto_position is None else " AND position <= %b"
        arguments = (stream,) if upto_position is None else (stream, upto_position)
        rows = self._select(f"{SELECT_EVENT} WHERE stream = %b{upto} ORDER BY version", *arguments)
        return list(map(StoredRow._make, rows))

    def first_events(self, streams: Sequence[str]) -> list[StoredRow]:
        """Read the event that each of these streams begins with."""
        found = self._select(f"{SELECT_EVENT} WHERE version = 1 AND stream = ANY(%b)", TextArray(streams))
        return list(map(StoredRow._make, found))

    def facts(self, after: str, limit: int) -> list[FactRow]:
        """Page through the register of facts in the order of their ids."""
        rows = self._select(f"{SELECT_FACT} WHERE fact_id > %b ORDER BY fact_id LIMIT %b", after, limit)
        return list(map(FactRow._make, rows))

    def quarantined(self, limit: int) -> list[QuarantineRow]:
        """List what is in quarantine, the latest first."""
        return list(map(QuarantineRow._make, self._select(SELECT_QUARANTINE, limit)))

    def statement(self, digest: str) -> bytes | None:
        """Read a statement as it was stored."""
        rows = self._select("SELECT content FROM statement WHERE digest = %b", digest)
        return rows[0][0] if rows else None

    def identity(self) -> LedgerIdentity:
        """Say which log this is."""
        return LedgerIdentity._make(self._select("SELECT ledger_id, epoch FROM ledger")[0])

    def restorations(self) -> list[Restoration]:
        """List when the log was put back from a backup."""
        return list(map(Restoration._make, self._select(SELECT_RESTORATIONS)))

    def wait(self, after: int, timeout: float) -> bool:
        """Block until the log reaches past `after`, at most `timeout` seconds; says whether it does."""
        self._listener.start()
        return super().wait(after, timeout)

    def close(self) -> None:
        """Give back every connection."""
        self._listener.close()
        self._connections.close()

    def _last_upto(self, position: int | None) -> tuple[int, int]:
        rows = self._select(SELECT_LAST) if position is None else self._select(SELECT_LAST_UPTO, position)
        return rows[0] if rows else (0, 0)

    def _select(self, statement: str, *arguments: object) -> list[tuple[Any, ...]]:
        with self._connections.lend() as connection, POSTGRES_ERRORS:
            return select(connection, statement, *arguments)


class PostgresWork(LedgerWork):
    """A transaction on a connection of its own.

    Its statements are not sent ahead in a pipeline: on one machine that was measured to cost more than the round trip
    it saves.
    """

    errors = POSTGRES_ERRORS

    def __init__(self, connection: LedgerConnection, clock: MicrosecondClock) -> None:
        super().__init__()
        self._connection = connection
        self._clock = clock

    def _begin(self) -> None:
        self._connection.execute("BEGIN")

    def _commit(self) -> None:
        self._connection.execute("COMMIT")

    def _roll_back_if_open(self) -> None:
        if self._connection.pgconn.transaction_status in (TransactionStatus.INTRANS, TransactionStatus.INERROR):
            with suppress(psycopg.Error):
                self._connection.execute("ROLLBACK")

    def _find_facts(self, fact_ids: Sequence[str]) -> list[FactRow]:
        rows = select(self._connection, f"{SELECT_FACT} WHERE fact_id = ANY(%b)", TextArray(fact_ids))
        return list(map(FactRow._make, rows))

    def _find_last(self) -> int:
        rows = select(self._connection, SELECT_LAST)
        return int(rows[0][0]) if rows else 0

    def _find_rows(self, names: Sequence[str]) -> list[StoredRow]:
        statement = f"{SELECT_EVENT} WHERE stream = ANY(%b) ORDER BY stream, version"
        return list(map(StoredRow._make, select(self._connection, statement, TextArray(names))))

    def _write(
        self, events: Sequence[NewRow], facts: Sequence[NewFact], quarantine: Sequence[NewQuarantine]
    ) -> Appended:
        return append_by(self._connection, self._clock(), events, facts, quarantine)

    def _keep(self, statements: Sequence[NewStatement]) -> None:
        self._connection.execute(INSERT_STATEMENT, columns(statements, STATEMENT_COLUMNS))


def append_by(
    connection: LedgerConnection,
    now: int,
    events: Sequence[NewRow],
    facts: Sequence[NewFact],
    quarantine: Sequence[NewQuarantine],
) -> Appended:
    """Call the one function that appends, in one round trip."""
    check_before_append(events, facts, quarantine)
    arguments = (now, *columns(events, EVENT_COLUMNS), *columns(facts, FACT_COLUMNS))
    if quarantine:
        rows = select(connection, APPEND_ALL, *arguments, *columns(quarantine, QUARANTINE_COLUMNS))
    else:
        rows = select(connection, APPEND_EVENTS, *arguments)
    return Appended._make(rows[0])


def select(connection: LedgerConnection, statement: str, *arguments: object) -> list[tuple[Any, ...]]:
    """Run a prepared statement and fetch its rows, in the server's binary form: bytes and numbers need no parsing."""
    return connection.execute(statement, arguments, prepare=True, binary=True).fetchall()
