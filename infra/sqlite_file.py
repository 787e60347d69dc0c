"""The ledger's SQLite file: its tables, and connections that keep what they are told to keep."""

import sqlite3
import time
from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

from eventsourcing.persistence import OperationalError

from infra.ledger_work import LibraryErrors
from infra.recorder import LOCK_PATIENCE_S
from infra.remembered_topics import INDEX
from infra.schema import STORE

SQLITE_ERRORS = LibraryErrors(sqlite3.Error)
RETRY_PAUSE_S = 0.001
SYNCHRONOUS_FULL = 2
PRIMARY_CODE = 0xFF
"""The part of an SQLite error code that says what happened; the rest says why."""

T = TypeVar("T")

# AUTOINCREMENT: a position once given is never given again, even when the last row is deleted.
TABLES = (
    """CREATE TABLE IF NOT EXISTS event (
        position INTEGER PRIMARY KEY AUTOINCREMENT,
        stream TEXT NOT NULL,
        version INTEGER NOT NULL,
        topic TEXT NOT NULL,
        state BLOB NOT NULL,
        recorded_at INTEGER NOT NULL,
        UNIQUE (stream, version))""",
    INDEX,
    """CREATE TABLE IF NOT EXISTS fact (
        fact_id TEXT NOT NULL PRIMARY KEY,
        device_id TEXT NOT NULL,
        digest BLOB NOT NULL,
        position INTEGER NOT NULL) WITHOUT ROWID""",
    """CREATE TABLE IF NOT EXISTS quarantine (
        quarantine_id TEXT NOT NULL PRIMARY KEY,
        device_id TEXT NOT NULL,
        reason TEXT NOT NULL,
        sealed BLOB NOT NULL,
        fact_id TEXT NOT NULL,
        received_at INTEGER NOT NULL) WITHOUT ROWID""",
    "CREATE INDEX IF NOT EXISTS quarantine_received ON quarantine (received_at, quarantine_id)",
    "CREATE TABLE IF NOT EXISTS statement (digest TEXT NOT NULL PRIMARY KEY, content BLOB NOT NULL)",
    "CREATE TABLE IF NOT EXISTS ledger (ledger_id TEXT NOT NULL, epoch INTEGER NOT NULL, created_at INTEGER NOT NULL)",
    """CREATE TABLE IF NOT EXISTS restoration (
        epoch INTEGER NOT NULL PRIMARY KEY,
        restored_at INTEGER NOT NULL,
        backup_id TEXT NOT NULL,
        position INTEGER NOT NULL,
        lost_events INTEGER,
        lost_from INTEGER,
        lost_until INTEGER)""",
)


def open_writer(file_name: str) -> sqlite3.Connection:
    """Open a connection whose commits outlive a power cut and whose deletions leave no bytes behind.

    Raises `OperationalError` where the file cannot promise that.
    """
    with SQLITE_ERRORS:
        connection = _connect(file_name)
        # Changing the mode of a new file meets other openers without SQLite waiting for them.
        journal = patiently(lambda: connection.execute("PRAGMA journal_mode = WAL").fetchone()[0])
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA secure_delete = ON")
        synchronous = connection.execute("PRAGMA synchronous").fetchone()[0]
        secure_delete = connection.execute("PRAGMA secure_delete").fetchone()[0]
        # `begin_writing` does the waiting.
        connection.execute("PRAGMA busy_timeout = 0")
    if (journal, synchronous, secure_delete) != ("wal", SYNCHRONOUS_FULL, 1):
        connection.close()
        raise OperationalError(
            "The ledger needs an SQLite file with journal_mode=WAL, synchronous=FULL and secure_delete=ON, "
            f"but this one gives {journal}, {synchronous} and {secure_delete}. Use a file on a local disk."
        )
    return connection


def open_reader(file_name: str) -> sqlite3.Connection:
    """Open a connection that reads the last commit, whatever the writer is doing."""
    with SQLITE_ERRORS:
        connection = _connect(file_name)
        connection.execute("PRAGMA query_only = ON")
        return connection


def schema_found(connection: sqlite3.Connection) -> str | None:
    """Give the number of the form that the log's tables have; None where there are none."""
    query = "SELECT name FROM sqlite_master WHERE type = 'table' AND name IN (?, ?)"
    tables = {name for (name,) in connection.execute(query, (STORE.version_table, STORE.mark))}
    if STORE.version_table in tables:
        return str(connection.execute(f"SELECT version_num FROM {STORE.version_table}").fetchone()[0])
    return STORE.first if tables else None


def begin_writing(connection: sqlite3.Connection) -> None:
    """Become the one writer at once, not at the first write: what is read from here on stays true until the commit."""
    patiently(lambda: connection.execute("BEGIN IMMEDIATE"))


def roll_back_if_open(connection: sqlite3.Connection) -> None:
    """Undo what is not committed; SQLite may have done so itself, when the disk is full for instance."""
    if connection.in_transaction:
        with suppress(sqlite3.Error):
            connection.rollback()


def is_idle(connection: sqlite3.Connection) -> bool:
    """Say whether the next caller can have this connection."""
    return not connection.in_transaction


def patiently(attempt: Callable[[], T]) -> T:
    """Try until no other process is in the way. SQLite's own waiting naps up to 0.1 s and so loses to a busy writer."""
    deadline = time.monotonic() + LOCK_PATIENCE_S
    while True:
        try:
            return attempt()
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & PRIMARY_CODE != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
        time.sleep(RETRY_PAUSE_S)


def _connect(file_name: str) -> sqlite3.Connection:
    return sqlite3.connect(file_name, timeout=LOCK_PATIENCE_S, isolation_level=None, check_same_thread=False, uri=True)
