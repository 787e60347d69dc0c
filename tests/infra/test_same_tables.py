"""Whichever way tables came to be, they are those of a new ledger: keys, indexes, what is said of them, and the wall."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import ClassVar

import pytest

from domain.log import LedgerIdentity
from infra import build_filling, build_parts
from infra.access_tables import open_access_database
from infra.consumed import Consumed
from infra.event_store import open_log
from infra.key_tables import open_key_database
from infra.migrate import migrate, run_steps
from infra.read_database import create_tables, open_read_database, writing
from infra.readers import let_readers_read
from infra.rebuild import Rebuild
from infra.schema import READ
from infra.settings import Settings
from projections.audit_trail import AuditTrail
from projections.facts import Facts
from projections.projection import forget
from tests.infra.catalogue import whole_catalogue
from tests.infra.kept_ledger import KeptLedger
from tests.infra.releases import lay_out, lay_out_on_postgresql
from tests.infra.stores import SQLITE, run_sql
from tests.infra.story_log import CODEC, StoryLog
from tests.servers import PostgresServer

FACTS, TRAIL = Facts(), AuditTrail()
READER, MASTER_KEY = "ledger_reader", bytes(range(32))


class NewerFacts(Facts):
    version: ClassVar[int] = Facts.version + 1


@pytest.fixture(autouse=True)
def parts_without_help(monkeypatch: pytest.MonkeyPatch) -> None:
    """A short log is filled in parts on a machine with two processors, and helpers end before they began."""
    monkeypatch.setattr(build_filling, "PAGE_EVENTS", 6)
    monkeypatch.setattr(build_parts, "PARTS_FROM_EVENTS", 20)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 1})
    monkeypatch.setattr(sys, "executable", "/bin/false")


def read_url(url: str) -> str:
    return f"{url}.read" if url.startswith(SQLITE) else url


def walled(request: pytest.FixtureRequest, url: str) -> str:
    """The same, with the wall raised where there can be one."""
    if not url.startswith(SQLITE):
        server: PostgresServer = request.getfixturevalue("postgres_server")
        let_readers_read(Settings(store_url=url, store_reader=server.as_role(url, READER)))
    return url


def rebuild_in_parts(story: StoryLog) -> None:
    """The longer one, and on PostgreSQL, where parts are filled side by side."""
    settings = None if story.url.startswith(SQLITE) else Settings(store_url=story.url)
    Rebuild(story.recorder, CODEC, story.engine, FACTS, settings=settings).run()
    story.rebuild(TRAIL)


def rebuild_by_another_version(story: StoryLog) -> None:
    story.projector(NewerFacts()).catch_up()


def roll_back(story: StoryLog) -> None:
    Rebuild(story.recorder, CODEC, story.engine, TRAIL).roll_back()


def keep_aside_what_cannot_be_read(story: StoryLog) -> None:
    """Of the other version."""
    run_sql(read_url(story.url), "ALTER TABLE attendance ADD COLUMN older integer")
    story.projector().catch_up()


def add_what_is_missing(story: StoryLog) -> None:
    run_sql(read_url(story.url), "DROP TABLE attendance")
    create_tables(story.engine)


def fill_from_a_topic(story: StoryLog) -> None:
    """In the place of what was filled from the log."""
    with writing(story.engine) as db:
        forget(db, TRAIL)
    Consumed(TRAIL, story.engine, "events").begin(LedgerIdentity("ledger", 1), 2)


WAYS: tuple[Callable[[StoryLog], None], ...] = (
    rebuild_in_parts,
    rebuild_by_another_version,
    roll_back,
    keep_aside_what_cannot_be_read,
    add_what_is_missing,
    fill_from_a_topic,
)
"""One after the other on one ledger."""


@pytest.fixture
def story(request: pytest.FixtureRequest, half_told_url: str) -> Iterator[StoryLog]:
    with closing(StoryLog(walled(request, half_told_url))) as story:
        yield story


@pytest.fixture
def new(request: pytest.FixtureRequest, half_told_url: str) -> set[str]:
    """What a new ledger's database of read models says of itself, on the same store."""
    if half_told_url.startswith(SQLITE):
        return whole_catalogue(f"{SQLITE}{request.getfixturevalue('laid_out_files')[1]}")
    return whole_catalogue(walled(request, request.getfixturevalue("laid_out_url")))


def test_read_models_have_the_tables_of_new_ones_whichever_way_they_were_made(story: StoryLog, new: set[str]) -> None:
    for way in WAYS:
        way(story)
        assert whole_catalogue(read_url(story.url)) ^ new == set(), way.__name__


def migrate_from_the_first_release(ledger: KeptLedger) -> None:
    settings = ledger.settings
    lay_out("0.1.0", settings.data_dir)
    settings.master_key_path.write_bytes(MASTER_KEY)
    settings.master_key_path.chmod(0o400)
    if settings.on_postgresql:
        lay_out_on_postgresql("0.1.0", settings.store_url)
        run_steps(settings.read_url, READ, start="base")
        for name in ("ledger.db", "read.db"):
            (settings.data_dir / name).unlink()
    migrate(settings)


def restore(ledger: KeptLedger) -> None:
    place = ledger.settings.data_dir.parent
    ledger.back_up(place)
    ledger.restore(place, replace=True)


def catalogues(ledger: KeptLedger) -> list[set[str]]:
    """What log, keys, access log and read models say of themselves, once a server has found them. On PostgreSQL
    nothing is folded: the ways above were taken there."""
    settings = ledger.settings
    open_log(settings).close()
    open_key_database(settings.keys_url).dispose()
    open_access_database(settings.access_url).dispose()
    if not settings.on_postgresql:
        ledger.fold()
    open_read_database(settings.read_url).dispose()
    return [
        whole_catalogue(url) for url in (settings.log_url, settings.keys_url, settings.access_url, settings.read_url)
    ]


def test_all_databases_have_the_tables_of_new_ones_after_a_migration_and_after_a_restore(
    store_url: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    new = catalogues(KeptLedger(tmp_path / "new", store_url))
    there = request.getfixturevalue("postgres_url") if store_url.startswith("postgres") else ""
    ledger = KeptLedger(tmp_path / "here", there)
    for way in (migrate_from_the_first_release, restore):
        way(ledger)
        differing = [found ^ made for found, made in zip(catalogues(ledger), new, strict=True)]
        assert differing == [set()] * 4, way.__name__
