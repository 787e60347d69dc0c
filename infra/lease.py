"""Who folds a projection, rebuilds one, or publishes the log: one process at a time, for as long as it lives.

A lease goes with the connection or the file handle that holds it, so that a process that is killed leaves it free. It saves
work and no more: what keeps figures right is the fence of the places, whoever believes that he leads.
"""

import fcntl
import os
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import Protocol

import sqlalchemy as sa

# A holder that is gone without a word (its power, the network) is noticed by the server within some seconds.
LIVENESS = ("SET tcp_keepalives_idle = 1", "SET tcp_keepalives_interval = 1", "SET tcp_keepalives_count = 2")


class Lease(Protocol):
    """The right to be the one who does something."""

    def take(self) -> bool:
        """Take it if nobody has it, without waiting; says whether it is ours now, also where it was before."""
        ...

    def holds(self) -> bool:
        """Whether it still is ours."""
        ...

    def release(self) -> None:
        """Give it back. Does nothing where it is not ours."""
        ...


def lease_of(engine: sa.Engine, name: str) -> Lease:
    """The lease of that name in the database of the read models."""
    if engine.dialect.name == "postgresql":
        return PostgresLease(engine, name)
    assert engine.url.database
    return FileLease(Path(f"{engine.url.database}.{name}.lease"))


def key_of(name: str) -> int:
    """The number that PostgreSQL knows a lease by: of a projection's name, and in each database its own."""
    return int.from_bytes(sha256(f"visitledger lease {name}".encode()).digest()[:8], "big", signed=True)


class PostgresLease:
    """An advisory lock of a session, on a connection of its own."""

    def __init__(self, engine: sa.Engine, name: str) -> None:
        self._engine = engine
        self._key = key_of(name)
        self._session: sa.Connection | None = None

    def take(self) -> bool:
        """Ask for the lock. The connection stays open while it is refused, so that asking costs one round trip."""
        try:
            taken = self._asked().exec_driver_sql("SELECT pg_try_advisory_lock(%s)", (self._key,)).scalar_one()
        except sa.exc.SQLAlchemyError:
            self.release()
            return False
        return bool(taken)

    def holds(self) -> bool:
        """Ask the session: the server drops the lock with it."""
        try:
            return self._session is not None and self._session.exec_driver_sql("SELECT 1").scalar_one() == 1
        except sa.exc.SQLAlchemyError:
            return False

    def release(self) -> None:
        """Unlock and end the session; the lock of one that is lost goes by itself."""
        if self._session is not None:
            with suppress(sa.exc.SQLAlchemyError):
                self._session.exec_driver_sql("SELECT pg_advisory_unlock_all()")
            self._session.close()
            self._session = None

    def _asked(self) -> sa.Connection:
        if self._session is None:
            self._session = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
            self._session.detach()  # never given back to be used by others, lock and all
            for setting in LIVENESS:
                self._session.exec_driver_sql(setting)
        return self._session


class FileLease:
    """A lock on a file beside the read models. The file stays; the lock goes with the process."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: int | None = None

    def take(self) -> bool:
        """Lock the file, if nobody has."""
        if self._file is not None:
            return True
        file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(file)
            return False
        self._file = file
        return True

    def holds(self) -> bool:
        """A file that is locked stays so."""
        return self._file is not None

    def release(self) -> None:
        """Close the file, and the lock goes."""
        if self._file is not None:
            os.close(self._file)
            self._file = None
