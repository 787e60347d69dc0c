"""The place where the log stands, on either store, when another log is put there."""

import os
import sqlite3
from contextlib import closing, suppress
from pathlib import Path
from typing import Protocol

import sqlalchemy as sa

from domain.log import Restoration
from infra.backup_files import BackupError
from infra.durable_database import open_durably
from infra.postgres_schema import APPEND, LOCK_OF_CREATION
from infra.postgres_schema import TABLES as POSTGRES_TABLES
from infra.read_database import open_engine
from infra.restore_check import Examined, copy_into
from infra.schema import STORE, found_version
from infra.settings import Settings
from infra.store_tables import ALL, LEDGER, RESTORATION
from projections.fact_columns import instant

IN_USE = "The ledger is in use. Stop every server and worker first."
OTHERS = """SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'visitledger'
    AND pid <> pg_backend_pid()"""
LOCK_PATIENCE = "SET LOCAL lock_timeout = '5s'"


class LogSite(Protocol):
    """Where the log stands."""

    def check_unused(self) -> None:
        """Raise `BackupError` when a program has the log open."""
        ...

    def put(self, found: Examined, restoration: Restoration, *, keep: bool) -> str:
        """Put the examined log there at once, and give the name under which the one that stood there is kept."""
        ...


def site_of_log(settings: Settings) -> LogSite:
    """The place that the settings name."""
    return _InDatabase(settings.log_url) if settings.on_postgresql else _InFile(settings.log_path)


class _InFile:
    """A file: the new one is finished beside it, and takes its name."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def check_unused(self) -> None:
        if not self._path.exists():
            return
        # Leaving write-ahead logging needs the file alone, and brings everything into the one file.
        with closing(sqlite3.connect(self._path, timeout=0.5)) as file, suppress(sqlite3.DatabaseError):
            try:
                file.execute("PRAGMA journal_mode = DELETE")
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
                    raise BackupError(IN_USE) from None

    def put(self, found: Examined, restoration: Restoration, *, keep: bool) -> str:
        staged = found.staged.log_path
        _begin_epoch(f"sqlite:///{staged}", restoration)
        with closing(sqlite3.connect(staged)) as file:
            file.execute("PRAGMA journal_mode = DELETE")
        _sync(staged)
        self.check_unused()
        aside = self._path.with_name(f"{self._path.stem}-{_stamp(restoration)}{self._path.suffix}")
        if keep:  # under another name as well, so that there is never no log: a start would make a new one
            os.link(self._path, aside)
        left = self._move_leftovers(aside)
        os.replace(staged, self._path)
        _sync(self._path.parent)
        return str(aside) if keep else left

    def _move_leftovers(self, aside: Path) -> str:
        """Keep the last commits of a file that was lost before they were brought into it, and have the new one not take
        them for its own."""
        self._path.with_name(self._path.name + "-shm").unlink(missing_ok=True)
        with suppress(FileNotFoundError):
            return str(self._path.with_name(self._path.name + "-wal").rename(f"{aside}-wal"))
        return ""


class _InDatabase:
    """Tables in PostgreSQL: the old ones move to a schema of their own in the transaction that fills the new ones."""

    def __init__(self, url: str) -> None:
        self._url = url

    def check_unused(self) -> None:
        engine = open_durably(self._url)
        try:
            with engine.connect() as db:
                if db.exec_driver_sql(OTHERS).scalar():
                    raise BackupError(IN_USE)
        finally:
            engine.dispose()

    def put(self, found: Examined, restoration: Restoration, *, keep: bool) -> str:
        self.check_unused()
        engine, staged = open_durably(self._url), open_engine(found.staged.log_url)
        try:
            with engine.begin() as db, staged.connect() as source:
                db.exec_driver_sql(LOCK_PATIENCE)
                db.exec_driver_sql(LOCK_OF_CREATION)
                kept = _move_away(db, restoration, keep=keep)
                for statement in (*filter(str.strip, POSTGRES_TABLES.split(";")), *STORE.stamp, APPEND):
                    db.exec_driver_sql(statement)
                copy_into(db, source)
                _write_epoch(db, restoration)
                db.exec_driver_sql(
                    "SELECT setval(pg_get_serial_sequence('event', 'position'), max(position)) FROM event"
                )
        finally:
            engine.dispose()
            staged.dispose()
        return kept


def _move_away(db: sa.Connection, restoration: Restoration, *, keep: bool) -> str:
    if found_version(db, STORE) is None:
        return ""
    there = set(sa.inspect(db).get_table_names())
    names = [name for name in (*(table.name for table in ALL), STORE.version_table) if name in there]
    schema = f"replaced-{_stamp(restoration)}"
    if keep:
        db.exec_driver_sql(f'CREATE SCHEMA "{schema}"')
    for name in names:
        db.exec_driver_sql(f'ALTER TABLE {name} SET SCHEMA "{schema}"' if keep else f"DROP TABLE {name}")
    return f'schema "{schema}"' if keep else ""


def _begin_epoch(url: str, restoration: Restoration) -> None:
    engine = open_durably(url)
    try:
        with engine.begin() as db:
            _write_epoch(db, restoration)
    finally:
        engine.dispose()


def _write_epoch(db: sa.Connection, restoration: Restoration) -> None:
    db.execute(LEDGER.update().values(epoch=restoration.epoch))
    db.execute(RESTORATION.insert(), restoration._asdict())


def _stamp(restoration: Restoration) -> str:
    return f"{instant(restoration.restored_at):%Y%m%dT%H%M%S}-before-epoch-{restoration.epoch}"


def _sync(path: Path) -> None:
    opened = os.open(path, os.O_RDONLY)
    os.fsync(opened)
    os.close(opened)
