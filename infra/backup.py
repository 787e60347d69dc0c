"""Copies the log while others write to it, after it the access log, and the keys to another place.

The log is read in one transaction, so the copy is the log of one moment. Keys are copied after it: one that sealed
something in the copy is in theirs too, unless it was destroyed meanwhile, and then it is in neither.
"""

from collections.abc import Generator
from contextlib import closing
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from uuid import uuid4

import sqlalchemy as sa
from msgspec.structs import replace

from domain.log import StoredRow
from infra.access_restore import access_form
from infra.access_tables import ACCESS_TABLES
from infra.backup_files import BackupError, BackupFolder, Manifest, Row, RowFile
from infra.follower import event_id
from infra.key_tables import DATA_KEY, DESTROYED_KEY, LEDGER_KEY
from infra.migrate import found_at
from infra.projector import Progress
from infra.read_database import open_engine, snapshot
from infra.schema import KEYS, STORE
from infra.settings import Settings
from infra.store_tables import COPIED, EVENT, LEDGER, QUARANTINE, STATEMENT
from projections.fact_columns import instant

KEY_TABLES = (DATA_KEY, LEDGER_KEY, DESTROYED_KEY)
PAGE_ROWS = 2_000
PAGE_ROWS_OF = {QUARANTINE.name: 20, STATEMENT.name: 1}
"""Where one row may be a megabyte."""


def back_up(settings: Settings, folder: Path, keys: Path | None, *, at: datetime, step: Progress) -> Manifest:
    """Copy log and access log to one folder, the keys to another, and give the manifest of the log. The master key is not
    copied.

    Raises `BackupError` when there is nothing to copy or the folders cannot be used, `SchemaError` for another release's.
    """
    _check_apart(folder, keys)
    for schema, url in ((STORE, settings.log_url), (KEYS, settings.keys_url)):
        found = found_at(url, schema)
        if found is None:
            raise BackupError(f"There is no ledger yet: {schema.what} has no tables.")
        schema.check(found)
    out = BackupFolder(folder)
    out.create()
    if keys is not None:
        BackupFolder(keys).create()
    access = access_form(settings)
    manifest = _copy_log(settings, out, at=at, step=step)
    if access:
        manifest = replace(manifest, access=access, files=manifest.files | _copy_access(settings, out))
    out.finish(manifest)
    if keys is not None:
        _copy_keys(settings, BackupFolder(keys), manifest)
    return manifest


def _check_apart(folder: Path, keys: Path | None) -> None:
    if keys is None:
        return
    log_at, keys_at = folder.resolve(), keys.resolve()
    if log_at == keys_at or log_at in keys_at.parents or keys_at in log_at.parents:
        raise BackupError(
            "Log and keys go to places apart, neither within the other: whoever gets one of them shall not have both."
        )


def _copy_log(settings: Settings, out: BackupFolder, *, at: datetime, step: Progress) -> Manifest:
    engine = open_engine(settings.log_url)
    try:
        with snapshot(engine) as db:
            ledger = db.execute(sa.select(LEDGER)).one()
            last = db.execute(sa.select(EVENT).order_by(EVENT.c.position.desc()).limit(1)).one_or_none()
            row = None if last is None else StoredRow._make(last)
            total = 0 if row is None else row.position
            files = {
                table.name: out.write(table.name, _told(_pages(db, table), table is EVENT, total, step))
                for table in COPIED
            }
    finally:
        engine.dispose()
    return Manifest(
        kind="log",
        backup_id=str(uuid4()),
        ledger_id=ledger.ledger_id,
        epoch=ledger.epoch,
        ledger_created_at=ledger.created_at,
        position=total,
        event_id="" if row is None else event_id(row),
        recorded_at=None if row is None else instant(row.recorded_at),
        created_at=at,
        release=version("visit-ledger"),
        tables=STORE.head,
        store=engine.dialect.name,
        files=files,
    )


def _copy_access(settings: Settings, out: BackupFolder) -> dict[str, RowFile]:
    engine = open_engine(settings.access_url)
    try:
        with snapshot(engine) as db:
            return {table.name: out.write(table.name, _pages(db, table)) for table in ACCESS_TABLES}
    finally:
        engine.dispose()


def _copy_keys(settings: Settings, out: BackupFolder, of: Manifest) -> None:
    engine = open_engine(settings.keys_url)
    try:
        with snapshot(engine) as db:
            files = {table.name: out.write(table.name, _pages(db, table)) for table in KEY_TABLES}
    finally:
        engine.dispose()
    out.finish(replace(of, kind="keys", access="", tables=KEYS.head, store=engine.dialect.name, files=files))


def _pages(db: sa.Connection, table: sa.Table) -> Generator[list[Row]]:
    size = PAGE_ROWS_OF.get(table.name, PAGE_ROWS)
    query = sa.select(table).order_by(*table.primary_key).execution_options(yield_per=size)
    with closing(db.execute(query)) as found:
        for page in found.partitions():
            yield list(map(tuple, page))


def _told(pages: Generator[list[Row]], counts: bool, total: int, step: Progress) -> Generator[list[Row]]:
    """Tell of the events as they go by: they are nearly all there is."""
    for page in pages:
        if counts:
            step(page[-1][0], total)
        yield page
