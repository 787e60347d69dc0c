"""Closing a demo month on the command line, and holding what was closed against what would be computed now."""

import json
import re
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.api.test_command_line import invoke, last_entered

MONTH = "2026-10"


def sql(folder: str, statement: str) -> None:
    with closing(sqlite3.connect(f"{folder}/ledger.db")) as log, log:
        log.execute(statement)


@pytest.fixture(scope="module")
def closed(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    """A folder with a small demo, and its first unit, whose month is closed."""
    folder = str(tmp_path_factory.mktemp("closed"))
    invoke("demo", "--clients", "12", "--days", "3", "--data", folder)
    with closing(sqlite3.connect(f"{folder}/read.db")) as db:
        (unit_id,) = db.execute("SELECT unit_id FROM unit ORDER BY unit_id").fetchone()
    told = invoke("period", "close", unit_id, MONTH, "--by", "ada", "--data", folder)
    assert re.fullmatch(r"Closed at position \d+; statement [0-9a-f]{64}\.\n", told)
    return folder, unit_id


def test_closed_months_are_listed_and_written_out_as_they_were_stored(closed: tuple[str, str], tmp_path: Path) -> None:
    folder, unit_id = closed
    assert re.match(
        rf"{MONTH}  {unit_id}  closed  position \d+  \S+  calculation 1  ", invoke("period", "list", "--data", folder)
    )
    invoke("period", "statement", unit_id, MONTH, str(tmp_path / "october.json"), "--data", folder)
    statement = json.loads((tmp_path / "october.json").read_bytes())
    assert (statement["unit_id"], statement["month"]) == (unit_id, MONTH)
    assert statement["sections"]["pay"]
    invoke("period", "statement", unit_id, "2026-09", str(tmp_path / "none"), "--data", folder, status=1)


def test_a_month_is_closed_once_and_one_that_is_not_over_never(closed: tuple[str, str]) -> None:
    folder, unit_id = closed
    invoke("period", "close", unit_id, MONTH, "--by", "ada", "--data", folder, status=1)
    invoke("period", "close", unit_id, "9998-12", "--by", "ada", "--data", folder, status=1)
    invoke("period", "close", unit_id, "October", "--by", "ada", "--data", folder, status=2)
    invoke("period", "close", unit_id, "2026-09", "--by", "ada", "--position", "99999999", "--data", folder, status=1)


def test_a_month_computed_again_comes_to_the_same_bytes(closed: tuple[str, str]) -> None:
    folder, unit_id = closed
    assert invoke("report", "--data", folder) == f"{MONTH}  {unit_id}  the same\n"
    told = invoke("report", "--recompute", "--month", MONTH, "--data", folder)
    assert told == f"{MONTH}  {unit_id}  the same by calculation 1\n"


def test_a_calculation_that_comes_to_something_else_is_told_line_by_line_and_replaces_nothing(
    closed: tuple[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, unit_id = closed
    monkeypatch.setattr("domain.period.calculation.accounts_for", lambda *_: False)
    told = invoke("report", "--recompute", "--data", folder, status=1).splitlines()
    assert re.match(rf"{MONTH}  {unit_id}  \d+ differences by calculation 1", told[0])
    assert all(line.startswith("  - pay {") for line in told[1:])
    action, people = last_entered(folder)
    assert (action, people > 0) == ("list read.periods", True)
    invoke("report", "--data", folder)
    invoke("period", "statement", unit_id, MONTH, str(tmp_path / "october.json"), "--data", folder)
    assert json.loads((tmp_path / "october.json").read_bytes())["sections"]["pay"]


def test_bytes_that_were_changed_behind_our_back_are_noticed(closed: tuple[str, str], tmp_path: Path) -> None:
    folder = shutil.copytree(closed[0], tmp_path / "copy").as_posix()
    sql(folder, "UPDATE statement SET content = CAST(content || ' ' AS BLOB)")
    assert "not those that were closed" in invoke("report", "--recompute", "--data", folder, status=1)
    sql(folder, "DELETE FROM statement")
    assert "missing" in invoke("report", "--data", folder, status=1)
