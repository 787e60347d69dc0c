"""Connections to the ledger's PostgreSQL that keep what they are told to keep."""

from typing import Any

import psycopg
from eventsourcing.persistence import OperationalError
from eventsourcing.postgres import PostgresDatastore
from psycopg.pq import TransactionStatus
from psycopg.sql import SQL, Identifier

from infra.ledger_work import LibraryErrors
from infra.postgres_arrays import register_arrays
from infra.recorder import LOCK_PATIENCE_S

POSTGRES_ERRORS = LibraryErrors(psycopg.Error)
IDLE_IN_TRANSACTION_S_MAX = 10
STATEMENT_S_MAX = 30

# A function's statements must each see what was committed while it waited for its lock: read committed.
SETTINGS = SQL(
    """
    SET search_path TO {schema};
    SET default_transaction_isolation TO 'read committed';
    SET lock_timeout TO {lock_ms};
    SET statement_timeout TO {statement_ms};
    SET idle_in_transaction_session_timeout TO {idle_ms};
    """
)
DURABILITY = (
    "SELECT current_setting('synchronous_commit'), current_setting('fsync'), current_setting('full_page_writes')"
)

# A server that is gone without a word (its power, the network) is noticed within some seconds.
LIVENESS = {"keepalives_idle": 5, "keepalives_interval": 2, "keepalives_count": 3, "tcp_user_timeout": 10_000}

PROGRAM = "visitledger"
"""What the server calls our connections: a restore asks whether there are any."""

LedgerConnection = psycopg.Connection[tuple[Any, ...]]


def open_connection(datastore: PostgresDatastore) -> LedgerConnection:
    """Open a connection whose commits outlive a power cut. Raises `OperationalError` where the server promises less."""
    with POSTGRES_ERRORS:
        connection = psycopg.connect(autocommit=True, client_encoding="UTF8", **address_of(datastore))
        register_arrays(connection)
        settings = SETTINGS.format(
            schema=Identifier(datastore.schema),
            lock_ms=int(LOCK_PATIENCE_S * 1000),
            statement_ms=STATEMENT_S_MAX * 1000,
            idle_ms=IDLE_IN_TRANSACTION_S_MAX * 1000,
        )
        connection.execute(settings)
        promised = connection.execute(DURABILITY).fetchone()
    if promised != ("on", "on", "on"):
        connection.close()
        raise OperationalError(
            "The ledger needs a PostgreSQL with synchronous_commit, fsync and full_page_writes on, but this one has "
            f"{promised}."
        )
    return connection


def address_of(datastore: PostgresDatastore) -> dict[str, Any]:
    """Say where and as whom to connect, with the password of this moment where one is fetched each time."""
    pool = datastore.pool
    assert isinstance(pool.kwargs, dict)
    address = {name: pool.kwargs[name] for name in ("dbname", "host", "port", "user", "password")}
    if pool.get_password_func is not None:
        address["password"] = pool.get_password_func()
    return {**address, "application_name": PROGRAM, "connect_timeout": max(round(pool.timeout), 2), **LIVENESS}


def is_idle(connection: LedgerConnection) -> bool:
    """Say whether the next caller can have this connection. A lost one has no known status."""
    return connection.pgconn.transaction_status == TransactionStatus.IDLE
