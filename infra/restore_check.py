"""Lays a backup out beside everything else and proves it whole, before anything is changed for it."""

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from domain.log import StoredRow
from infra.access_restore import access_faults
from infra.backup_files import BackupError, BackupFolder, Manifest
from infra.codec import EventCodec
from infra.event_store import open_log
from infra.follower import event_id
from infra.key_restore import KeysFound, read_keys
from infra.log_check import LogCheck, check_log
from infra.master_key import MasterKey
from infra.projector import Progress
from infra.read_database import open_engine
from infra.schema import KEYS, STORE
from infra.settings import Settings
from infra.sqlite_file import TABLES
from infra.store_tables import ALL, COPIED, LEDGER
from projections import bulk

ROWS_PER_PAGE = 2_000
UNSAFE_AND_QUICK = "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF"
"""For a file that is thrown away unless it turns out whole, and is then brought to the disk as one."""


@dataclass(frozen=True)
class Examined:
    """A backup that was read from end to end. `faults` says in words what is wrong with it; usable where there are none."""

    manifest: Manifest
    keys: KeysFound
    check: LogCheck
    faults: list[str]
    staged: Settings
    """The log as a store of its own."""
    master_keys: tuple[MasterKey, ...]
    """Those at hand: one of them opens the keys."""


def examine(
    log: BackupFolder,
    keys: BackupFolder,
    folder: Path,
    codec: EventCodec,
    master_keys: Sequence[MasterKey],
    step: Progress,
) -> Examined:
    """Lay the log out in an empty folder and check everything. Raises `BackupError` where there is nothing to check."""
    manifest, of_keys = log.manifest("log"), keys.manifest("keys")
    _check_pair(manifest, of_keys)
    faults = log.faults(manifest) + keys.faults(of_keys)
    if faults:
        raise BackupError(" ".join(faults))
    found = read_keys(keys, master_keys)
    staged = Settings(data_dir=folder)
    stage(log, manifest, staged.log_path)
    with closing(open_log(staged)) as recorder, _scratch(folder) as scratch:
        check = check_log(recorder, codec, scratch, step, keys=found.open)
        last = recorder.read(manifest.position - 1, 1) if manifest.position else []
        faults = [
            *_against(manifest, check, last),
            *access_faults(log, manifest),
            *(f"{each.table} {each.key[0]}: {each.kind}" for each in check.found),
        ]
    return Examined(manifest, found, check, faults, staged, tuple(master_keys))


def stage(log: BackupFolder, manifest: Manifest, path: Path) -> None:
    """Write the backup's log into a new SQLite file."""
    engine = sa.create_engine(f"sqlite:///{path}", hide_parameters=True, poolclass=sa.NullPool)
    sa.event.listen(engine, "connect", lambda connection, _: connection.executescript(UNSAFE_AND_QUICK))
    with engine.begin() as db:
        for statement in (*TABLES, *STORE.stamp):
            db.exec_driver_sql(statement)
        for table in COPIED:
            for page in log.pages(table.name):
                bulk.insert(db, table, page)
        bulk.insert(db, LEDGER, [(manifest.ledger_id, manifest.epoch, manifest.ledger_created_at)])


def copy_into(db: sa.Connection, staged: sa.Connection) -> None:
    """Write a staged log into the empty tables of another store."""
    for table in ALL:
        query = sa.select(table).order_by(*table.primary_key)
        for page in staged.execute(query.execution_options(yield_per=ROWS_PER_PAGE)).partitions():
            bulk.insert(db, table, [tuple(row) for row in page])


def _check_pair(log: Manifest, keys: Manifest) -> None:
    if (log.tables, keys.tables) != (STORE.head, KEYS.head):
        raise BackupError(
            f"The backup is of release {log.release}, with tables {log.tables} and {keys.tables}. Restore it with that "
            "release, then run: visitledger migrate"
        )
    if log.ledger_id != keys.ledger_id:
        raise BackupError("The keys are of another ledger than the log.")
    if keys.created_at < log.created_at:
        raise BackupError(
            "The keys were copied before the log: what was sealed between would look erased. Use later ones."
        )


def _against(manifest: Manifest, check: LogCheck, last: list[StoredRow]) -> Iterator[str]:
    if check.events != manifest.files["event"].rows or (last and event_id(last[0]) != manifest.event_id):
        yield "The log is not the one that the manifest describes."


@contextmanager
def _scratch(folder: Path) -> Iterator[sa.Engine]:
    engine = open_engine(f"sqlite:///{folder / 'scratch.db'}")
    try:
        yield engine
    finally:
        engine.dispose()
