"""The review and the extract over the real app and on the command line: told, and entered themselves."""

import csv
import io
from datetime import UTC, datetime

import pytest
from typer.testing import CliRunner

from api.bootstrap import House
from api.cli import app
from domain.access.entry import Doing, Entry
from infra.access_reading import entries_between, entries_of
from tests.access.cast import Cast, Relation
from tests.access.test_access_log import asker, entered
from tests.api.calls import Caller


def caller(cast: Cast, name: str) -> Caller:
    """A caller of the cast."""
    found = asker(cast, name).caller
    assert found is not None
    return found


def run(cast: Cast, *arguments: str, status: int = 0) -> str:
    """What a command says."""
    done = CliRunner().invoke(app, [*arguments, "--data", str(cast.folder)])
    assert done.exit_code == status, done.output
    return done.output


def latest(house: House, client_id: str) -> Entry:
    """The last entry about a client."""
    return list(entries_of(house.access_log.engine, "client", client_id))[-1]


def test_a_clients_extract_says_who_read_by_unit_and_not_by_name_and_is_entered(cast: Cast, house: House) -> None:
    client = cast.things[Relation.OWN].client
    caller(cast, "coordinator").get(f"/v1/clients/{client}")
    answer = caller(cast, "care_manager").get(f"/v1/clients/{client}/access-extract")
    rows = answer.json()["rows"]
    read = [row for row in rows if (row["role"], row["what_was_done"]) == ("coordinator", "read")]
    assert read[-1]["unit"] not in {"", "-"}
    assert read[-1]["at"] == "2026-03-02 08:00"
    assert "auditor/" not in answer.text
    [entry] = entered(house, answer)
    assert (entry.action, entry.record_class, entry.whose) == (
        "read.access_extract",
        "access",
        frozenset({("client", client)}),
    )


@pytest.mark.faults
def test_row_48_the_extract_of_a_client_with_protected_identity_is_for_those_who_are_named(cast: Cast) -> None:
    hidden, named = (cast.things[each].client for each in (Relation.PROTECTED, Relation.NAMED))
    for role in ("care_manager", "auditor"):
        answer = caller(cast, role).get(f"/v1/clients/{hidden}/access-extract")
        assert (answer.status_code, answer.json()["code"]) == (404, "client_unknown")
    assert caller(cast, "care_manager").get(f"/v1/clients/{named}/access-extract").status_code == 200


def test_the_review_tells_an_auditor_what_stands_out_and_is_for_nobody_else(cast: Cast, house: House) -> None:
    client = cast.things[Relation.OTHER_PROVIDER].client
    caller(cast, "auditor").get(f"/v1/clients/{client}")
    answer = caller(cast, "auditor").get("/v1/access-log/review", month="2026-03")
    rows = answer.json()["rows"]
    stated = [row for row in rows if row["ground"] == "stated_purpose" and row["client_id"] == client]
    assert [(row["actor"], row["purposes"]) for row in stated if row["actor"].startswith("auditor")] == [
        ("auditor/auditor", ["audit"])
    ]
    assert {row["ground"] for row in rows} >= {"sample"}
    [entry] = entered(house, answer)
    assert (entry.action, ("client", client) in entry.whose) == ("read.access_log", True)
    others = {
        name: caller(cast, name).get("/v1/access-log/review", month="2026-03") for name in ("admin", "care_manager")
    }
    assert {name: answer.status_code for name, answer in others.items()} == {"admin": 403, "care_manager": 403}


@pytest.mark.faults
def test_the_review_tells_who_read_one_with_protected_identity_and_not_whom(cast: Cast) -> None:
    hidden = cast.things[Relation.PROTECTED].client
    assert hidden in caller(cast, "admin").get("/v1/persons/erasures", limit=500).text
    review = caller(cast, "auditor").get("/v1/access-log/review", month="2026-03")
    found = [row["client_id"] for row in review.json()["rows"] if row["ground"] == "protected"]
    assert "" in found
    assert hidden not in review.text


def test_the_command_line_enters_the_operator_who_reads(cast: Cast, house: House) -> None:
    client = cast.things[Relation.OWN].client
    for arguments, action in (
        (("replay", "client", client), "read.history"),
        (("access-log", "extract", "--client", client), "read.access_extract"),
        (("export", str(cast.folder / "log.jsonl")), "read.events"),
    ):
        run(cast, *arguments)
        [entry] = [each for each in entries_of(house.access_log.engine, "client", client) if each.action == action][-1:]
        assert (entry.role, entry.rule) == ("operator", "operator.machine")


def test_the_extract_on_the_command_line_is_a_table_in_swedish(cast: Cast) -> None:
    client = cast.things[Relation.OWN].client
    caller(cast, "coordinator").get(f"/v1/clients/{client}")
    rows = list(csv.DictReader(io.StringIO(run(cast, "access-log", "extract", "--client", client))))
    assert ("samordnare", "läste") in {(row["role"], row["what_was_done"]) for row in rows}


def test_the_review_on_the_command_line_is_a_table(cast: Cast) -> None:
    rows = list(csv.DictReader(io.StringIO(run(cast, "access-log", "review", "--month", "2026-03"))))
    assert "sample" in {row["ground"] for row in rows}
    assert "for example 2025-03" in run(cast, "access-log", "review", "--month", "March", status=2)


@pytest.mark.faults
def test_entries_of_the_last_five_years_are_not_taken_away_and_a_pruning_is_entered(cast: Cast, house: House) -> None:
    assert "kept for five years" in run(cast, "access-log", "prune", "--before", "2026-03-01", status=2)
    assert "0 answers taken away" in run(cast, "access-log", "prune", "--before", "2000-01-01")
    since, until = datetime(2026, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
    pruned = [each for each in entries_between(house.access_log.engine, since, until) if each.doing is Doing.PRUNE]
    assert [(each.role, each.purpose) for each in pruned] == [("operator", "before 2000-01-01")]


@pytest.mark.faults
def test_whether_the_access_log_is_whole_is_told_with_its_head_and_a_wrong_head_is_found(cast: Cast) -> None:
    told = run(cast, "access-log", "verify")
    assert "answers, whole" in told
    head = told.split()[-1]
    assert "whole" in run(cast, "access-log", "verify", "--head", head)
    link_id, its_hash = head.split(":")
    assert f"access_link {link_id}: other" in run(
        cast, "access-log", "verify", "--head", f"{link_id}:{its_hash[::-1]}", status=1
    )
    assert "64 hexadecimal" in run(cast, "access-log", "verify", "--head", "yesterday", status=2)
