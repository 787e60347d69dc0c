"""Data keys of persons, in a database of their own: destroying one makes what it sealed unreadable for good.

Keys are stored only wrapped, under the master key, which lies elsewhere (`infra/master_key_place.py`). It is asked once for all
keys that are wanted together, and a key that was opened is remembered for half a minute.
"""

import secrets
import time
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence, Set
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from threading import RLock
from typing import Any, TypeVar

import sqlalchemy as sa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy.exc import IntegrityError, InterfaceError, OperationalError

from domain.ids import PersonId
from domain.ports import SealClass
from infra.key_tables import (
    CLIENT_NUMBER,
    DATA_KEY,
    LEDGER_KEY,
    delete_keys,
    keep_numbers,
    open_key_database,
    scrub,
    wrapped_samples,
)
from infra.master_key import KEY_BYTES, KeyStoreError, KeysUnavailableError, MasterKey
from infra.master_key_place import master_key_at
from infra.master_keys import MasterKeys, Wrapped

CACHE_KEYS_MAX = 10_000  # about 30 MB: a prepared AES-256-GCM key takes 2.4 kB
CACHE_SECONDS_MAX = 30.0  # for so long another process may go on with a key; a home that it opened lasts as long again
ATTEMPTS_MAX = 10
BESIDE_MAX = 50
"""Of a person's keys that come along with the one that is asked for: a worker has one for each month of positions."""

ROTATED_CLASSES = frozenset({SealClass.IDENTITY, SealClass.SENSITIVE})
"""Those whose keys go on until another generation follows. Positions have a key each month by themselves."""

_IN_USE = (
    sa.select(DATA_KEY)
    .where(DATA_KEY.c.person_id.in_(sa.bindparam("persons", expanding=True)))
    .where(sa.or_(DATA_KEY.c.seal_class != SealClass.POSITION, DATA_KEY.c.generation == sa.bindparam("month")))
    .order_by(DATA_KEY.c.generation)
)
_BESIDE = DATA_KEY.alias("beside")
_WITH_THOSE_BESIDE = (
    sa.select(DATA_KEY)
    .where(
        DATA_KEY.c.person_id == sa.select(_BESIDE.c.person_id).filter_by(key_id=sa.bindparam("name")).scalar_subquery()
    )
    .order_by(DATA_KEY.c.key_id != sa.bindparam("name"), DATA_KEY.c.created_at.desc())
    .limit(BESIDE_MAX + 1)
)
"""The key of a name, and the person's others: whoever opens one value of a person mostly opens more."""

T = TypeVar("T")
KeySlot = tuple[PersonId, SealClass]  # whose key, and for which class of values


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

    def __init__(self, url: str, *master_keys: MasterKey, seconds: Callable[[], float] = time.monotonic) -> None:
        """Open or create the key database. Raises `MasterKeyError` when its keys are not under these master keys."""
        self._master_keys = MasterKeys(*master_keys)
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
        with self._lock:
            self._transact(lambda db: (self._master_keys.learn(db), wrapped_samples(db)))
            if self._seconds() < self._asked_again_at:
                return
            self._master_keys.check()
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

    def rotate(self, person_id: PersonId, seal_class: SealClass | None, at: datetime) -> int:
        """Let the next generation follow a person's keys of one class, or all but positions, and say how many there are."""
        classes = ROTATED_CLASSES if seal_class is None else {seal_class} & ROTATED_CLASSES
        with self._lock:
            made = self._transact(lambda db: self._follow(db, person_id, classes, at))
            self._cache.clear()
        return made

    def ledger_key(self, purpose: str) -> bytes:
        """Give the ledger's own secret of 32 bytes for one purpose, made when first asked for and never destroyed."""
        with self._lock:
            if purpose not in self._ledger_keys:
                self._ledger_keys[purpose] = self._transact(lambda db: self._load_or_create_secret(db, purpose))
            return self._ledger_keys[purpose]

    def keep_numbers(self, numbers: Sequence[tuple[PersonId, bytes]]) -> None:
        """Let persons be found by the digests of their numbers, until their keys of identity are destroyed."""
        with self._lock:
            self._transact(lambda db: keep_numbers(db, numbers))

    def persons_of(self, digest: bytes) -> list[PersonId]:
        """The persons who were ever kept under that digest, in order of their ids."""
        query = sa.select(CLIENT_NUMBER.c.person_id).where(CLIENT_NUMBER.c.digest == digest)
        with self._lock:
            return self._transact(lambda db: [PersonId(each) for each in db.scalars(query.order_by("person_id"))])

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
        missing = {slot: _first_generation(slot[1], at) for slot in wanted if slot not in found}
        made = self._create(db, missing, at) if missing else {}
        return {slot: found.get(slot) or made[slot] for slot in wanted}

    def _load(self, db: sa.Connection, persons: set[PersonId], at: datetime) -> dict[KeySlot, DataKey]:
        """Read the keys in use at `at`: of positions the month's, of everything else the latest generation."""
        month = _first_generation(SealClass.POSITION, at)
        found = self._read(db, _IN_USE, persons=list(persons), month=month)
        rows = {(row.person_id, SealClass(row.seal_class)): row for row in found}
        return dict(zip(rows, self._keys_of(list(rows.values())), strict=True))

    def _load_named(self, key_id: str) -> DataKey | None:
        with self._lock:
            rows = self._transact(lambda db: self._read(db, _WITH_THOSE_BESIDE, name=key_id))
            keys = {key.key_id: self._cache.put(key.key_id, key) for key in self._keys_of(rows)}
            return keys.get(key_id)

    def _read(self, db: sa.Connection, query: sa.Select[Any], **values: object) -> Sequence[sa.Row[Any]]:
        """Read keys, and which master keys they are under."""
        rows = db.execute(query, values).all()
        self._master_keys.know(db, {row.master_generation for row in rows})
        return rows

    def _keys_of(self, rows: Sequence[sa.Row[Any]]) -> list[DataKey]:
        opened = self._master_keys.unwrap([Wrapped(row.wrapped, row.master_generation) for row in rows])
        return [
            DataKey(row.key_id, row.person_id, SealClass(row.seal_class), row.generation, AESGCM(secret))
            for row, secret in zip(rows, opened, strict=True)
        ]

    def _follow(self, db: sa.Connection, person_id: PersonId, classes: Set[SealClass], at: datetime) -> int:
        latest = (
            sa.select(DATA_KEY.c.seal_class, sa.func.max(DATA_KEY.c.generation))
            .where(DATA_KEY.c.person_id == person_id, DATA_KEY.c.seal_class.in_(classes))
            .group_by(DATA_KEY.c.seal_class)
        )
        generations = {(person_id, SealClass(name)): generation + 1 for name, generation in db.execute(latest)}
        return len(self._create(db, generations, at)) if generations else 0

    def _create(self, db: sa.Connection, wanted: Mapping[KeySlot, int], at: datetime) -> dict[KeySlot, DataKey]:
        """Make keys, each of the generation wanted of it."""
        new = [secrets.token_bytes(KEY_BYTES) for _ in wanted]
        created_at = round(at.timestamp() * 1_000_000)
        keys: dict[KeySlot, DataKey] = {}
        for (slot, generation), secret, wrapped in zip(wanted.items(), new, self._wrap(db, new), strict=True):
            key = DataKey(secrets.token_urlsafe(16), *slot, generation, AESGCM(secret))
            row = (key.key_id, *slot, key.generation, wrapped.wrapped, created_at, wrapped.master_generation)
            db.execute(DATA_KEY.insert(), dict(zip(DATA_KEY.c.keys(), row, strict=True)))
            keys[slot] = key
        return keys

    def _load_or_create_secret(self, db: sa.Connection, purpose: str) -> bytes:
        self._master_keys.learn(db)
        row = db.execute(sa.select(LEDGER_KEY).filter_by(purpose=purpose)).one_or_none()
        if row is not None:
            [known] = self._master_keys.unwrap([Wrapped(row.wrapped, row.master_generation)])
            return known
        secret = secrets.token_bytes(KEY_BYTES)
        [wrapped] = self._wrap(db, [secret])
        db.execute(LEDGER_KEY.insert(), {"purpose": purpose, **wrapped._asdict()})
        return secret

    def _wrap(self, db: sa.Connection, new: Sequence[bytes]) -> list[Wrapped]:
        return self._master_keys.wrap(self._master_keys.learn(db), new)


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


def open_key_store(url: str, place: str, *others: str) -> KeyStore:
    """Open the key database with the master keys at those places; at the very first start, make the database, and the first
    of the master keys where it is a file."""
    engine = open_key_database(url)
    with engine.begin() as db:
        holds_keys = bool(wrapped_samples(db))
    engine.dispose()
    first = master_key_at(place, may_create=not holds_keys)
    return KeyStore(url, first, *(master_key_at(other) for other in others))
