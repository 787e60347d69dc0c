"""One build put in the place of another, in one transaction: tables, place, and what is kept of figures.

On PostgreSQL a table that gets another name is locked, and a lock that waits for a long reader holds up every reader behind
it. So it waits for a moment only; then everything is given back, and tried again a little later.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager

import sqlalchemy as sa
from psycopg import errors

from infra.build_tables import KEPT, drop, rename
from infra.follower import FOLLOWING
from infra.read_database import writing
from projections.builds import LIVE, PRIOR, of_build, within
from projections.parked import exchange_parked, unpark
from projections.projection import Projection, exchange, forget, hold, version_standing

LOCKS_MS_MAX = 200
"""For all tables together."""
PLACE_MS_MAX = 5_000
"""For the fold that is under way: it holds up nobody who reads."""
ASIDE = "__aside"


class TablesBusyError(Exception):
    """Somebody reads them for longer than others should be kept waiting."""


class NoPriorError(Exception):
    """There is no build to go back to."""

    def __init__(self, name: str) -> None:
        super().__init__(f"No build of {name} is kept: it was not rebuilt since, or the prior build was dropped.")


@contextmanager
def live_held(engine: sa.Engine, projection: Projection) -> Iterator[sa.Connection]:
    """A transaction before whose end nobody folds into the live build. Raises `TablesBusyError` where somebody writes for too
    long."""
    with ExitStack() as transaction:
        with _busy_when_late():
            db = transaction.enter_context(writing(engine, tables=True))
            _limit(db, "lock_timeout", PLACE_MS_MAX)
            hold(db, projection)
            _limit(db, "lock_timeout", 0)
        yield db


def put_in_place(db: sa.Connection, projection: Projection, build: str, *, same_rows: bool) -> None:
    """Make `build` the live one and the live one the prior, in the transaction of `live_held`. Unless both are known to hold
    the same rows, what is kept of figures is computed anew. Raises `TablesBusyError`."""
    _lock(db, [*projection.tables, *([] if same_rows else projection.kept)])
    tables = projection.tables
    if build == PRIOR:
        rename(db, tables, PRIOR, ASIDE)
    with within(db, PRIOR):
        drop(db, tables)
    rename(db, tables, LIVE, PRIOR)
    rename(db, tables, ASIDE if build == PRIOR else build, LIVE)
    exchange(db, projection, build, live_status=FOLLOWING, kept_status=KEPT)
    exchange_parked(db, projection.name, build)
    for table in () if same_rows else projection.kept:
        db.execute(table.delete())


def drop_build(engine: sa.Engine, projection: Projection, build: str) -> bool:
    """Drop a build that does not serve, and its place; says whether there was one."""
    with writing(of_build(engine, build), tables=True) as db:
        found = version_standing(db, projection) is not None
        drop(db, projection.tables)
        unpark(db, projection.name)
        forget(db, projection)
    return found


def _lock(db: sa.Connection, tables: Sequence[sa.Table]) -> None:
    """Wait until nobody reads the tables that are there, for a moment."""
    if db.dialect.name != "postgresql":
        return
    there = set(sa.inspect(db).get_table_names())
    names = ", ".join(f'"{table.name}"' for table in tables if table.name in there)
    with _busy_when_late():
        _limit(db, "statement_timeout", LOCKS_MS_MAX)
        db.exec_driver_sql(f"LOCK TABLE {names} IN ACCESS EXCLUSIVE MODE")
        _limit(db, "statement_timeout", 0)


def _limit(db: sa.Connection, setting: str, milliseconds: int) -> None:
    """Of this transaction; 0 for none."""
    if db.dialect.name == "postgresql":
        db.exec_driver_sql(f"SET LOCAL {setting} = {milliseconds}")


@contextmanager
def _busy_when_late() -> Iterator[None]:
    try:
        yield
    except sa.exc.OperationalError as error:
        if isinstance(error.orig, (errors.LockNotAvailable, errors.QueryCanceled)) or _is_locked(error.orig):
            raise TablesBusyError from None
        raise


def _is_locked(error: BaseException | None) -> bool:
    """Whether SQLite's one writer was somebody else for too long."""
    return isinstance(error, sqlite3.OperationalError) and error.sqlite_errorcode == sqlite3.SQLITE_BUSY
