"""Brings back keys from a backup, and none that was destroyed since it was made.

Keys that stand here already stay: they are the same, or sealed what came after the backup.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain

import sqlalchemy as sa
from cryptography.hazmat.primitives.keywrap import InvalidUnwrap, aes_key_unwrap

from infra.backup import KEY_TABLES
from infra.backup_files import BackupError, BackupFolder, Row
from infra.keys import DATA_KEY, DESTROYED_KEY, LEDGER_KEY, open_key_database, scrub
from projections import bulk

WRAPPED = {DATA_KEY.name: DATA_KEY.c.keys().index("wrapped"), LEDGER_KEY.name: LEDGER_KEY.c.keys().index("wrapped")}


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


def read_keys(backup: BackupFolder, master_key: bytes) -> KeysFound:
    """Read a backup of keys. Raises `BackupError` when they are not under this master key."""
    for table in (DATA_KEY, LEDGER_KEY):
        try:
            for row in _rows(backup, table):
                aes_key_unwrap(master_key, row[WRAPPED[table.name]])
        except InvalidUnwrap:
            raise BackupError("The keys are under another master key. Bring back the one of that time.") from None
    ids = frozenset(str(row[0]) for row in _rows(backup, DATA_KEY))
    destroyed = frozenset(str(row[0]) for row in _rows(backup, DESTROYED_KEY))
    return KeysFound(ids - destroyed, destroyed)


def restore_keys(url: str, backup: BackupFolder) -> KeysRestored:
    """Add to the key database what it lacks of the backup, in one transaction. Safe to repeat.

    Raises `BackupError` when the database here is another ledger's, or cannot be read.
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
            _check_same_ledger(db, backup)
            restored = _add(db, backup)
        scrub(engine)
    finally:
        engine.dispose()
    return restored


def _check_same_ledger(db: sa.Connection, backup: BackupFolder) -> None:
    here = {row.purpose: row.wrapped for row in db.execute(sa.select(LEDGER_KEY))}
    for purpose, wrapped in _rows(backup, LEDGER_KEY):
        if here.get(purpose, wrapped) != wrapped:
            raise BackupError("The key database here is another ledger's. Restore into a folder of its own.")


def _add(db: sa.Connection, backup: BackupFolder) -> KeysRestored:
    known = {table: {row[0] for row in db.execute(sa.select(table.c[_key(table)]))} for table in KEY_TABLES}
    slots = {tuple(row) for row in db.execute(sa.select(*DATA_KEY.c["person_id", "seal_class", "generation"]))}
    gone = known[DESTROYED_KEY] | {row[0] for row in _rows(backup, DESTROYED_KEY)}
    new = [row for row in _rows(backup, DATA_KEY) if row[0] not in known[DATA_KEY]]
    wanted = [row for row in new if row[0] not in gone]
    bulk.insert(db, DATA_KEY, [row for row in wanted if tuple(row[1:4]) not in slots])
    for table in (LEDGER_KEY, DESTROYED_KEY):
        bulk.insert(db, table, [row for row in _rows(backup, table) if row[0] not in known[table]])
    db.execute(DATA_KEY.delete().where(DATA_KEY.c.key_id.in_(sa.select(DESTROYED_KEY.c.key_id))))
    return KeysRestored(added=len(wanted), withheld=len(new) - len(wanted))


def _key(table: sa.Table) -> str:
    return table.primary_key.columns.keys()[0]


def _rows(backup: BackupFolder, table: sa.Table) -> Iterator[Row]:
    return chain.from_iterable(backup.pages(table.name))
