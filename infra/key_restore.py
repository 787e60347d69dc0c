"""Brings back keys from a backup, and none that was destroyed since it was made.

Keys that stand here already stay: they are the same, or sealed what came after the backup. Whether they are the same
ledger's is told by the keys alone: the log beside them may have been lost, and an empty one begun in its place. Keys are told
apart by what is wrapped: since the backup another master key may have followed the one of its time.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import chain

import sqlalchemy as sa

from infra.backup_files import BackupError, BackupFolder, Row
from infra.key_tables import (
    DATA_KEY,
    DESTROYED_KEY,
    LEDGER_KEY,
    MASTER_KEY,
    WRAPPED,
    forget_numbers,
    open_key_database,
    scrub,
)
from infra.master_key import MasterKey, MasterKeyError
from infra.master_keys import MasterKeys, Wrapped
from projections import bulk

Opened = tuple[Row, bytes]
"""A row of a table of keys, and the key that it holds wrapped."""


@dataclass(frozen=True)
class KeysFound:
    """What a backup of keys holds. `open` are the ids of keys, `destroyed` those that it knows to be gone."""

    open: frozenset[str]
    destroyed: frozenset[str]


@dataclass(frozen=True)
class KeysRestored:
    """What became of them. `withheld` were destroyed after the backup was made, and stay destroyed."""

    added: int
    withheld: int


def read_keys(backup: BackupFolder, master_keys: Sequence[MasterKey]) -> KeysFound:
    """Read a backup of keys. Raises `BackupError` when none of these master keys opens them."""
    for table in WRAPPED:
        for _ in _opened(table, backup.pages(table.name), master_keys):
            pass
    ids = frozenset(str(row[0]) for row in _rows(backup, DATA_KEY))
    destroyed = frozenset(str(row[0]) for row in _rows(backup, DESTROYED_KEY))
    return KeysFound(ids - destroyed, destroyed)


def restore_keys(url: str, backup: BackupFolder, master_keys: Sequence[MasterKey]) -> KeysRestored:
    """Add to the key database what it lacks of the backup, under the master key in use here, in one transaction. Safe to
    repeat.

    Raises `BackupError` when the database here is another ledger's, has other keys in the place of those in the backup, or
    cannot be read.
    """
    try:
        engine = open_key_database(url)
    except sa.exc.DatabaseError:
        raise BackupError(
            "The key database here cannot be read. Move it away and restore again; what was erased after the backup "
            "has then to be erased again."
        ) from None
    try:
        with engine.begin() as db:
            if not _is_same_ledger(db, backup, master_keys):
                _make_room(db)
            restored = _add(db, backup, master_keys)
        scrub(engine)
    finally:
        engine.dispose()
    return restored


def _is_same_ledger(db: sa.Connection, backup: BackupFolder, master_keys: Sequence[MasterKey]) -> bool:
    rows = db.execute(sa.select(LEDGER_KEY)).all()
    here = MasterKeys(*master_keys)
    try:
        here.learn(db)
        opened = here.unwrap([Wrapped(row.wrapped, row.master_generation) for row in rows])
    except MasterKeyError:
        if _holds_persons(db):
            raise
        return False
    secrets = dict(zip((row.purpose for row in rows), opened, strict=True))
    there = _opened(LEDGER_KEY, backup.pages(LEDGER_KEY.name), master_keys)
    return all(secrets.get(row[0], secret) == secret for row, secret in there)


def _make_room(db: sa.Connection) -> None:
    """Take away the ledger keys of a server that was started here before, where no person ever had a key."""
    if _holds_persons(db):
        raise BackupError("The key database here is another ledger's. Restore into a folder of its own.")
    db.execute(LEDGER_KEY.delete())
    db.execute(MASTER_KEY.delete())


def _holds_persons(db: sa.Connection) -> bool:
    return bool(_ids(db, DATA_KEY) or _ids(db, DESTROYED_KEY))


def _add(db: sa.Connection, backup: BackupFolder, master_keys: Sequence[MasterKey]) -> KeysRestored:
    """What is destroyed goes first: another key of the same person may have followed it."""
    known = _ids(db, DESTROYED_KEY)
    bulk.insert(db, DESTROYED_KEY, [row for row in _rows(backup, DESTROYED_KEY) if row[0] not in known])
    known = _ids(db, LEDGER_KEY)
    _insert(db, LEDGER_KEY, [row for row in _rows(backup, LEDGER_KEY) if row[0] not in known], master_keys)
    gone, here = _ids(db, DESTROYED_KEY), _ids(db, DATA_KEY)
    db.execute(DATA_KEY.delete().where(DATA_KEY.c.key_id.in_(sa.select(DESTROYED_KEY.c.key_id))))
    forget_numbers(db)
    new = [row for row in _rows(backup, DATA_KEY) if row[0] not in here]
    wanted = [row for row in new if row[0] not in gone]
    taken = {tuple(row) for row in db.execute(sa.select(*DATA_KEY.c["person_id", "seal_class", "generation"]))}
    if not taken.isdisjoint(tuple(row[1:4]) for row in wanted):
        raise BackupError("The key database here has other keys of the same persons. Restore into a folder of its own.")
    _insert(db, DATA_KEY, wanted, master_keys)
    return KeysRestored(added=len(wanted), withheld=len(new) - len(wanted))


def _insert(db: sa.Connection, table: sa.Table, rows: list[Row], master_keys: Sequence[MasterKey]) -> None:
    """Insert keys under the master key that is in use here."""
    here = MasterKeys(*master_keys)
    opened = list(_opened(table, [rows], master_keys))
    wrapped = here.wrap(here.learn(db), [secret for _, secret in opened])
    names = table.c.keys()
    bulk.insert(
        db,
        table,
        [
            tuple((dict(zip(names, row, strict=True)) | each._asdict()).values())
            for (row, _), each in zip(opened, wrapped, strict=True)
        ],
    )


def _opened(table: sa.Table, pages: Iterable[list[Row]], master_keys: Sequence[MasterKey]) -> Iterator[Opened]:
    """Open the keys of a backup, page by page: those of one generation are under one of the master keys at hand."""
    wrapped, generation = (table.c.keys().index(name) for name in Wrapped._fields)
    for page in pages:
        for each in sorted({row[generation] for row in page}):
            rows = [row for row in page if row[generation] == each]
            yield from zip(rows, _unwrapped([row[wrapped] for row in rows], master_keys), strict=True)


def _unwrapped(wrapped: list[bytes], master_keys: Sequence[MasterKey]) -> list[bytes]:
    for master_key in master_keys:
        with suppress(MasterKeyError):
            return master_key.unwrap(wrapped)
    raise BackupError("The keys are under another master key. Bring back the one of that time.")


def _ids(db: sa.Connection, table: sa.Table) -> set[str]:
    return set(db.scalars(sa.select(*table.primary_key)))


def _rows(backup: BackupFolder, table: sa.Table) -> Iterator[Row]:
    return chain.from_iterable(backup.pages(table.name))
