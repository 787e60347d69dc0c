"""How a process that only serves learns that another one has folded: a notice of the fold's own transaction.

PostgreSQL delivers it with the commit. On SQLite, which has nothing of the kind, and for a notice that was lost with its
connection, the places are looked at now and then.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Protocol

import sqlalchemy as sa

CHANNEL = "visitledger_folded"
LOOK_S = 0.05
"""How often a reader on SQLite looks: a query of two rows."""


class Notices(Protocol):
    """Where folds are told of."""

    def wait(self, timeout: float) -> None:
        """Return at a notice, at most after so many seconds; now and then without a reason."""
        ...


def tell_of_fold(db: sa.Connection) -> None:
    """Tell whoever listens, once this transaction commits."""
    if db.dialect.name == "postgresql":
        db.exec_driver_sql(f"NOTIFY {CHANNEL}")


@contextmanager
def fold_notices(engine: sa.Engine, stopping: threading.Event) -> Iterator[Notices]:
    """Listen for the length of a block. Look at the places first inside it, and nothing is missed."""
    if engine.dialect.name != "postgresql":
        yield _Looking(stopping)
        return
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as db:
        db.detach()  # it listens, so it is not given back for others to use
        db.exec_driver_sql(f"LISTEN {CHANNEL}")
        yield _Listening(db)


class _Looking:
    def __init__(self, stopping: threading.Event) -> None:
        self._stopping = stopping

    def wait(self, timeout: float) -> None:
        self._stopping.wait(min(timeout, LOOK_S))


class _Listening:
    """Notices as the driver has them: SQLAlchemy has no form of its own for them."""

    def __init__(self, db: sa.Connection) -> None:
        self._driver: Any = db.connection.dbapi_connection

    def wait(self, timeout: float) -> None:
        for _ in self._driver.notifies(timeout=timeout, stop_after=1):
            pass
