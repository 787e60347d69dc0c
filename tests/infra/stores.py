"""Opens the log of a store by its URL, as the tests need it: with a clock of their own, or raw, past our code."""

import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager

import psycopg
import sqlalchemy as sa
from eventsourcing.postgres import PostgresDatastore
from eventsourcing.sqlite import SQLiteDatastore
from psycopg.conninfo import conninfo_to_dict

from domain.log import FactRow, NewFact, NewQuarantine, NewRow, StoredRow
from infra.postgres_recorder import PostgresLedgerRecorder
from infra.read_database import open_read_database
from infra.recorder import LedgerRecorder, MicrosecondClock, system_clock
from infra.sqlite_recorder import SQLiteLedgerRecorder

SQLITE = "sqlite:///"

PLANNED = NewRow("visit/1", 1, "visit.planned", b'{"at":"2025-03-03T08:00:00Z"}')
CHECKED_IN = NewRow("visit/1", 2, "visit.checked_in", b'{"worker":"anna"}')
CHECKED_OUT = NewRow("visit/1", 3, "visit.checked_out", b"{}")
OTHER_PLANNED = NewRow("visit/2", 1, "visit.planned", b"\x00\xff\x80 any bytes")
ARRIVAL = NewFact("fact-1", "phone-1", b"\x00digest", event_index=0)
DEPARTURE = NewFact("fact-2", "phone-1", b"another", event_index=0)
UNREADABLE = NewQuarantine("quarantine-1", "phone-1", "malformed", b"\x00sealed", "fact-9")


class SetClock:
    """A clock that shows what it is set to, in microseconds."""

    def __init__(self, now: int) -> None:
        self.now = now

    def __call__(self) -> int:
        return self.now


def open_recorder(url: str, clock: MicrosecondClock = system_clock) -> LedgerRecorder:
    """Open the log of either store, its tables created if they are not there."""
    recorder: SQLiteLedgerRecorder | PostgresLedgerRecorder
    if url.startswith(SQLITE):
        file = SQLiteDatastore(url.removeprefix(SQLITE), originator_id_type="text")
        recorder = SQLiteLedgerRecorder(file, clock=clock)
    else:
        recorder = PostgresLedgerRecorder(postgres_datastore(url), clock=clock)
    recorder.create_table()
    return recorder


def postgres_datastore(url: str) -> PostgresDatastore:
    """Name a PostgreSQL as the library does."""
    address = {name: str(value) for name, value in conninfo_to_dict(url).items()}
    return PostgresDatastore(
        address["dbname"],
        address["host"],
        address.get("port", "5432"),
        address["user"],
        address.get("password", ""),
        originator_id_type="text",
    )


def environment(url: str) -> dict[str, str]:
    """Say how an `Application` is configured to use the log."""
    if url.startswith(SQLITE):
        return {
            "PERSISTENCE_MODULE": "eventsourcing.sqlite",
            "APPLICATION_RECORDER_TOPIC": "infra.sqlite_recorder:SQLiteLedgerRecorder",
            "ORIGINATOR_ID_TYPE": "text",
            "SQLITE_DBNAME": url.removeprefix(SQLITE),
        }
    address = {name: str(value) for name, value in conninfo_to_dict(url).items()}
    return {
        "PERSISTENCE_MODULE": "eventsourcing.postgres",
        "APPLICATION_RECORDER_TOPIC": "infra.postgres_recorder:PostgresLedgerRecorder",
        "ORIGINATOR_ID_TYPE": "text",
        "POSTGRES_DBNAME": address["dbname"],
        "POSTGRES_HOST": address["host"],
        "POSTGRES_PORT": address.get("port", "5432"),
        "POSTGRES_USER": address["user"],
        "POSTGRES_PASSWORD": address.get("password", ""),
    }


def emptied(database: str) -> str:
    """Take the log out of a PostgreSQL database: quicker for a test than a database of its own."""
    run_sql(database, "DROP TABLE IF EXISTS event, fact, quarantine, statement, ledger, restoration, store_schema")
    return database


@contextmanager
def opened(url: str, clock: MicrosecondClock = system_clock) -> Iterator[LedgerRecorder]:
    """Open the log for the length of a block."""
    with closing(open_recorder(url, clock)) as recorder:
        yield recorder


def run_sql(url: str, statement: str) -> None:
    """Change the store behind our back."""
    if url.startswith(SQLITE):
        with closing(sqlite3.connect(url.removeprefix(SQLITE))) as file, file:
            file.execute(statement)
    else:
        with psycopg.connect(url) as server:
            server.execute(statement)


def wake_ups(reader: LedgerRecorder, writer: LedgerRecorder, times: int) -> list[float]:
    """Append while a reader waits, several times, and give the seconds from commit to waking, the shortest first."""
    delays = list[float]()
    for version in range(1, times + 1):
        woken = list[float]()

        def wait(after: int, woken: list[float] = woken) -> None:
            assert reader.wait(after, 5)
            woken.append(time.perf_counter())

        waiting = threading.Thread(target=wait, args=(reader.head()[0],))
        waiting.start()
        time.sleep(0.03)
        writer.append([NewRow("visit/1", version, "visit.noted", b"")])
        committed = time.perf_counter()
        waiting.join()
        delays.append(woken[0] - committed)
    return sorted(delays)


def everything(recorder: LedgerRecorder) -> tuple[list[StoredRow], list[FactRow], int]:
    """Give all that the log holds, quarantine only counted."""
    return recorder.read(0, 1_000), recorder.facts("", 1_000), len(recorder.quarantined(1_000))


@contextmanager
def closing_engine(url: str) -> Iterator[sa.Engine]:
    """The read models, for the length of a block."""
    engine = open_read_database(url)
    try:
        yield engine
    finally:
        engine.dispose()
