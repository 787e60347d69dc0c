"""One rebuild at a time in a database. The lock goes with the process that holds it, however that ends."""

import fcntl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa

REBUILD_LOCK = 0x7669736975
PATIENCE_S, PAUSE_S = 1.0, 0.05
"""PostgreSQL may take a moment to notice that the one before was killed."""


class RebuildRunningError(Exception):
    """Somebody else rebuilds."""

    def __init__(self) -> None:
        super().__init__(
            "A rebuild is running already: in another terminal, or in a server that has found tables of an older version. "
            "Wait for it, or end it (Ctrl-C); what it has done is kept, and the next one goes on from there."
        )


@contextmanager
def rebuilding_alone(engine: sa.Engine) -> Iterator[None]:
    """Hold the lock for the length of a block. Raises `RebuildRunningError` where somebody else does."""
    if engine.dialect.name == "postgresql":
        with _on_postgresql(engine):
            yield
    elif not engine.url.database:  # in memory: nobody else can see it
        yield
    else:
        with _on_file(Path(f"{engine.url.database}.rebuild")):
            yield


@contextmanager
def _on_postgresql(engine: sa.Engine) -> Iterator[None]:
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as db:
        db.detach()  # the lock is the connection's, so it is closed in the end and not lent to others
        deadline = time.monotonic() + PATIENCE_S
        while not db.exec_driver_sql(f"SELECT pg_try_advisory_lock({REBUILD_LOCK})").scalar_one():
            if time.monotonic() > deadline:
                raise RebuildRunningError
            time.sleep(PAUSE_S)
        yield


@contextmanager
def _on_file(path: Path) -> Iterator[None]:
    with path.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise RebuildRunningError from None
        yield
