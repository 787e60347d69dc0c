"""Data keys of persons, in a database of their own: destroying one makes what it sealed unreadable for good.

Keys are stored only wrapped (AES key wrap) under the master key, which lies elsewhere: a file of mode 0400 here.
"""

import secrets
import time
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from threading import RLock
from typing import Any, TypeVar

import sqlalchemy as sa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.keywrap import InvalidUnwrap, aes_key_unwrap, aes_key_wrap
from sqlalchemy.exc import IntegrityError, InterfaceError, OperationalError, ProgrammingError

from domain.ids import PersonId
from domain.ports import SealClass
from infra.durable_database import open_durably
from infra.master_key import KEY_BYTES, KeyStoreError, MasterKeyError, load_or_create_master_key
from infra.schema import KEYS, found_version, stamp

CACHE_KEYS_MAX = 10_000  # about 30 MB: a prepared AES-256-GCM key takes 2.4 kB
CACHE_SECONDS_MAX = 60.0  # for so long another process may go on with a key that was destroyed here
ATTEMPTS_MAX = 10

T = TypeVar("T")
KeySlot = tuple[PersonId, SealClass]  # whose key, and for which class of values

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
    sa.UniqueConstraint("person_id", "seal_class", "generation"),
)
LEDGER_KEY = sa.Table(
    "ledger_key",
    METADATA,
    sa.Column("purpose", sa.Text, primary_key=True),
    sa.Column("wrapped", sa.LargeBinary, nullable=False),
)
DESTROYED_KEY = sa.Table(
    "destroyed_key",
    METADATA,
    sa.Column("key_id", sa.Text, primary_key=True),
    sa.Column("destroyed_at", sa.BigInteger, nullable=False, comment="microseconds since 1970, UTC"),
)
"""The names of keys that are gone, so that no backup brings one back."""


class KeysUnavailableError(KeyStoreError):
    """The key database does not answer."""


class ErasureIncompleteError(KeyStoreError):
    """Keys are deleted, but their bytes still lie in the database's files. Destroying them again finishes it."""


@dataclass(frozen=True, slots=True)
class DataKey:
    """One AES-256 key of one person, ready for use. `key_id` is 16 random bytes in base64url."""

    key_id: str
    person_id: PersonId
    seal_class: SealClass
    generation: int
    cipher: AESGCM = field(repr=False, compare=False)


class KeyStore:
    """Makes, finds and destroys data keys. Safe for threads, and for processes that share the database."""

    def __init__(self, url: str, master_key: bytes, *, seconds: Callable[[], float] = time.monotonic) -> None:
        """Open or create the key database. Raises `MasterKeyError` when its keys are not under `master_key`."""
        if len(master_key) != KEY_BYTES:
            raise MasterKeyError(f"A master key has {KEY_BYTES} bytes.")
        self._master_key = master_key
        self._engine = open_key_database(url)
        self._lock = RLock()
        self._cache = _KeyCache(seconds)
        self._ledger_keys: dict[str, bytes] = {}
        try:
            self._transact(lambda db: [self._unwrap(wrapped) for wrapped in _wrapped_samples(db)])
        except KeyStoreError:
            self.close()
            raise

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()

    def key_for(self, person_id: PersonId, seal_class: SealClass, at: datetime) -> DataKey:
        """Give the key that seals a value recorded at `at`; a new one is committed before it is handed out."""
        slot = person_id, seal_class
        return self._cache.get((slot, _first_generation(seal_class, at))) or self.keys_for([slot], at)[slot]

    def keys_for(self, slots: Iterable[KeySlot], at: datetime) -> Mapping[KeySlot, DataKey]:
        """Give the keys of many, at most CACHE_KEYS_MAX, in one transaction, creating those that are missing."""
        wanted = sorted(set(slots))  # one order for all, so that no two writers each wait for the other
        assert len(wanted) <= CACHE_KEYS_MAX
        with self._lock:
            keys = self._transact(lambda db: self._load_or_create(db, wanted, at))
            for slot, key in keys.items():
                self._cache.put((slot, _first_generation(key.seal_class, at)), key)
        return keys

    def find(self, key_id: str) -> DataKey | None:
        """Give the key of that name, or None when it is destroyed."""
        return self._cache.get(key_id) or self._load_named(key_id)

    def destroy(self, person_id: PersonId, seal_class: SealClass | None = None) -> int:
        """Erase a person's keys of one class, or all, for good, and say how many there were. Safe to repeat.

        Raises `ErasureIncompleteError` when a reader elsewhere still holds old pages of the database file.
        """
        classes = list(SealClass) if seal_class is None else [seal_class]
        whose = sa.and_(DATA_KEY.c.person_id == person_id, DATA_KEY.c.seal_class.in_(classes))
        with self._lock:
            destroyed = self._transact(lambda db: delete_keys(db, whose))
            self._cache.clear()
            scrub(self._engine)
        return destroyed

    def ledger_key(self, purpose: str) -> bytes:
        """Give the ledger's own secret of 32 bytes for one purpose, made when first asked for and never destroyed."""
        with self._lock:
            if purpose not in self._ledger_keys:
                self._ledger_keys[purpose] = self._transact(lambda db: self._load_or_create_secret(db, purpose))
            return self._ledger_keys[purpose]

    def _transact(self, work: Callable[[sa.Connection], T]) -> T:
        """Run `work` in a transaction, and again when another process created the same key meanwhile."""
        try:
            for _ in range(ATTEMPTS_MAX):
                with suppress(IntegrityError), self._engine.begin() as db:
                    return work(db)
        except (OperationalError, InterfaceError) as error:
            raise KeysUnavailableError("The key database does not answer.") from error
        raise KeysUnavailableError("Too many processes create the same keys at once.")

    def _load_or_create(self, db: sa.Connection, wanted: Sequence[KeySlot], at: datetime) -> dict[KeySlot, DataKey]:
        found = self._load(db, {person_id for person_id, _ in wanted}, at)
        return {slot: found.get(slot) or self._create(db, slot, at) for slot in wanted}

    def _load(self, db: sa.Connection, persons: set[PersonId], at: datetime) -> dict[KeySlot, DataKey]:
        """Read the keys in use at `at`: of positions the month's, of everything else the latest generation."""
        month = _first_generation(SealClass.POSITION, at)
        is_in_use = sa.or_(DATA_KEY.c.seal_class != SealClass.POSITION, DATA_KEY.c.generation == month)
        query = sa.select(DATA_KEY).where(DATA_KEY.c.person_id.in_(persons), is_in_use).order_by(DATA_KEY.c.generation)
        return {(key.person_id, key.seal_class): key for key in map(self._key_of, db.execute(query))}

    def _load_named(self, key_id: str) -> DataKey | None:
        query = sa.select(DATA_KEY).filter_by(key_id=key_id)
        with self._lock:
            row = self._transact(lambda db: db.execute(query).one_or_none())
            return None if row is None else self._cache.put(key_id, self._key_of(row))

    def _key_of(self, row: sa.Row[Any]) -> DataKey:
        slot = row.person_id, SealClass(row.seal_class)
        return DataKey(row.key_id, *slot, row.generation, AESGCM(self._unwrap(row.wrapped)))

    def _create(self, db: sa.Connection, slot: KeySlot, at: datetime) -> DataKey:
        secret = secrets.token_bytes(KEY_BYTES)
        key = DataKey(secrets.token_urlsafe(16), *slot, _first_generation(slot[1], at), AESGCM(secret))
        created_at = round(at.timestamp() * 1_000_000)
        row = (key.key_id, *slot, key.generation, aes_key_wrap(self._master_key, secret), created_at)
        db.execute(DATA_KEY.insert(), dict(zip(DATA_KEY.c.keys(), row, strict=True)))
        return key

    def _load_or_create_secret(self, db: sa.Connection, purpose: str) -> bytes:
        wrapped = db.scalar(sa.select(LEDGER_KEY.c.wrapped).filter_by(purpose=purpose))
        if wrapped is not None:
            return self._unwrap(wrapped)
        secret = secrets.token_bytes(KEY_BYTES)
        db.execute(LEDGER_KEY.insert(), {"purpose": purpose, "wrapped": aes_key_wrap(self._master_key, secret)})
        return secret

    def _unwrap(self, wrapped: bytes) -> bytes:
        try:
            return aes_key_unwrap(self._master_key, wrapped)
        except InvalidUnwrap:
            raise MasterKeyError("The key database was made with another master key. Bring that one back.") from None


class _KeyCache:
    """Keys in memory, by their id and by their use. Emptied whole when it is full or old: refilling it is cheap."""

    def __init__(self, seconds: Callable[[], float]) -> None:
        self._seconds = seconds
        self.clear()

    def clear(self) -> None:
        self._keys: dict[Hashable, DataKey] = {}
        self._expires_at = self._seconds() + CACHE_SECONDS_MAX

    def get(self, name: Hashable) -> DataKey | None:
        return self._keys.get(name) if self._seconds() < self._expires_at else None

    def put(self, name: Hashable, key: DataKey) -> DataKey:
        if self._seconds() >= self._expires_at or len(self._keys) >= CACHE_KEYS_MAX:
            self.clear()
        self._keys[name] = key
        return key


def _first_generation(seal_class: SealClass, at: datetime) -> int:
    """Give the generation of a new key: for positions the month (202503 is March, UTC), otherwise 1."""
    return (utc := at.astimezone(UTC)).year * 100 + utc.month if seal_class is SealClass.POSITION else 1


def open_key_store(url: str, master_key_path: Path) -> KeyStore:
    """Open the key database with the master key in that file; at the very first start, make both."""
    engine = open_key_database(url)
    with engine.begin() as db:
        holds_keys = bool(_wrapped_samples(db))
    engine.dispose()
    return KeyStore(url, load_or_create_master_key(master_key_path, may_create=not holds_keys))


def open_key_database(url: str) -> sa.Engine:
    """Open the database, and create the tables of a new one. Raises `SchemaError` where they are another release's."""
    engine = open_durably(url)
    try:
        for _ in range(2):  # another process may create the same tables at the same moment
            with suppress(IntegrityError, ProgrammingError), engine.begin() as db:
                _create_or_check(db)
    except BaseException:
        engine.dispose()
        raise
    return engine


def _create_or_check(db: sa.Connection) -> None:
    found = found_version(db, KEYS)
    if found is None:
        METADATA.create_all(db)
        stamp(db, KEYS)
    else:
        KEYS.check(found)


def _wrapped_samples(db: sa.Connection) -> list[bytes]:
    return [key for table in (DATA_KEY, LEDGER_KEY) for key in db.scalars(sa.select(table.c.wrapped).limit(1))]


def delete_keys(db: sa.Connection, which: sa.ColumnElement[bool]) -> int:
    """Delete keys, note that they are gone, and give how many there were."""
    names = sa.select(DATA_KEY.c.key_id, sa.literal(time.time_ns() // 1000)).where(which)
    db.execute(DESTROYED_KEY.insert().from_select(["key_id", "destroyed_at"], names))
    return db.execute(DATA_KEY.delete().where(which)).rowcount


def scrub(engine: sa.Engine) -> None:
    """Remove what a deleted key leaves behind in the database's files."""
    if engine.dialect.name == "sqlite":
        with closing(engine.raw_connection()) as connection:
            busy, *_ = connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        if busy:
            raise ErasureIncompleteError("Deleted, but a reader keeps the keys' bytes on disk. Destroy them again.")
    if engine.dialect.name == "postgresql":
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as db:
            db.exec_driver_sql("VACUUM data_key")
