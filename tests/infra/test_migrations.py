"""A database of an earlier release is brought to today's tables, and says what the same log always said."""

from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory

from api.bootstrap import build
from infra.access_tables import open_access_database
from infra.event_codec import event_codec
from infra.event_store import open_log
from infra.key_tables import open_key_database
from infra.keys import KeyStore
from infra.master_key import HeldMasterKey
from infra.migrate import STEPS, make_ready, migrate, run_steps, standings
from infra.projector import Projector
from infra.read_database import open_read_database
from infra.schema import ACCESS, KEYS, READ, STORE, Schema, SchemaNewError, SchemaOldError
from infra.settings import Settings
from infra.verify import verify
from projections.read_models import READ_MODELS
from tests.infra.catalogue import catalogue, take_away
from tests.infra.releases import lay_out, lay_out_on_postgresql
from tests.infra.stores import SQLITE, run_sql

SCHEMAS = (STORE, KEYS, READ, ACCESS)
MASTER_KEY = HeldMasterKey(bytes(range(32)))
EVENTS, LEDGER_ID = 77, "5b0e7a0e-0c51-4c6b-9d0e-6f1d2c3b4a59"
of_each = pytest.mark.parametrize("schema", SCHEMAS, ids=lambda schema: schema.name)


def create_log(url: str) -> None:
    settings = settings_of(Path(url.removeprefix(SQLITE)).parent, url)
    open_log(settings).close()


def settings_of(folder: Path, store_url: str) -> Settings:
    return Settings(data_dir=folder, store_url=store_url if store_url.startswith("postgres") else "")


CREATE: dict[str, Callable[[str], object]] = {
    "store": create_log,
    "keys": lambda url: open_key_database(url).dispose(),
    "read": lambda url: open_read_database(url).dispose(),
    "access": lambda url: open_access_database(url).dispose(),
}


@pytest.fixture
def store_url(bare_store_url: str) -> str:
    """Where each test has its tables made, or lays out those of a release."""
    return bare_store_url


@pytest.fixture
def filled(tmp_path: Path, store_url: str) -> Settings:
    """What release 0.1.0 left, on either store."""
    settings = settings_of(tmp_path, store_url)
    lay_out("0.1.0", tmp_path)
    if settings.on_postgresql:
        lay_out_on_postgresql("0.1.0", store_url)
        (tmp_path / "ledger.db").unlink()
        (tmp_path / "read.db").unlink()
    return settings


@of_each
def test_the_number_of_today_is_that_of_the_last_step(schema: Schema) -> None:
    script = ScriptDirectory(str(STEPS), version_locations=[str(STEPS / schema.name)])
    assert script.get_heads() == [schema.head]


@of_each
def test_tables_made_at_once_are_those_that_all_steps_make(schema: Schema, store_url: str) -> None:
    CREATE[schema.name](store_url)
    at_once = catalogue(store_url)
    take_away(store_url)
    run_steps(store_url, schema, start="base")
    assert catalogue(store_url) == at_once
    assert {schema.mark, schema.version_table} <= {line[0] for line in at_once}


def test_a_filled_log_of_the_last_release_reads_and_folds_the_same(filled: Settings) -> None:
    found = migrate(filled)
    assert [each.found for each in found] == ["0001", "0001", None if filled.on_postgresql else "0001", None]
    with closing(open_log(filled)) as log:
        engine = open_read_database(filled.read_url)
        Projector(log, event_codec(), engine, READ_MODELS).catch_up()
        assert verify(log, event_codec(), engine) == []
        engine.dispose()
        assert (log.head()[0], log.identity(), len(log.quarantined(9))) == (EVENTS, (LEDGER_ID, 1), 1)
        assert log.restorations() == []
    with closing(KeyStore(filled.keys_url, MASTER_KEY)) as keys:
        assert keys.find("7QaclS23bBcTOHjaZZ5RMg") is not None


def test_a_server_does_not_start_on_the_tables_of_an_earlier_release(filled: Settings) -> None:
    with pytest.raises(SchemaOldError, match=r"The log .* \(0001, needed: 0004\).* visitledger migrate"):
        open_log(filled)
    with pytest.raises(SchemaOldError, match="The key database"):
        KeyStore(filled.keys_url, MASTER_KEY)


def test_the_embedded_default_migrates_its_own_files_and_keeps_the_log_as_it_was(tmp_path: Path) -> None:
    lay_out("0.1.0", tmp_path)
    settings = Settings(data_dir=tmp_path)
    make_ready(settings)
    open_log(settings).close()
    kept = Settings(data_dir=tmp_path / "kept")
    kept.data_dir.mkdir()
    (tmp_path / "ledger-0001.db").rename(kept.log_path)
    assert [each.found for each in standings(kept)] == ["0001", None, None, None]


def test_in_production_nobody_migrates_unasked(tmp_path: Path) -> None:
    lay_out("0.1.0", tmp_path)
    with pytest.raises(SchemaOldError):
        build(Settings(data_dir=tmp_path, mode="production"))


@of_each
def test_the_tables_of_a_later_release_are_left_alone(schema: Schema, store_url: str, tmp_path: Path) -> None:
    settings = settings_of(tmp_path, store_url)
    url = {
        "store": settings.log_url,
        "keys": settings.keys_url,
        "read": settings.read_url,
        "access": settings.access_url,
    }[schema.name]
    CREATE[schema.name](url)
    run_sql(url, f"UPDATE {schema.version_table} SET version_num = '9999'")
    before = catalogue(url)
    for attempt in (CREATE[schema.name], lambda _: migrate(settings)):
        with pytest.raises(SchemaNewError, match="of a later release"):
            attempt(url)
    assert catalogue(url) == before


def test_facts_that_a_consumer_filled_are_brought_along(tmp_path: Path) -> None:
    lay_out("0.1.0", tmp_path)
    (tmp_path / "read.db").rename(tmp_path / "consumed.db")
    settings = Settings(data_dir=tmp_path)
    assert [(each.name, each.found) for each in migrate(settings)][2:] == [
        ("read", None),
        ("access", None),
        ("consumed", "0001"),
    ]
    assert standings(settings)[-1].found == READ.head


def test_migrating_twice_changes_nothing_more(filled: Settings) -> None:
    migrate(filled)
    before = catalogue(filled.log_url)
    assert not any(each.is_old for each in migrate(filled))
    assert catalogue(filled.log_url) == before
