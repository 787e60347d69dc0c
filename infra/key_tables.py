"""The key database's tables, and what happens to a key in them for good."""

import time
from collections.abc import Iterable
from contextlib import closing

import sqlalchemy as sa

from domain.ports import SealClass
from infra.kept_database import open_kept
from infra.master_key import KeyStoreError
from infra.schema import KEYS

METADATA = sa.MetaData()
DATA_KEY = sa.Table(
    "data_key",
    METADATA,
    sa.Column("key_id", sa.Text, primary_key=True),
    sa.Column("person_id", sa.Text, nullable=False),
    sa.Column("seal_class", sa.Text, nullable=False),
    sa.Column("generation", sa.Integer, nullable=False),
    sa.Column("wrapped", sa.LargeBinary, nullable=False),
    sa.Column("created_at", sa.BigInteger, nullable=False, comment="microseconds since 1970, UTC"),
    sa.Column("master_generation", sa.Integer, nullable=False, server_default="1"),
    sa.UniqueConstraint("person_id", "seal_class", "generation"),
)
LEDGER_KEY = sa.Table(
    "ledger_key",
    METADATA,
    sa.Column("purpose", sa.Text, primary_key=True),
    sa.Column("wrapped", sa.LargeBinary, nullable=False),
    sa.Column("master_generation", sa.Integer, nullable=False, server_default="1"),
)
DESTROYED_KEY = sa.Table(
    "destroyed_key",
    METADATA,
    sa.Column("key_id", sa.Text, primary_key=True),
    sa.Column("destroyed_at", sa.BigInteger, nullable=False, comment="microseconds since 1970, UTC"),
)
"""The names of keys that are gone, so that no backup brings one back."""
CLIENT_NUMBER = sa.Table(
    "client_number",
    METADATA,
    sa.Column("digest", sa.LargeBinary, primary_key=True, comment="HMAC-SHA-256 of a personnummer's twelve digits"),
    sa.Column("person_id", sa.Text, primary_key=True),
)
"""By which numbers a client can be found. It stands beside the keys so that it goes with them, and in no backup."""
MASTER_KEY = sa.Table(
    "master_key",
    METADATA,
    sa.Column("generation", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("proof", sa.LargeBinary, nullable=False, comment="32 random bytes, wrapped"),
    sa.Column("digest", sa.LargeBinary, nullable=False, comment="SHA-256 of those bytes"),
)
"""Nothing of a master key itself: by the proof it is told which one at hand is of which generation."""
WRAPPED = (DATA_KEY, LEDGER_KEY)
_IDENTITY_KEYS = sa.select(DATA_KEY.c.person_id).where(DATA_KEY.c.seal_class == SealClass.IDENTITY)


class ErasureIncompleteError(KeyStoreError):
    """Keys are deleted, but their bytes still lie in the database's files. Destroying them again finishes it."""


def open_key_database(url: str) -> sa.Engine:
    """Open the database, and create the tables of a new one. Raises `SchemaError` where they are another release's."""
    return open_kept(url, KEYS, METADATA)


def wrapped_samples(db: sa.Connection) -> list[bytes]:
    """A wrapped key of each table that has any."""
    return [key for table in WRAPPED for key in db.scalars(sa.select(table.c.wrapped).limit(1))]


def delete_keys(db: sa.Connection, which: sa.ColumnElement[bool]) -> int:
    """Delete keys, with the numbers that they leave nobody's; note that they are gone, and give how many there were."""
    names = sa.select(DATA_KEY.c.key_id, sa.literal(time.time_ns() // 1000)).where(which)
    db.execute(DESTROYED_KEY.insert().from_select(["key_id", "destroyed_at"], names))
    deleted = db.execute(DATA_KEY.delete().where(which)).rowcount
    forget_numbers(db)
    return deleted


def keep_numbers(db: sa.Connection, numbers: Iterable[tuple[str, bytes]]) -> None:
    """Note by which digests persons may be found; not of one who has no key that could have sealed the number."""
    for person_id, digest in numbers:
        row = {"digest": digest, "person_id": person_id}
        known = db.execute(sa.select(CLIENT_NUMBER).filter_by(**row)).first()
        has_key = db.execute(_IDENTITY_KEYS.where(DATA_KEY.c.person_id == person_id)).first()
        if known is None and has_key is not None:
            db.execute(CLIENT_NUMBER.insert(), row)


def forget_numbers(db: sa.Connection) -> None:
    """Forget the numbers of everybody whose identity no key opens."""
    db.execute(CLIENT_NUMBER.delete().where(CLIENT_NUMBER.c.person_id.not_in(_IDENTITY_KEYS)))


def scrub(engine: sa.Engine) -> None:
    """Remove what a deleted key leaves behind in the database's files."""
    if engine.dialect.name == "sqlite":
        with closing(engine.raw_connection()) as connection:
            busy, *_ = connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        if busy:
            raise ErasureIncompleteError("Deleted, but a reader keeps the keys' bytes on disk. Destroy them again.")
    if engine.dialect.name == "postgresql":
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as db:
            db.exec_driver_sql("VACUUM data_key, client_number")
