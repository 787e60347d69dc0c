"""Data keys of persons, in a database of their own: destroying one makes what it sealed unreadable for good.

Keys are stored only wrapped, under the master key, which lies elsewhere (`infra/master_key_place.py`). It is asked once for all
keys that are wanted together, and a key that was opened is remembered for a minute.
"""

import secrets
import time
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from threading import RLock
from typing import Any, TypeVar

import sqlalchemy as sa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy.exc import IntegrityError, InterfaceError, OperationalError, ProgrammingError

from domain.ids import PersonId
from domain.ports import SealClass
from infra.durable_database import open_durably
from infra.master_key import KEY_BYTES, KeyStoreError, KeysUnavailableError, MasterKey
from infra.master_key_place import master_key_at
from infra.schema import KEYS, found_version, stamp

CACHE_KEYS_MAX = 10_000  # about 30 MB: a prepared AES-256-GCM key takes 2.4 kB
CACHE_SECONDS_MAX = 60.0  # for so long another process may go on with a key that was destroyed here
ATTEMPTS_MAX = 10
BESIDE_MAX = 50
"""Of a person's keys that come along with the one that is asked for: a worker has one for each month of positions."""

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

    def __init__(self, url: str, master_key: MasterKey, *, seconds: Callable[[], float] = time.monotonic) -> None:
        """Open or create the key database. Raises `MasterKeyError` when its keys are not under `master_key`."""
        self._master_key = master_key
        self._engine = open_key_database(url)
        self._lock = RLock()
        self._seconds = seconds
        self._cache = _KeyCache(seconds)
        self._asked_again_at = seconds()
        self._ledger_keys: dict[str, bytes] = {}
        try:
            self.check()
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

    def check(self) -> None:
        """Ask whether the keys can be used: the database each time, the master key at most once a minute while it answers.

        Raises `KeyStoreError`.
        """
        samples = self._transact(_wrapped_samples)
        if self._seconds() >= self._asked_again_at:
            self._master_key.unwrap(samples)
            self._asked_again_at = self._seconds() + CACHE_SECONDS_MAX

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
        missing = [slot for slot in wanted if slot not in found]
        made = self._create(db, missing, at) if missing else {}
        return {slot: found.get(slot) or made[slot] for slot in wanted}

    def _load(self, db: sa.Connection, persons: set[PersonId], at: datetime) -> dict[KeySlot, DataKey]:
        """Read the keys in use at `at`: of positions the month's, of everything else the latest generation."""
        month = _first_generation(SealClass.POSITION, at)
        is_in_use = sa.or_(DATA_KEY.c.seal_class != SealClass.POSITION, DATA_KEY.c.generation == month)
        query = sa.select(DATA_KEY).where(DATA_KEY.c.person_id.in_(persons), is_in_use).order_by(DATA_KEY.c.generation)
        rows = {(row.person_id, SealClass(row.seal_class)): row for row in db.execute(query)}
        return dict(zip(rows, self._keys_of(list(rows.values())), strict=True))

    def _load_named(self, key_id: str) -> DataKey | None:
        """Load the key, and beside it the person's others: whoever reads one value of a person mostly reads more."""
        whose = sa.select(DATA_KEY.c.person_id).filter_by(key_id=key_id).scalar_subquery()
        query = sa.select(DATA_KEY).filter_by(person_id=whose).order_by(DATA_KEY.c.created_at.desc()).limit(BESIDE_MAX)
        named = sa.select(DATA_KEY).filter_by(key_id=key_id)
        with self._lock:
            rows = self._transact(lambda db: {row.key_id: row for row in (*db.execute(query), *db.execute(named))})
            keys = {key.key_id: self._cache.put(key.key_id, key) for key in self._keys_of(list(rows.values()))}
            return keys.get(key_id)

    def _keys_of(self, rows: Sequence[sa.Row[Any]]) -> list[DataKey]:
        secrets_of = self._master_key.unwrap([row.wrapped for row in rows])
        return [
            DataKey(row.key_id, row.person_id, SealClass(row.seal_class), row.generation, AESGCM(secret))
            for row, secret in zip(rows, secrets_of, strict=True)
        ]

    def _create(self, db: sa.Connection, slots: Sequence[KeySlot], at: datetime) -> dict[KeySlot, DataKey]:
        new = [secrets.token_bytes(KEY_BYTES) for _ in slots]
        created_at = round(at.timestamp() * 1_000_000)
        keys: dict[KeySlot, DataKey] = {}
        for slot, secret, wrapped in zip(slots, new, self._master_key.wrap(new), strict=True):
            key = DataKey(secrets.token_urlsafe(16), *slot, _first_generation(slot[1], at), AESGCM(secret))
            row = (key.key_id, *slot, key.generation, wrapped, created_at)
            db.execute(DATA_KEY.insert(), dict(zip(DATA_KEY.c.keys(), row, strict=True)))
            keys[slot] = key
        return keys

    def _load_or_create_secret(self, db: sa.Connection, purpose: str) -> bytes:
        wrapped = db.scalar(sa.select(LEDGER_KEY.c.wrapped).filter_by(purpose=purpose))
        if wrapped is not None:
            [known] = self._master_key.unwrap([wrapped])
            return known
        secret = secrets.token_bytes(KEY_BYTES)
        db.execute(LEDGER_KEY.insert(), {"purpose": purpose, "wrapped": self._master_key.wrap([secret])[0]})
        return secret


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


def open_key_store(url: str, place: str) -> KeyStore:
    """Open the key database with the master key at that place; at the very first start, make both where it is a file."""
    engine = open_key_database(url)
    with engine.begin() as db:
        holds_keys = bool(_wrapped_samples(db))
    engine.dispose()
    return KeyStore(url, master_key_at(place, may_create=not holds_keys))


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
