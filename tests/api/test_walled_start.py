"""A server on PostgreSQL in production: who migrates lets the reader read, and the reader then reads for callers."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from api.bootstrap import build
from api.cli import app
from infra.read_database import open_engine
from infra.readers import open_readers
from infra.setting_values import SettingError
from infra.settings import Settings
from tests.servers import PostgresServer


def test_who_migrates_lets_the_reader_read(
    postgres_server: PostgresServer, laid_out_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader = postgres_server.as_role(laid_out_url, "ledger_new_reader")
    settings = Settings(
        data_dir=tmp_path,
        store_url=laid_out_url,
        store_reader=reader,
        mode="production",
        issuer="https://id.example",
        audience="ledger",
    )
    owner = open_engine(laid_out_url)
    with pytest.raises(SettingError, match="Run: visitledger migrate"):
        open_readers(settings, owner)
    owner.dispose()
    for name, value in (("STORE", laid_out_url), ("STORE_READER", reader)):
        monkeypatch.setenv(f"VISITLEDGER_{name}", value)
    for _ in range(2):
        assert CliRunner().invoke(app, ["migrate", "--data", str(tmp_path)]).exit_code == 0
    house = build(settings)
    assert house.rulebook.zone == "Europe/Stockholm"
    house.close()
