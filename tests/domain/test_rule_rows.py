"""The table of rules is whole: every row that is computed is shown, and every case shows a row."""

import ast

import msgspec
import pytest

from domain.cases.case import Given
from domain.cases.rule_row import RuleKind, RuleRow, proofs_in, rules_page
from domain.rulebook.policies import Policies
from infra.case_files import rule_rows, shipped_cases
from tests.architecture.tree import ROOT

ROWS = {row.id: row for row in rule_rows()}
CASES = [(name, case) for name, file in shipped_cases().items() for case in file.cases]
WAITING = {*(field.name for field in msgspec.structs.fields(Policies))} | {
    f"given.{field.name}" for field in msgspec.structs.fields(Given)
}


def test_no_two_rows_have_one_name() -> None:
    assert len(ROWS) == len(rule_rows())


def test_every_row_that_is_computed_is_shown_by_a_case_or_a_test() -> None:
    shown = {case.rule for _, case in CASES}
    assert [row.id for row in ROWS.values() if row.is_computed and row.id not in shown and not row.tests] == []


def test_every_case_shows_a_row_that_is_computed() -> None:
    computed = {row.id for row in ROWS.values() if row.is_computed}
    assert [(name, case.case) for name, case in CASES if case.rule not in computed] == []


def test_every_case_of_a_rule_hangs_on_a_line_of_the_rulebook() -> None:
    ruled = [(name, case) for name, case in CASES if ROWS[case.rule].kind is RuleKind.RULE]
    assert [(name, case.case) for name, case in ruled if case.hangs_on is None] == []


def test_what_is_unknown_names_what_waits_for_it_and_nothing_else_does() -> None:
    assert [row.id for row in ROWS.values() if (row.kind is RuleKind.UNKNOWN) != (row.waits_for in WAITING)] == []


def test_every_section_from_2_to_11_has_rows() -> None:
    assert {row.section.partition(".")[0] for row in ROWS.values()} == {str(number) for number in range(2, 12)}


@pytest.mark.parametrize("test", sorted({test for row in ROWS.values() for test in row.tests}))
def test_a_test_that_a_row_names_exists(test: str) -> None:
    path, _, name = test.partition("::")
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    assert name in {each.name for each in tree.body if isinstance(each, ast.FunctionDef)}


def test_the_document_is_what_the_command_prints() -> None:
    """Write it anew with `visitledger rulebook rules > docs/rules.md`."""
    told = rules_page(rule_rows(), proofs_in(shipped_cases()))
    assert (ROOT / "docs/rules.md").read_text(encoding="utf-8") == told


def test_a_row_says_where_it_is_shown_or_what_waits() -> None:
    rows = [
        RuleRow(id="a", section="2", what="A", source="A", kind=RuleKind.RULE),
        RuleRow(id="b", section="2", what="B", source="DAND", kind=RuleKind.UNKNOWN, waits_for="rates"),
        RuleRow(id="c", section="3", what="C", source="A", kind=RuleKind.FIXED, tests=("tests/x.py::test_c",)),
    ]
    page = rules_page(rows, {"a": ("solna",)})
    assert "| a | A | A | rule | [solna](../domain/cases/shipped/solna.yaml) |" in page
    assert "| b | B | DAND | unknown | waits for `rates` |" in page
    assert "| c | C | A | fixed | `test_c` |" in page
