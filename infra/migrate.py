"""Brings the tables of an earlier release to today's form: by Alembic, over the steps in `infra/migrations`."""

import os
import sqlite3
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

import sqlalchemy as sa
import structlog
from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.script import ScriptDirectory

from infra.durable_database import open_durably
from infra.postgres_schema import LOCK_OF_CREATION
from infra.read_database import open_engine
from infra.schema import ACCESS, KEYS, READ, STORE, Schema, found_version
from infra.settings import Settings

STEPS = Path(__file__).parent / "migrations"
LOCK_PATIENCE = "SET LOCAL lock_timeout = '5s'"

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Standing:
    """The form of one database's tables. `found` is None where there are none yet."""

    name: str
    schema: Schema
    url: str
    found: str | None

    @property
    def is_old(self) -> bool:
        """Whether they are those of an earlier release."""
        return self.found is not None and self.found < self.schema.head


def standings(settings: Settings) -> list[Standing]:
    """Say how the tables of log, keys, access log and read models stand, and those of a consumer's facts where there
    are any. Creates nothing."""
    urls = (
        (STORE, settings.log_url),
        (KEYS, settings.keys_url),
        (READ, settings.read_url),
        (ACCESS, settings.access_url),
    )
    found = [Standing(schema.name, schema, url, found_at(url, schema)) for schema, url in urls]
    consumed = Standing("consumed", READ, settings.consumed_url, found_at(settings.consumed_url, READ))
    return found if consumed.found is None else [*found, consumed]


def found_at(url: str, schema: Schema) -> str | None:
    """The number of the form of one set of tables; None where there are none. Creates nothing."""
    database = sa.make_url(url).database
    if url.startswith("sqlite") and (database is None or not Path(database).exists()):
        return None
    engine = open_engine(url)  # which waits for no writer
    try:
        with engine.connect() as db:
            return found_version(db, schema)
    finally:
        engine.dispose()


def migrate(settings: Settings) -> list[Standing]:
    """Bring what is old to today's form, and give how it stood. Of a log in a file, a copy is left beside it first.

    Each database is changed in one transaction, or not at all. Raises `SchemaNewError` before anything is changed.
    """
    found = standings(settings)
    for each in found:
        if each.found is not None and not each.is_old:
            each.schema.check(each.found)
    for each in filter(lambda standing: standing.is_old, found):
        if each.schema is STORE and not settings.on_postgresql:
            _copy_beside(settings.log_path, each)
        run_steps(each.url, each.schema)
        log.info("migrated", tables=each.name, found=each.found, head=each.schema.head)
    return found


def make_ready(settings: Settings) -> None:
    """Migrate at a start what nobody else looks after: the embedded default's own files. Others refuse to start."""
    if not settings.in_production and not settings.on_postgresql:
        migrate(replace(settings, consumed_store=""))


def run_steps(url: str, schema: Schema, *, start: str | None = None) -> None:
    """Take the steps from a form (the one found, or `base` for an empty database) to today's."""
    engine = open_durably(url)
    try:
        with engine.begin() as db:
            _take_steps(db, schema, start)
    finally:
        engine.dispose()


def _take_steps(db: sa.Connection, schema: Schema, start: str | None) -> None:
    """In one transaction, alone: whoever waited for another one finds nothing left to do."""
    if db.dialect.name == "postgresql":
        db.exec_driver_sql(LOCK_PATIENCE)
        db.exec_driver_sql(LOCK_OF_CREATION)
    found, head = start or found_version(db, schema), schema.head
    assert found is not None, "there is nothing to migrate"
    script = ScriptDirectory(str(STEPS), version_locations=[str(STEPS / schema.name)])
    context = MigrationContext.configure(db, opts={"version_table": schema.version_table})
    with Operations.context(context):
        for step in reversed(list(script.iterate_revisions(head, found))):
            step.module.upgrade()
    context.stamp(script, head)


def _copy_beside(path: Path, standing: Standing) -> None:
    """Leave the file as the earlier release knows it, for whoever goes back. Its personal fields are sealed."""
    copy = path.with_name(f"{path.stem}-{standing.found}{path.suffix}")
    unfinished = copy.with_suffix(".copying")
    unfinished.unlink(missing_ok=True)
    with closing(sqlite3.connect(path)) as file:
        file.execute("VACUUM INTO ?", (str(unfinished),))
    os.replace(unfinished, copy)
    log.info("copied_before_migration", copy=str(copy))
