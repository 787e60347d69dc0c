"""Looking after the databases on the command line: what an operator is told at each step."""

import signal
import tempfile
from pathlib import Path

import pytest
from typer.testing import CliRunner

from api.cli import app
from tests.infra.kept_ledger import ANNA, BO, KeptLedger, filled
from tests.infra.releases import lay_out
from tests.projections.story import STORY

pytestmark = pytest.mark.domain

ALL = len(STORY) + 1
FULL = "/dev/full"
"""A device that never has room."""
NOT_HERE = "203.0.113.1"
"""An address that no machine listens on: for documentation alone (RFC 5737)."""


def invoke(*arguments: object, status: int = 0) -> str:
    done = CliRunner().invoke(app, [str(each) for each in arguments])
    assert done.exit_code == status, done.output
    return " ".join(done.output.split())


@pytest.fixture
def ledger(tmp_path: Path) -> KeptLedger:
    return filled(tmp_path / "here")


def test_a_ledger_is_copied_checked_and_put_back(ledger: KeptLedger, tmp_path: Path) -> None:
    here, log, keys = ledger.settings.data_dir, tmp_path / "log", tmp_path / "keys"
    told = invoke("backup", log, "--keys", keys, "--data", here)
    assert f"{ALL} events through position {ALL}" in told
    assert "The master key was not" in told
    with ledger.keys() as store:
        store.destroy(ANNA)
    ledger.register(BO)

    told = invoke("restore", log, "--keys", keys, "--data", here, "--check")
    assert "0 events whose key is gone" in told
    assert "The log that stands here: it had 1 event that the backup lacks, recorded from 2025-03-03" in told
    assert "No fault found." in told

    assert "Give --replace" in invoke("restore", log, "--keys", keys, "--data", here, status=2)
    told = invoke("restore", log, "--keys", keys, "--data", here, "--replace")
    assert f"Restored through position {ALL}, as epoch 2." in told
    assert "is kept as" in told
    assert "Keys: 0 brought back; 1 destroyed after the backup, which stay so." in told


def test_a_fault_in_a_copy_is_told_and_ends_with_1_or_2(ledger: KeptLedger, tmp_path: Path) -> None:
    here, log, keys = ledger.settings.data_dir, tmp_path / "log", tmp_path / "keys"
    invoke("backup", log, "--keys", keys, "--data", here)
    (log / "event.rows.gz").write_bytes(b"")
    told = invoke("restore", log, "--keys", keys, "--data", here, "--check", status=2)
    assert "event.rows.gz is not as it was written." in told


def test_without_a_place_for_keys_the_operator_is_told_what_that_means(ledger: KeptLedger, tmp_path: Path) -> None:
    told = invoke("backup", tmp_path / "log", "--data", ledger.settings.data_dir)
    assert "No keys were copied" in told
    assert "places apart" in invoke(
        "backup", tmp_path / "all", "--keys", tmp_path / "all", "--data", ledger.settings.data_dir, status=2
    )


def test_an_earlier_releases_tables_stop_a_server_in_production_until_they_are_migrated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lay_out("0.1.0", tmp_path)
    monkeypatch.setenv("VISITLEDGER_MODE", "production")
    for command in (("verify",), ("migrate", "--check")):
        told = invoke(*command, "--data", tmp_path, status=2)
        assert "The log has the tables of an earlier release (0001, needed: 0004)." in told
        assert "visitledger migrate" in told
    assert "store: 0001 to 0004, migrated" in invoke("migrate", "--data", tmp_path)
    assert "store: 0004, as this release needs it" in invoke("migrate", "--check", "--data", tmp_path)


@pytest.mark.parametrize("command", [("verify",), ("rebuild", "facts"), ("parked",), ("replay", "visit", str(ANNA))])
def test_who_looks_at_a_ledger_where_none_is_is_told_so_and_none_is_begun(
    tmp_path: Path, command: tuple[str, ...]
) -> None:
    nowhere = tmp_path / "mistyped"
    told = invoke(*command, "--data", nowhere, status=2)
    assert "There is no ledger in" in told
    assert "VISITLEDGER_DATA" in told
    assert not nowhere.exists()


@pytest.mark.parametrize("command", ["verify", "rebuild", "parked", "work"])
def test_a_store_that_does_not_answer_is_told_in_one_line_without_the_drivers_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    monkeypatch.setenv("VISITLEDGER_STORE", "postgresql://somebody@127.0.0.1:1/ledger")
    told = invoke(command, "--data", tmp_path, status=2)
    assert "cannot start: A store does not answer, or has no room (OperationalError). See to" in told
    assert "127.0.0.1" not in told
    assert signal.getsignal(signal.SIGTERM) == signal.SIG_DFL, "who asks to end is heard by nobody"


def test_a_disk_that_fails_is_told_and_never_taken_for_a_difference(
    ledger: KeptLedger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here, log = ledger.settings.data_dir, tmp_path / "log"
    assert "Stopped: No space left on device." in invoke("export", FULL, "--data", here, status=2)
    monkeypatch.setattr(tempfile, "tempdir", FULL)
    assert "Stopped: Not a directory" in invoke("verify", "--data", here, status=2)
    log.touch()
    assert "Stopped: File exists" in invoke("backup", log, "--data", here, status=2)


@pytest.mark.parametrize(("away", "told"), [("ledger.db", "and no log."), ("keys.db", "everybody would look erased.")])
def test_no_server_begins_a_log_or_keys_anew_where_the_other_is_still_there(
    ledger: KeptLedger, away: str, told: str
) -> None:
    here = ledger.settings.data_dir
    (here / away).rename(here / "put-away")
    assert told in invoke("serve", "--host", NOT_HERE, "--port", "0", "--data", here, status=2)
    assert not (here / away).exists()


def test_another_master_key_takes_the_place_of_the_first_and_the_operator_is_told_what_to_do(
    ledger: KeptLedger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here, new = ledger.settings.data_dir, f"file:{tmp_path / 'new.key'}"
    before = ["identity generation 1: 1, under master key 1", "ledger: 1, under master key 1", "destroyed: 0"]
    assert invoke("keys", "list", "--data", here) == " ".join(before)
    told = invoke("keys", "rotate-master", "--to", new, "--data", here)
    assert "2 keys were put under master key 2" in told
    assert "Name it in VISITLEDGER_MASTER_KEY" in told
    assert "another master key" in invoke("verify", "--data", here, status=2)
    monkeypatch.setenv("VISITLEDGER_MASTER_KEY", new)
    assert "No difference" in invoke("verify", "--data", here)
    assert "ledger: 4, under master key 2" in invoke("keys", "list", "--data", here)
    assert "0 keys were put" in invoke("keys", "rotate-master", "--to", new, "--data", here)


def test_no_new_master_key_is_made_where_the_one_in_use_is_missing(ledger: KeptLedger, tmp_path: Path) -> None:
    ledger.settings.master_key_path.unlink()
    new = tmp_path / "new.key"
    told = invoke("keys", "rotate-master", "--to", f"file:{new}", "--data", ledger.settings.data_dir, status=2)
    assert "is missing" in told
    assert not new.exists()
