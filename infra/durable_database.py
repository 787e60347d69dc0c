"""A database, through SQLAlchemy, whose commits outlive a power cut and whose deletions leave no bytes behind."""

from sqlite3 import Connection as SQLiteConnection

import sqlalchemy as sa

from infra.sqlite_file import patiently

SETTINGS = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA secure_delete=ON"


def open_durably(url: str) -> sa.Engine:
    """Open it as it is. Every transaction is the one writer from its beginning; errors never show values."""
    address = sa.make_url(url)
    if address.get_backend_name() == "postgresql":
        return sa.create_engine(address.set(drivername="postgresql+psycopg"), hide_parameters=True, pool_pre_ping=True)
    engine = sa.create_engine(address, hide_parameters=True, pool_pre_ping=True)
    sa.event.listen(engine, "connect", prepare_sqlite)
    sa.event.listen(engine, "begin", lambda db: db.exec_driver_sql("BEGIN IMMEDIATE"))
    return engine


def prepare_sqlite(connection: object, _: object) -> None:
    """Make commits durable and deletions real. The engine begins the transactions, not the driver."""
    assert isinstance(connection, SQLiteConnection)
    connection.isolation_level = None
    patiently(lambda: connection.executescript(SETTINGS))  # other openers of a new file may be in the way
