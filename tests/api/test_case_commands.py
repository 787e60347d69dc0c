"""Cases on the command line: what an officer sees."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from api.cli import app

CASE = """\
rulebook: {rulebook}
cases:
- case: Twenty minutes in the morning
  month: 2024-04
  given:
    services: {{MORNING: personal_care}}
    orders: [{{client: asta, lines: [{{service: MORNING, minutes: 15}}]}}]
    visits:
    - {{day: 2024-04-10, client: asta, by: {{anna: 08:00-08:20}}, done: [MORNING]}}
  expect: {{performed: {{asta: {minutes}}}}}
"""


def check(*arguments: str, status: int = 0) -> str:
    done = CliRunner().invoke(app, ["rulebook", "check", *arguments])
    assert done.exit_code == status, done.output
    return done.output


def written(folder: Path, text: str) -> str:
    file = folder / "cases.yaml"
    file.write_text(text, encoding="utf-8")
    return str(file)


def test_cases_that_come_along_are_run_by_name() -> None:
    assert "5 of 5 cases hold under Västerås." in check("--shipped", "vasteras")


def test_a_case_that_holds_is_told_with_its_line(tmp_path: Path) -> None:
    told = check(written(tmp_path, CASE.format(rulebook="default", minutes=20)))
    assert "3     Twenty minutes in the morning" in told
    assert "1 of 1 cases hold" in told


def test_a_case_that_fails_shows_what_was_expected_and_what_was_found(tmp_path: Path) -> None:
    told = check(written(tmp_path, CASE.format(rulebook="default", minutes=15)), status=1)
    assert "FAILS" in told
    [miss] = [line.split() for line in told.splitlines() if "performed asta" in line]
    assert miss == ["performed", "asta", "15", "20"]
    assert "0 of 1 cases hold" in told


def test_faults_are_told_by_line_and_no_case_is_run(tmp_path: Path) -> None:
    text = CASE.format(rulebook="default", minutes=20).replace("done:", "don:").replace("month:", "moth:")
    told = check(written(tmp_path, text), status=1)
    assert "line 9: /cases/0/given/visits/0/don: There is no field of that name here. Perhaps `done` is meant." in told
    assert "line 4: /cases/0/moth" in told
    assert "No case was run" in told


def test_hours_that_cannot_be_read_are_told_by_the_line_of_the_case(tmp_path: Path) -> None:
    text = CASE.format(rulebook="default", minutes=20).replace("08:00-08:20", "8 to 9")
    assert "line 3: the case cannot be run. Write hours as 09:00-09:40" in check(written(tmp_path, text), status=2)


def test_cases_stand_beside_the_rulebook_they_are_for(tmp_path: Path) -> None:
    rules = "municipality: Ours\neditions:\n- {version: ours-1, from: 2024-01-01, policies: {double_staffing: count_each}}\n"
    (tmp_path / "ours.yaml").write_text(rules, encoding="utf-8")
    told = check(written(tmp_path, CASE.format(rulebook="ours.yaml", minutes=20)))
    assert "1 of 1 cases hold under Ours." in told


def test_cases_may_be_tried_under_another_rulebook(tmp_path: Path) -> None:
    file = written(tmp_path, CASE.format(rulebook="nowhere", minutes=20))
    assert "under Solna." in check(file, "--rulebook", "solna")
    assert "No rulebook of that name" in check(file, status=2)


@pytest.mark.parametrize("arguments", [(), ("--shipped", "nowhere")])
def test_there_must_be_cases_to_run(arguments: tuple[str, ...]) -> None:
    check(*arguments, status=2)


def test_the_table_of_rules_is_printed() -> None:
    done = CliRunner().invoke(app, ["rulebook", "rules"])
    assert done.stdout.startswith("# The table of rules\n")
    assert "| 5.3-solna-cleaning |" in done.stdout
