"""The command line, over a small demo: what an auditor and an operator ask."""

import json
import os
import re
import shutil
import sqlite3
import threading
from contextlib import closing
from pathlib import Path
from xml.etree import ElementTree

import pytest
from typer.core import TyperGroup, TyperOption
from typer.main import get_command
from typer.testing import CliRunner

from api.bootstrap import build
from api.cli import app
from api.demo.clock import DemoClock
from api.reading import view_as_of
from api.reports import reconciliation_rows
from domain.local_time import Month
from domain.reconciliation import Level
from infra import build_room
from infra.build_filling import RebuildEndedError
from infra.read_database import open_engine
from infra.rebuild import Rebuild
from infra.rebuild_lock import rebuilding_alone
from infra.settings import Settings
from projections.audit_trail import AuditTrail

EVENT = re.compile(r"(\d{4}-\d\d-\d\d \d\d:\d\d)  #(\d+)  (.*)  \[(.*)\]")


def invoke(*arguments: str, status: int = 0) -> str:
    done = CliRunner().invoke(app, [*arguments])
    assert done.exit_code == status, done.output
    return done.stdout


def last_entered(folder: str) -> tuple[str, int]:
    """What was entered last by a command: what was done by which action, and of how many people."""
    with closing(sqlite3.connect(f"{folder}/access.db")) as db:
        people = "SELECT count(*) FROM access_person WHERE access_person.answer_id = access_answer.answer_id"
        row = db.execute(
            f"SELECT doing || ' ' || action, ({people}) FROM access_answer ORDER BY answer_id DESC LIMIT 1"
        ).fetchone()
        return row or ("", 0)


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A folder with the demo of 24 clients and six days."""
    folder = str(tmp_path_factory.mktemp("demo"))
    told = invoke("demo", "--clients", "24", "--days", "6", "--data", folder)
    assert re.search(r"\d+ events: \d+ syncs with \d+ facts", told)
    return folder


@pytest.fixture
def folder(loaded: str, tmp_path: Path) -> str:
    """A copy that a test may harm."""
    return shutil.copytree(loaded, tmp_path / "copy").as_posix()


@pytest.fixture(scope="module")
def corrected(loaded: str) -> tuple[str, int]:
    """A visit whose attendance was corrected, and the position of the correction."""
    house = build(Settings(data_dir=Path(loaded)), clock=DemoClock())
    rows = house.log.read(0, 1, topics=["visit.attendance_corrected"])
    house.close()
    return rows[0].stream.removeprefix("visit/"), rows[0].position


def test_the_demo_loads_once(loaded: str) -> None:
    assert "here already" in invoke("demo", "--data", loaded)


def test_verify_finds_no_difference_after_the_demo(loaded: str) -> None:
    assert invoke("verify", "--data", loaded).startswith("No difference, through position ")


def test_verify_finds_a_row_that_was_changed_behind_our_back(folder: str) -> None:
    with closing(sqlite3.connect(f"{folder}/read.db")) as db, db:
        db.execute("UPDATE attendance SET departed_at = 0 WHERE visit_id = (SELECT max(visit_id) FROM attendance)")
    assert "attendance" in invoke("verify", "--data", folder, status=1)
    action, people = last_entered(folder)
    assert (action, people > 0) == ("list read.events", True)


def test_a_rebuild_names_what_differs_mends_it_and_can_be_taken_back(folder: str) -> None:
    with closing(sqlite3.connect(f"{folder}/read.db")) as db, db:
        db.execute("DELETE FROM audit_entry WHERE entity_kind = 'worker'")
    told = invoke("rebuild", "audit_trail", "--check-only", "--data", folder, status=1)
    assert re.search(r"audit_entry: \d+ rows served, \d+ follow from the log at \d+\.", told)
    assert last_entered(folder) == ("list read.events", len(set(re.findall(r"\('worker', '([0-9a-f-]+)'", told))))
    assert "audit_entry" in invoke("verify", "--data", folder, status=1)
    assert "audit_trail: rebuilt through position" in invoke("rebuild", "audit_trail", "--data", folder)
    assert "No difference" in invoke("verify", "--data", folder)
    assert "the prior build serves again" in invoke("rebuild", "--roll-back", "audit_trail", "--data", folder)
    assert "the prior build is dropped" in invoke("rebuild", "audit_trail", "--drop-prior", "--data", folder)
    assert (
        "Nothing was done"
        in CliRunner().invoke(app, ["rebuild", "--roll-back", "audit_trail", "--data", folder]).output
    )


def test_a_rebuild_that_cannot_begin_says_what_to_do(folder: str) -> None:
    engine = open_engine(f"sqlite:///{folder}/read.db")
    with rebuilding_alone(engine):
        for option in ("--all", "--drop-prior"):
            done = CliRunner().invoke(app, ["rebuild", option, "--data", folder])
            assert (done.exit_code, "Wait for it, or end it" in " ".join(done.output.split())) == (2, True)
    engine.dispose()
    assert "Name one of facts, audit_trail" in CliRunner().invoke(app, ["rebuild", "figures", "--data", folder]).output
    for options in (
        ("--roll-back",),
        ("facts", "--roll-back", "--anew"),
        ("facts", "--drop-prior", "--check-only"),
        ("facts", "--drop-prior", "--anew"),
    ):
        invoke("rebuild", *options, "--data", folder, status=2)


def test_a_rebuild_that_would_fill_the_disk_is_not_begun_and_one_that_was_begun_is_dropped(
    folder: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    house, ending = build(Settings(data_dir=Path(folder)), clock=DemoClock()), threading.Event()
    ending.set()
    with pytest.raises(RebuildEndedError):
        Rebuild(house.log, house.codec, house.read_database, AuditTrail(), stopping=ending).run()
    house.close()
    monkeypatch.setattr(build_room, "TIMES", 2**40)
    told = CliRunner().invoke(app, ["rebuild", "--data", folder])
    assert (told.exit_code, "Make room" in told.output) == (2, True)
    assert "a build that was begun is dropped, too" in invoke(
        "rebuild", "audit_trail", "--drop-prior", "--data", folder
    )
    assert "begun" not in invoke("rebuild", "audit_trail", "--drop-prior", "--data", folder)


def test_every_fold_gives_the_same_tables_with_all_keys_missing(folder: str) -> None:
    """All keys are destroyed, the read models thrown away and folded again: no fold ever opens an envelope."""
    for file in ("keys.db", "keys.db-wal", "keys.db-shm", "master.key"):
        Path(folder, file).unlink(missing_ok=True)
    assert "No difference" in invoke("verify", "--data", folder)
    assert "facts: rebuilt" in invoke("rebuild", "--data", folder)
    assert "No difference" in invoke("verify", "--data", folder)


def test_a_corrected_visit_reads_as_a_story(loaded: str, corrected: tuple[str, int]) -> None:
    visit_id, position = corrected
    lines = [EVENT.match(line) for line in invoke("replay", "visit", visit_id, "--data", loaded).splitlines()]
    told = {int(line[2]): (line[3], line[4]) for line in lines if line}
    texts = [text for text, _ in told.values()]
    assert any(text.startswith("Planned") for text in texts)
    assert any("arrived" in text or "left" in text for text in texts)
    correction, actor = told[position]
    assert re.search(r"corrected from .* to .*, because [A-Z_]+", correction)
    assert actor.startswith("coordinator/")


def test_a_story_can_be_told_as_it_was_known_earlier_and_in_swedish(loaded: str, corrected: tuple[str, int]) -> None:
    visit_id, position = corrected
    before = invoke("replay", "visit", visit_id, "--as-of", str(position - 1), "--language", "sv", "--data", loaded)
    assert "Planerat" in before
    assert "rättad" not in before


def test_a_clients_story_is_told_from_all_that_speaks_of_the_client(loaded: str) -> None:
    house = build(Settings(data_dir=Path(loaded)), clock=DemoClock())
    [row] = house.log.read(0, 1, topics=["client.registered"])
    house.close()
    client_id = row.stream.removeprefix("client/")
    told = invoke("replay", "client", client_id, "--all", "--open", "--data", loaded)
    assert "Client registered" in told
    assert "“" in told
    assert "“" not in invoke("replay", "client", client_id, "--data", loaded)


def test_something_that_nobody_knows_is_said_to_be_unknown(loaded: str) -> None:
    invoke("replay", "visit", "nobody", "--data", loaded, status=1)


def test_the_log_is_exported_line_by_line_and_sealed(loaded: str, tmp_path: Path) -> None:
    out = tmp_path / "log.jsonl"
    told = invoke("export", str(out), "--data", loaded)
    events = [json.loads(line) for line in out.read_text().splitlines()]
    assert told.startswith(f"{len(events)} events")
    assert [event["position"] for event in events] == sorted(event["position"] for event in events)
    [first] = [event for event in events if event["topic"] == "client.registered"][:1]
    assert first["state"]["name"].startswith("1.")


def test_a_token_is_printed_for_a_role_and_for_no_other(loaded: str) -> None:
    assert invoke("token", "--role", "auditor", "--subject", "ada", "--data", loaded).count(".") == 2
    invoke("token", "--role", "king", "--subject", "ada", "--data", loaded, status=2)


def test_a_setting_that_cannot_be_used_is_named_with_what_it_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(os.environ, "VISITLEDGER_PORT", "many")
    told = CliRunner().invoke(app, ["verify"])
    assert told.exit_code == 2
    assert "VISITLEDGER_PORT takes a number" in told.output
    assert "many" not in told.output


def test_the_council_asks_what_if_minute_control_were_abolished(loaded: str, tmp_path: Path) -> None:
    chart = tmp_path / "chart.svg"
    asked = ["adopted", "adopted", "--period", "2026-10", "--minute-control", "none", "--chart", str(chart)]
    told = invoke("rulebook", "compare", *asked, "--data", loaded)
    assert "B adopted, minute control none" in told
    assert re.search(r"all, SoL +[\d,.]+ → 0.0 ", told)
    assert "The clients most affected" in told
    assert "█" in told
    drawn = ElementTree.parse(chart).getroot()
    assert drawn.tag == "{http://www.w3.org/2000/svg}svg"


def test_the_council_asks_what_if_performed_time_were_paid(loaded: str) -> None:
    asked = ["tyreso+compensation_model=granted", "tyreso", "--period", "2026-10"]
    rows = json.loads(invoke("rulebook", "compare", *asked, "--format", "json", "--data", loaded))
    whole = next(row for row in rows if row["by"] == "all" and row["legal_basis"] == "SoL")
    assert whole["performed_minutes_before"] == whole["performed_minutes_after"] > 0
    assert whole["amount_before"] > whole["amount_after"] > 0
    assert whole["amount_change"] == pytest.approx(whole["amount_after"] - whole["amount_before"])
    assert {row["name"] for row in rows if row["by"] == "service"} >= {"Dusch"}
    lines = invoke("rulebook", "compare", *asked, "--format", "csv", "--data", loaded).splitlines()
    assert lines[0].startswith("by,id,name,legal_basis,ordered_minutes_before")
    assert len(lines) == len(rows) + 1
    assert last_entered(loaded) == (
        "export read.comparisons",
        len({row["id"] for row in rows if row["by"] == "client"}),
    )


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("adopted", "nowhere", "--period", "2026-10"), "No rulebook of that name"),
        (("adopted", "adopted+no_policy=1", "--period", "2026-10"), "Name a policy of the rulebook"),
        (("adopted", "adopted", "--period", "2026-12..2026-10"), "Write a month as year and month"),
        (("adopted", "adopted", "--period", "2026-10", "--format", "xml"), "Write --format table, json or csv"),
    ],
)
def test_a_comparison_that_cannot_be_made_says_why(loaded: str, arguments: tuple[str, ...], why: str) -> None:
    done = CliRunner().invoke(app, ["rulebook", "compare", *arguments, "--data", loaded])
    assert (done.exit_code, why in done.output) == (2, True), done.output


def test_a_month_is_computed_by_two_processes_as_the_reports_tell_it(loaded: str) -> None:
    told = json.loads(invoke("month", "2026-10", "--processes", "2", "--format", "json", "--data", loaded))
    house = build(Settings(data_dir=Path(loaded)), clock=DemoClock())
    house.projector.catch_up()
    with view_as_of(house, None) as view:
        rows = reconciliation_rows(view, Month(2026, 10), [Level.UNIT, Level.PROVIDER])
    house.close()
    assert [
        (row["level"], row["id"], row["legal_basis"], row["performed_minutes"], row["deviation_minutes"])
        for row in told["rows"]
    ] == [
        (row.level, row.unit_id or row.provider_id or "", row.legal_basis, row.performed_minutes, row.deviation_minutes)
        for row in rows
    ]
    assert told["clients"] >= 20
    assert told["exceptions"]
    table = invoke("month", "2026-10", "--data", loaded)
    assert "Kälarne" in table
    assert "Workers met" in table


def test_a_month_that_is_none_is_refused() -> None:
    assert invoke("month", "2026-13", status=2) == ""


def folders_told(group: TyperGroup) -> list[tuple[str, str]]:
    """How each command calls the folder, and what it says of it."""
    found: list[tuple[str, str]] = []
    for command in group.commands.values():
        if isinstance(command, TyperGroup):
            found += folders_told(command)
        options = [each for each in command.params if isinstance(each, TyperOption) and each.name == "data"]
        found += [(" ".join(each.opts), each.help or "") for each in options]
    return found


def test_every_command_says_the_same_of_the_folder_that_it_works_in() -> None:
    every = get_command(app)
    assert isinstance(every, TyperGroup)
    found = folders_told(every)
    assert len(found) > 30
    assert set(found) == {("--data", "Folder of log, read models and keys. Default: VISITLEDGER_DATA, or var.")}


def test_what_is_wrong_is_told_on_one_line_however_long_it_is() -> None:
    name = "facts_of_a_month " * 10
    told = CliRunner().invoke(app, ["work", "--only", name])
    assert (told.exit_code, told.stderr.count("\n")) == (2, 1)
