"""Files and mappings that cannot be used, and the import on the command line."""

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from api.bootstrap import House
from api.cli import app
from tests.api.exporter import MORNING, NOON, PLANS, STAY, STAYS, Exporter, kinds
from tests.api.town import ASTRID, Town


@pytest.fixture
def exporter(shared_town: Town, shared_house: House) -> Exporter:
    """A planning system of the test's own."""
    return Exporter(shared_town, shared_house)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty_file"),
        (PLANS.encode(), "empty_file"),
        (b"PK\x03\x04\x00\x00 spreadsheet", "not_text"),
        (bytes(range(256)), "bad_encoding"),
        ((PLANS + MORNING).encode("utf-16"), "bad_encoding"),
        ((PLANS + MORNING + MORNING.replace("m1", "å")).encode("cp1252"), "bad_encoding"),
        ((PLANS + MORNING + NOON.replace("m2", '"m2')).encode(), "bad_csv"),
        ((PLANS + MORNING.replace("m1", "m\0")).encode(), "not_text"),
        ((",".join(f"c{number}" for number in range(100)) + "\n" + "," * 99).encode(), "too_many_columns"),
        ((PLANS.replace("unit", "key") + MORNING).encode(), "column_twice"),
        ((PLANS.replace("unit", "enhet") + MORNING).encode(), "column_unknown"),
        ((PLANS.replace("client,", "") + MORNING).encode(), "column_missing"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_whole(exporter: Exporter, content: bytes, code: str) -> None:
    head = exporter.head()
    answer = exporter.send("plans", content)
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert answer.headers["content-type"] == "application/problem+json"
    assert exporter.head() == head


def test_an_unclosed_quote_is_told_with_the_line_that_it_begins_on(exporter: Exporter) -> None:
    answer = exporter.send("plans", PLANS + MORNING + NOON.replace("m2", '"m2') + MORNING)
    assert answer.json()["errors"] == [{"pointer": "/line/3", "code": "bad_csv"}]


def test_ten_megabytes_are_refused_and_json_is_not_taken(exporter: Exporter) -> None:
    assert exporter.send("plans", b"x" * 10_000_000).json()["code"] == "too_large"
    assert exporter.town.call("coordinator").post("/v1/imports/plans?source=tes", {}).status_code == 415


@pytest.mark.parametrize(
    ("mapping", "pointer"),
    [
        ("delimiter = 7", "/mapping/delimiter"),
        ('delimiter = "ab"', "/mapping/delimiter"),
        ('encoding = "latin-9"', "/mapping/encoding"),
        ('zone = "Europe/Hemma"', "/mapping/zone"),
        ('time_format = "%d/%m"', "/mapping/time_format"),
        ('other_columns = "maybe"', "/mapping/other_columns"),
        ('[columns]\nkund = "Brukare"', "/mapping/columns"),
        ('[values.kund]\na = "b"', "/mapping/values"),
        ('hemligt = "x"', "/mapping"),
        ("not toml", "/mapping"),
    ],
)
def test_a_mapping_that_cannot_be_used_is_pointed_at(exporter: Exporter, mapping: str, pointer: str) -> None:
    answer = exporter.send("plans", PLANS + MORNING, mapping=mapping)
    assert answer.json()["errors"] == [{"pointer": pointer, "code": "mapping_invalid"}]
    assert "hemligt" not in answer.text


@pytest.fixture
def run(exporter: Exporter) -> Callable[..., Any]:
    """The command line on the same ledger, beside the server."""

    def invoke(*arguments: str, answer: str = "") -> Any:
        where = ["--source", exporter.source, "--data", str(exporter.house.settings.data_dir)]
        return CliRunner().invoke(app, ["import", *arguments, *where], input=answer)

    return invoke


def test_the_command_line_writes_rejected_rows_beside_the_file_and_takes_them_once_mended(
    exporter: Exporter, run: Callable[..., Any], tmp_path: Path
) -> None:
    file = tmp_path / "week10.csv"
    file.write_text(exporter.own(PLANS + MORNING + NOON.replace(ASTRID, "=Astrid")))
    done = run("plans", str(file))
    assert (done.exit_code, done.stdout.splitlines()[-1]) == (1, "1 accepted, 0 known, 1 rejected.")
    assert "line 3, column client: bad_id" in done.stdout
    assert "Astrid" not in done.output
    rejects = tmp_path / "week10.rejected.csv"
    _, row = csv.reader(rejects.read_text().splitlines())
    assert row[:5] == ["3", "client", "bad_id", "m2", "'=Astrid"]
    rejects.write_text(rejects.read_text().replace("'=Astrid", ASTRID))
    assert run("plans", str(rejects)).exit_code == 0
    assert kinds(exporter.events(exporter.visit_id("m2"))) == ["planned", "worker_assigned"]


def test_the_command_line_asks_before_it_calls_visits_off(
    exporter: Exporter, run: Callable[..., Any], tmp_path: Path
) -> None:
    exporter.plans(PLANS + MORNING + NOON)
    file = tmp_path / "week10.csv"
    file.write_text(exporter.own(PLANS + MORNING))
    options = ["plans", str(file), "--complete", "--unit", exporter.unit, "--from", "2026-03-02", "--to", "2026-03-02"]
    head = exporter.head()
    asked = run(*options, answer="n\n")
    assert (asked.exit_code, exporter.head()) == (1, head)
    assert exporter.visit_id("m2") in asked.stdout
    assert run(*options, "--yes").exit_code == 0
    assert kinds(exporter.events(exporter.visit_id("m2")))[-1] == "cancelled"


def test_the_command_line_takes_registrations_and_shows_each_match(
    exporter: Exporter, run: Callable[..., Any], tmp_path: Path
) -> None:
    exporter.plans(PLANS + MORNING)
    file = tmp_path / "stays.csv"
    file.write_text(exporter.own(STAYS + STAY))
    done = run("registrations", str(file))
    assert done.exit_code == 0, done.output
    assert f"visit {exporter.visit_id('m1')} (client_and_worker, +5 min)" in done.stdout
    assert "0 accepted, 1 known, 0 rejected." in run("registrations", str(file)).stdout


def test_the_command_line_says_in_one_line_why_a_file_cannot_be_used(
    exporter: Exporter, run: Callable[..., Any], tmp_path: Path
) -> None:
    file = tmp_path / "broken.csv"
    file.write_text(exporter.own(PLANS + MORNING.replace("m1", '"m1')))
    done = run("plans", str(file))
    assert done.exit_code == 2
    assert "The quoting is broken /line/2" in done.stderr
