"""Erasing a person and renewing a person's keys on the command line: told to the log first, and ended when run again."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest
import sqlalchemy as sa
from typer.testing import CliRunner

from api.cli import app
from domain.ids import PersonId
from domain.ports import SealClass
from infra.follower import event_id
from infra.read_database import open_engine
from infra.settings import Settings
from tests.infra.kept_ledger import ANNA, BO, KeptLedger, filled
from tests.projections.story import STORY

ALL = len(STORY) + 1
IDENTITY = SealClass.IDENTITY
TODAY = datetime(2025, 3, 4, tzinfo=UTC)
BY_TWO = ("--by", "eva", "--approved-by", "ulla", "--reason", "retention_over")


@pytest.fixture
def ledger(tmp_path: Path) -> KeptLedger:
    """The story, and two clients."""
    ledger = filled(tmp_path / "here")
    ledger.register(BO)
    return ledger


def invoke(ledger: KeptLedger, *arguments: object, status: int = 0) -> str:
    done = CliRunner().invoke(app, [*map(str, arguments), "--data", str(ledger.settings.data_dir)])
    assert done.exit_code == status, done.output
    return " ".join(done.output.split())


def told_of(ledger: KeptLedger, person: PersonId) -> list[tuple[str, dict[str, object]]]:
    rows = (row for row in ledger.rows() if row.stream == f"person/{person}")
    return [(row.topic, msgspec.json.decode(row.state)) for row in rows]


def test_an_erased_person_has_no_key_and_the_log_says_why_and_by_which_two(ledger: KeptLedger) -> None:
    said = invoke(ledger, "erase", "--person", ANNA, *BY_TWO)
    assert f"Recorded at position {ALL + 2}, and ended at {ALL + 3}. Taken away: 1 keys: every key" in said
    (topic, state), (ended, _) = told_of(ledger, ANNA)
    assert (topic, state["actor"], ended) == ("person.keys_destroyed", "admin/eva", "person.erasure_completed")
    assert (state["reason"], state["approved_by"]) == ("retention_over", "ulla")
    with ledger.keys() as keys:
        assert {key and key.person_id for key in map(keys.find, ledger.key_ids())} == {BO}
    assert f"#{ALL + 2} Erased: retention_over; approved by ulla" in invoke(ledger, "replay", "client", ANNA, "--all")


def test_an_erasure_by_one_person_is_refused_and_nothing_is_destroyed(ledger: KeptLedger) -> None:
    before = ledger.key_ids()
    said = invoke(
        ledger, "erase", "--person", ANNA, "--by", "eva", "--approved-by", "Eva", "--reason", "other", status=1
    )
    assert "second_person_required" in said
    assert (ledger.key_ids(), told_of(ledger, ANNA)) == (before, [])


def test_the_certificate_says_what_was_destroyed_when_by_whom_and_where_in_the_log_and_of_nobody_who_it_was(
    ledger: KeptLedger, tmp_path: Path
) -> None:
    file = tmp_path / "certificate.json"
    invoke(ledger, "erase", "--person", ANNA, *BY_TWO, "--archived", "SSA 2026-17", "--certificate", file)
    certificate = msgspec.json.decode(file.read_bytes())
    with ledger.log() as log:
        assert certificate.pop("ledger_id") == log.identity().ledger_id
        [row] = log.read(ALL + 1, 1)
    assert (certificate.pop("position"), certificate.pop("event_id")) == (ALL + 2, event_id(row))
    assert certificate.pop("ended_at") >= certificate.pop("decided_at")
    assert [(each["name"], each["removed"]) for each in certificate.pop("followed")] == [
        ("keys", 1),
        ("homes", 0),
        ("exports", 0),
    ]
    assert certificate == {
        "epoch": 1,
        "person_kind": "client",
        "person_id": ANNA,
        "reason": "retention_over",
        "requested_by": "admin/eva",
        "approved_by": "ulla",
        "are_signed_in": False,
        "archived": "SSA 2026-17",
        "to_follow": ["keys", "homes", "exports"],
        "ended_at_position": ALL + 3,
    }


def test_nobody_is_erased_while_a_hold_is_open_and_whoever_tries_is_told_since_when(ledger: KeptLedger) -> None:
    before = ledger.key_ids()
    assert invoke(ledger, "hold", "list", "--person", ANNA) == "No hold was ever placed."
    placed = invoke(ledger, "hold", "place", "--person", ANNA, "--reason", "lex_sarah", "--by", "eva")
    hold_id = placed.rpartition(" ")[2].rstrip(".")
    said = invoke(ledger, "erase", "--person", ANNA, *BY_TWO, status=1)
    assert said.startswith("person_held: One legal hold is open, the first since 20")
    assert ledger.key_ids() == before
    invoke(ledger, "hold", "lift", "--person", ANNA, "--hold", hold_id, "--by", "ulla")
    listed = invoke(ledger, "hold", "list", "--person", ANNA)
    assert listed.startswith(f"{hold_id} lex_sarah placed ")
    assert listed.endswith(" by admin/ulla")


def test_nobody_is_erased_or_given_keys_by_a_mistyped_id(ledger: KeptLedger) -> None:
    before = ledger.rows()
    hold = ("hold", "place", "--reason", "appeal", "--by", "eva")
    for command in (("erase", *BY_TWO), ("keys", "rotate", "--by", "eva"), hold):
        said = invoke(ledger, *command, "--person", "6b1f0a52-9a0e-4a34-8f0e-0d1f5c0e7aff", status=1)
        assert "no client or worker has that id" in said
    assert ledger.rows() == before


def test_an_erasure_that_a_reader_holds_up_is_in_the_log_and_ends_when_it_is_run_again(
    ledger: KeptLedger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Settings, "keys_url", f"{ledger.settings.keys_url}?timeout=0.05")
    path = ledger.settings.data_dir / "keys.db"
    with closing(sqlite3.connect(path)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM data_key").fetchone()
        said = invoke(ledger, "erase", "--person", ANNA, *BY_TWO, status=1)
        assert "not ended" in said
        assert "Run it again." in said
    assert [topic for topic, _ in told_of(ledger, ANNA)] == ["person.keys_destroyed"]
    assert "0 keys: every key" in invoke(ledger, "erase", "--person", ANNA, *BY_TWO)
    assert [topic for topic, _ in told_of(ledger, ANNA)][1:] == ["person.keys_destroyed", "person.erasure_completed"]


def test_read_models_say_the_same_before_and_after_an_erasure_and_hold_no_name(ledger: KeptLedger) -> None:
    invoke(ledger, "verify")
    before = person_rows(ledger)
    invoke(ledger, "erase", "--person", ANNA, *BY_TWO)
    assert "No difference" in invoke(ledger, "verify")
    assert person_rows(ledger) == before
    assert len(before) > len([ANNA, BO])
    stored = b"".join(file.read_bytes() for file in ledger.settings.data_dir.glob("read.db*"))
    assert b"1." + next(iter(ledger.key_ids())).encode() not in stored


def person_rows(ledger: KeptLedger) -> list[object]:
    engine = open_engine(ledger.settings.read_url)
    with engine.connect() as db:
        found: list[object] = [tuple(row) for row in db.execute(sa.text("SELECT * FROM person ORDER BY person_id"))]
    engine.dispose()
    return found


def test_new_values_are_sealed_under_the_new_key_and_old_ones_still_open(ledger: KeptLedger) -> None:
    with ledger.keys() as keys:
        old = keys.key_for(ANNA, IDENTITY, TODAY)
    said = invoke(ledger, "keys", "rotate", "--person", ANNA, "--by", "eva")
    assert f"Recorded at position {ALL + 2}; 1 new keys." in said
    assert [topic for topic, _ in told_of(ledger, ANNA)] == ["person.keys_rotated"]
    with ledger.keys() as keys:
        new = keys.key_for(ANNA, IDENTITY, TODAY)
        assert (new.generation, new.key_id != old.key_id, keys.find(old.key_id)) == (2, True, old)
        assert keys.key_for(BO, IDENTITY, TODAY).generation == 1
        assert keys.destroy(ANNA) == 2
    assert "months" not in invoke(ledger, "keys", "rotate", "--person", BO, "--by", "eva", "--class", "sensitive")
    assert "each month" in invoke(
        ledger, "keys", "rotate", "--person", BO, "--by", "eva", "--class", "position", status=2
    )
