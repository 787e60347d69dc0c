"""The proofs of phones that have been used, for as long as they would be good: one table for all servers of a ledger.

On SQLite a file of its own, on PostgreSQL an unlogged table. Nothing in it lives longer than minutes, so it is written without
waiting for the disk, is in no backup, and has no migrations: another form takes another name.
"""

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from infra.proofs import KEPT_S
from infra.sqlite_file import patiently

FORGET_EVERY_S = 30.0
TABLE = "seen_proof"
CREATE = "CREATE {kind} IF NOT EXISTS seen_proof (digest {bytes} NOT NULL PRIMARY KEY, kept_until bigint NOT NULL)"
FIRST = sa.text(
    "INSERT INTO seen_proof (digest, kept_until) VALUES (:digest, :kept_until) ON CONFLICT (digest) DO NOTHING"
)
FORGET = sa.text("DELETE FROM seen_proof WHERE kept_until < :now")


class ProofsUnavailableError(Exception):
    """Whether a proof was used before cannot be said just now."""


class SeenProofs:
    """Used proofs by digest. One thread asks, and opens the table when the first comes. `clock` gives seconds since 1970."""

    def __init__(self, url: str, *, clock: Callable[[], float] = time.time) -> None:
        self._url, self._clock = url, clock
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="seen-proofs")
        self._forget_at_s = 0.0

    async def is_first(self, digest: bytes) -> bool:
        """Remember a proof, and say whether it was new. Raises `ProofsUnavailableError`."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, self.remember, digest)

    def remember(self, digest: bytes) -> bool:
        """The same, in this thread."""
        now = self._clock()
        try:
            with self._engine.begin() as db:
                if now >= self._forget_at_s:
                    db.execute(FORGET, {"now": int(now)})
                    self._forget_at_s = now + FORGET_EVERY_S
                return db.execute(FIRST, {"digest": digest, "kept_until": int(now) + KEPT_S}).rowcount == 1
        except SQLAlchemyError as error:
            raise ProofsUnavailableError from error

    def close(self) -> None:
        """Give everything back."""
        self._thread.shutdown()
        if "_engine" in self.__dict__:
            self._engine.dispose()

    @cached_property
    def _engine(self) -> sa.Engine:
        address = sa.make_url(self._url)
        on_postgresql = address.get_backend_name() == "postgresql"
        if on_postgresql:
            address = address.set(drivername="postgresql+psycopg")
        engine = sa.create_engine(address, hide_parameters=True, pool_pre_ping=on_postgresql, pool_size=1)
        sa.event.listen(engine, "connect", _prepare_postgresql if on_postgresql else _prepare_sqlite)
        with engine.begin() as db:
            kind, content = ("UNLOGGED TABLE", "bytea") if on_postgresql else ("TABLE", "blob")
            if not sa.inspect(db).has_table(TABLE):
                db.execute(sa.text(CREATE.format(kind=kind, bytes=content)))
        return engine


def _prepare_sqlite(connection: sa.engine.interfaces.DBAPIConnection, _: object) -> None:
    patiently(lambda: connection.cursor().execute("PRAGMA journal_mode=WAL"))
    connection.cursor().execute("PRAGMA synchronous=OFF")


def _prepare_postgresql(connection: sa.engine.interfaces.DBAPIConnection, _: object) -> None:
    connection.cursor().execute("SET synchronous_commit TO off")
    connection.commit()
