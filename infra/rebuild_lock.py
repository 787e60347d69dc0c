"""One rebuild at a time in a database. The lock goes with the process that holds it, however that ends."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa

from infra.lease import lease_of

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
    on_postgresql = engine.dialect.name == "postgresql"
    if not on_postgresql and not engine.url.database:  # in memory: nobody else can see it
        yield
        return
    lease, deadline_s = lease_of(engine, "rebuild"), time.monotonic() + (PATIENCE_S if on_postgresql else 0.0)
    try:
        while not lease.take():
            if time.monotonic() >= deadline_s:
                raise RebuildRunningError
            time.sleep(PAUSE_S)
        yield
    finally:
        lease.release()
