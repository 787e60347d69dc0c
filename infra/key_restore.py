"""Brings back keys from a backup, and none that was destroyed since it was made.

Keys that stand here already stay: they are the same, or sealed what came after the backup. Whether they are the same
ledger's is told by the keys alone: the log beside them may have been lost, and an empty one begun in its place.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain

import sqlalchemy as sa

from infra.backup_files import BackupError, BackupFolder, Row
from infra.keys import DATA_KEY, DESTROYED_KEY, LEDGER_KEY, open_key_database, scrub
from infra.master_key import MasterKey, MasterKeyError
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


def read_keys(backup: BackupFolder, master_key: MasterKey) -> KeysFound:
    """Read a backup of keys. Raises `BackupError` when they are not under this master key."""
    for table in (DATA_KEY, LEDGER_KEY):
        try:
            for page in backup.pages(table.name):
                master_key.unwrap([row[WRAPPED[table.name]] for row in page])
        except MasterKeyError:
            raise BackupError("The keys are under another master key. Bring back the one of that time.") from None
    ids = frozenset(str(row[0]) for row in _rows(backup, DATA_KEY))
    destroyed = frozenset(str(row[0]) for row in _rows(backup, DESTROYED_KEY))
    return KeysFound(ids - destroyed, destroyed)


def restore_keys(url: str, backup: BackupFolder) -> KeysRestored:
    """Add to the key database what it lacks of the backup, in one transaction. Safe to repeat.

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
            if not _is_same_ledger(db, backup):
                _make_room(db)
            restored = _add(db, backup)
        scrub(engine)
    finally:
        engine.dispose()
    return restored


def _is_same_ledger(db: sa.Connection, backup: BackupFolder) -> bool:
    here = {row.purpose: row.wrapped for row in db.execute(sa.select(LEDGER_KEY))}
    return all(here.get(purpose, wrapped) == wrapped for purpose, wrapped in _rows(backup, LEDGER_KEY))


def _make_room(db: sa.Connection) -> None:
    """Take away the ledger keys of a server that was started here before, where no person ever had a key."""
    if _ids(db, DATA_KEY) or _ids(db, DESTROYED_KEY):
        raise BackupError("The key database here is another ledger's. Restore into a folder of its own.")
    db.execute(LEDGER_KEY.delete())


def _add(db: sa.Connection, backup: BackupFolder) -> KeysRestored:
    """What is destroyed goes first: another key of the same person may have followed it."""
    for table in (LEDGER_KEY, DESTROYED_KEY):
        known = _ids(db, table)
        bulk.insert(db, table, [row for row in _rows(backup, table) if row[0] not in known])
    gone, here = _ids(db, DESTROYED_KEY), _ids(db, DATA_KEY)
    db.execute(DATA_KEY.delete().where(DATA_KEY.c.key_id.in_(sa.select(DESTROYED_KEY.c.key_id))))
    new = [row for row in _rows(backup, DATA_KEY) if row[0] not in here]
    wanted = [row for row in new if row[0] not in gone]
    taken = {tuple(row) for row in db.execute(sa.select(*DATA_KEY.c["person_id", "seal_class", "generation"]))}
    if not taken.isdisjoint(tuple(row[1:4]) for row in wanted):
        raise BackupError("The key database here has other keys of the same persons. Restore into a folder of its own.")
    bulk.insert(db, DATA_KEY, wanted)
    return KeysRestored(added=len(wanted), withheld=len(new) - len(wanted))


def _ids(db: sa.Connection, table: sa.Table) -> set[str]:
    return set(db.scalars(sa.select(*table.primary_key)))


def _rows(backup: BackupFolder, table: sa.Table) -> Iterator[Row]:
    return chain.from_iterable(backup.pages(table.name))
