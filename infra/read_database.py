"""The database of the read models: an SQLite file of its own, or the PostgreSQL database that the log is in.

A file of its own, because SQLite has one writer a file, and folding shall not hold up the phones. Nothing in it is the
truth: a lost file, or the last commits lost in a power cut, are folded again from the log.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from sqlite3 import Connection as SQLiteConnection
from sqlite3 import OperationalError

import sqlalchemy as sa
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry

from infra.build_tables import create
from infra.schema import READ, found_version, stamp
from infra.sqlite_file import patiently
from infra.table_making import make_tables
from infra.wall import keep_wall
from projections.projection import METADATA, PROJECTION_POSITION, has_begun, place_of
from projections.read_models import READ_MODELS

Engine = sa.Engine
"""The read models' database, as the outside knows it."""
Connection = sa.Connection
"""One connection to it."""

BUSY_TIMEOUT_MS = 5_000
CACHE_KIB = 32_768
CHECKPOINT_PAGES = 4_000
"""16 MB of the write-ahead log. A page that a fold writes again and again is then copied into the file once; at SQLite's own
1,000 nearly every commit of a fold would copy, and wait for the disk."""
CONNECTIONS_MAX = 10
SORT_MEMORY_MB = 64
WRITES = "visitledger_writes"
WHOLE_TABLES = ("cursor_tuple_fraction = 1", f"work_mem = '{SORT_MEMORY_MB}MB'", "jit = off")
TABLES_LOCK = 0x7669736974
"""Names the lock of whoever creates or drops tables."""


def open_read_database(url: str) -> sa.Engine:
    """Open the database by its URL and create the tables that are not there yet. Raises `SchemaError`."""
    engine = open_engine(url)
    try:
        create_tables(engine)
    except BaseException:
        engine.dispose()
        raise
    return engine


def open_engine(url: str) -> sa.Engine:
    """Open the database as it is. Errors never show the values that a statement was given."""
    address = sa.make_url(url)
    if address.get_backend_name() == "postgresql":
        address = address.set(drivername="postgresql+psycopg")
        return sa.create_engine(address, hide_parameters=True, pool_pre_ping=True, pool_size=CONNECTIONS_MAX)
    engine = sa.create_engine(address, hide_parameters=True, pool_size=CONNECTIONS_MAX)
    sa.event.listen(engine, "connect", _prepare)
    sa.event.listen(engine, "begin", _begin)
    return engine


def create_tables(engine: sa.Engine) -> None:
    """Create what is missing of the tables of all read models. Of one that another version has filled nothing is added: an
    empty table would pass for one without a row. Raises `SchemaError` where the engine's own tables are another release's."""
    with writing(engine, tables=True) as db:
        found = found_version(db, READ)
        if found is None:
            stamp(db, READ)
        else:
            READ.check(found)
        if METADATA.tables.keys().isdisjoint(sa.inspect(db).get_table_names()):
            make_tables(db, METADATA)
        else:
            _add_tables(db)
        keep_wall(db)


def _add_tables(db: sa.Connection) -> None:
    PROJECTION_POSITION.create(db, checkfirst=True)
    older = [each for each in READ_MODELS if has_begun(db, each) and place_of(db, each) is None]
    there = {*sa.inspect(db).get_table_names(), *(table.name for each in older for table in each.tables)}
    missing = [table for table in METADATA.sorted_tables if table.name not in there]
    if missing:
        create(db, missing, indexes=True)


def are_new(db: sa.Connection, tables: Sequence[sa.Table]) -> bool:
    """Whether the tables stand as this program makes them, and hold no row."""
    found = sa.inspect(db).get_multi_columns(filter_names=[table.name for table in tables])
    columns = {name: [column["name"] for column in listed] for (_, name), listed in found.items()}
    if columns != {table.name: [column.name for column in table.columns] for table in tables}:
        return False
    return not db.scalar(sa.select(sa.or_(*(sa.exists().select_from(table) for table in tables))))


def read_whole_tables(db: sa.Connection) -> None:
    """Let the transaction sort whole tables, and have PostgreSQL plan for their last row rather than for the first. It runs
    without compiling queries: none takes long enough."""
    if db.dialect.name == "postgresql":
        for setting in WHOLE_TABLES:
            db.exec_driver_sql(f"SET LOCAL {setting}")


@contextmanager
def writing(engine: sa.Engine, *, tables: bool = False) -> Iterator[sa.Connection]:
    """Open a transaction that writes: commits on exit, rolls back on an exception. Whoever changes `tables` is alone."""
    with engine.execution_options(**{WRITES: True}).begin() as db:
        if tables and engine.dialect.name == "postgresql":
            db.exec_driver_sql(f"SELECT pg_advisory_xact_lock({TABLES_LOCK})")
        yield db


@contextmanager
def snapshot(engine: sa.Engine) -> Iterator[sa.Connection]:
    """Read one state of a database, whatever is written to it meanwhile."""
    options = {"isolation_level": "REPEATABLE READ"} if engine.dialect.name == "postgresql" else {}
    with engine.connect().execution_options(**options) as db, db.begin():
        yield db


def _prepare(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
    """Let SQLAlchemy, not the driver, say where transactions begin; a commit is durable at the next checkpoint."""
    assert isinstance(connection, SQLiteConnection)
    connection.isolation_level = None
    connection.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute(f"PRAGMA cache_size = -{CACHE_KIB}")
    connection.execute(f"PRAGMA wal_autocheckpoint = {CHECKPOINT_PAGES}")


def _begin(db: sa.Connection) -> None:
    """Become the one writer at the beginning: a reader who turns writer midway may be refused."""
    if not db.get_execution_options().get(WRITES):
        db.exec_driver_sql("BEGIN")
    elif not _has_begun_writing(db.connection.dbapi_connection):
        db.exec_driver_sql("BEGIN IMMEDIATE")


def _has_begun_writing(connection: object) -> bool:
    """Try for as long as `patiently` does: a process that folds without a rest leaves the file alone for moments only, which
    SQLite's own waiting misses."""
    assert isinstance(connection, SQLiteConnection)
    connection.execute("PRAGMA busy_timeout = 0")
    with suppress(OperationalError):
        patiently(lambda: connection.execute("BEGIN IMMEDIATE"))
    connection.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
    return connection.in_transaction
