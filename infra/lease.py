"""A lease: what only one process may do at a time. It ends with the process, however that ends."""

import fcntl
import os
from contextlib import suppress
from pathlib import Path
from typing import Protocol

import psycopg

from infra.settings import Settings

CONNECT_S = 5
TAKE = "SELECT pg_try_advisory_lock(hashtextextended(%s, 0))"


class Lease(Protocol):
    """The right to be the one who does something."""

    def take(self) -> bool:
        """Try to get it, or see whether it is still held; says whether it is. Never waits for the other holder."""
        ...

    def release(self) -> None:
        """Give it back. Does nothing where it is not held."""
        ...


class FileLease:
    """Held by locking a file: for processes on one machine, as all are that share an SQLite log."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file = -1

    def take(self) -> bool:
        """Lock the file, once."""
        if self._file >= 0:
            return True
        file = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(file)
            return False
        self._file = file
        return True

    def release(self) -> None:
        """Close the file, which unlocks it. It stays where it is: who removed it could let two in."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1


class PostgresLease:
    """Held by a connection to the log's PostgreSQL: lost with it, so that a holder cut off from the log is none."""

    def __init__(self, url: str, name: str) -> None:
        self._url, self._name = url, name
        self._connection: psycopg.Connection | None = None

    def take(self) -> bool:
        """Lock the name in the database, or see that the connection that did still stands."""
        try:
            if self._connection is not None:
                self._connection.execute("SELECT 1")
                return True
            self._connection = psycopg.connect(self._url, autocommit=True, connect_timeout=CONNECT_S)
            if self._connection.execute(TAKE, (self._name,)).fetchone() == (True,):
                return True
        except psycopg.OperationalError:
            pass
        self.release()
        return False

    def release(self) -> None:
        """Close the connection."""
        if self._connection is not None:
            with suppress(psycopg.Error):
                self._connection.close()
            self._connection = None


def lease_of(settings: Settings, name: str) -> Lease:
    """The lease of that name among all who work on one log."""
    if settings.on_postgresql:
        return PostgresLease(settings.store_url, f"visitledger/{name}")
    return FileLease(settings.data_dir / f"{name}.lock")
