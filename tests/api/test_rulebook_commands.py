"""The command line's rulebooks: looked at, checked, adopted."""

import json
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner

from api.bootstrap import build
from api.cli import app
from api.demo.catalogue import CATALOGUE
from api.demo.clock import DemoClock
from domain.office.act import Act
from domain.office.organisation import define_service_code
from domain.organisation.history import ServiceMeaning
from infra.settings import Settings

FAULTY = "municipality: Bräcke\neditions:\n  - version: b-1\n    from: 2026-02-30\n    policies: {paid_as: fixd}\n"
NEXT_YEAR = "municipality: Bräcke\neditions:\n  - version: b-2\n    from: 2027-01-01\n"


def invoke(*arguments: str, status: int = 0) -> str:
    done = CliRunner().invoke(app, ["rulebook", *arguments])
    assert done.exit_code == status, done.output
    return done.output


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A ledger with the catalogue of the demo, under Solna's rules."""
    data = tmp_path_factory.mktemp("ruled")
    house = build(Settings(data_dir=data), clock=DemoClock())
    house.writer.start()
    house.writer.write(
        [
            define_service_code(
                each.code,
                from_on=date(2024, 1, 1),
                meaning=ServiceMeaning(each.name_sv, each.name_en, each.category, each.legal_basis, each.minutes),
                act=Act(actor="admin/ada"),
            )
            for each in CATALOGUE
        ]
    )
    house.close()
    assert invoke("list", "--data", str(data)) == "0001-01-01 - until further notice  default-1\n"
    told = invoke("adopt", "--shipped", "solna", "--data", str(data))
    assert told == "2024-03-01 - until further notice  solna-2024-03\n"
    return str(data)


@pytest.fixture
def written(tmp_path: Path) -> Path:
    """A place for a document."""
    return tmp_path / "rules.yaml"


def test_the_editions_are_listed_and_shown(folder: str) -> None:
    assert invoke("list", "--data", folder) == "2024-03-01 - until further notice  solna-2024-03  Solna\n"
    shown = json.loads(invoke("show", "solna-2024-03", "--data", folder))
    assert shown["overrides"][0]["policies"]["new_client_bonus_minutes"] == 240
    assert shown["policies"]["continuity_limits"] == [10, 20]
    invoke("show", "solna-2025", "--data", folder, status=2)


def test_the_rules_as_they_were_known_earlier(folder: str) -> None:
    assert "default-1" in invoke("list", "--as-of", str(len(CATALOGUE)), "--data", folder)


def test_what_is_adopted_twice_or_names_unknown_services_is_refused(folder: str) -> None:
    assert "rulebook_already_adopted" in invoke("adopt", "--shipped", "solna", "--data", folder, status=1)
    told = invoke("adopt", "--shipped", "kristianstad", "--data", folder, status=1)
    assert "standard_times/11/service" in told
    assert "unknown: CHILD" in told
    assert "rulebook_services_unknown" in told


@pytest.mark.parametrize("command", ["validate", "adopt"])
def test_every_fault_of_a_file_is_told_with_its_line(written: Path, command: str) -> None:
    written.write_text(FAULTY)
    told = invoke(command, str(written), status=1)
    assert "line 4: /editions/0/from: Write a day as 2024-03-01. [bad_day]" in told
    assert "line 5: /editions/0/policies/paid_as: Write one of: fixed, performed, standard_time. [unknown_word]" in told
    assert "2 faults." in told


def test_a_file_without_fault_is_adopted_for_its_days(written: Path, folder: str) -> None:
    written.write_text(NEXT_YEAR)
    assert invoke("validate", str(written)) == "No fault. Bräcke: b-2.\n"
    assert invoke("adopt", str(written), "--data", folder) == (
        "2024-03-01 - 2027-01-01  solna-2024-03\n2027-01-01 - until further notice  b-2\n"
    )


@pytest.mark.parametrize("arguments", [[], ["rules.yaml", "--shipped", "solna"], ["--shipped", "bollnas"]])
def test_a_document_is_named_in_one_way(arguments: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("rules.yaml").write_text(NEXT_YEAR)
    invoke("validate", *arguments, status=2)


def test_the_schema_is_printed_for_an_editor() -> None:
    assert json.loads(invoke("schema"))["$defs"]["Policies"]["additionalProperties"] is False
