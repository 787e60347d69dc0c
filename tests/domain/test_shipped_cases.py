"""Every case that comes with the program holds under its rulebook, and fails when the lines that it hangs on are changed."""

from functools import cache
from pathlib import Path

import pytest

from domain.cases.case import Case
from domain.cases.run import run_case, without_its_rule
from domain.rulebook.rulebook import Rulebook
from infra.case_files import rulebook_named, shipped_cases

CASES = [
    pytest.param(file.rulebook, case, id=f"{name}-{number}-{case.rule}")
    for name, file in shipped_cases().items()
    for number, case in enumerate(file.cases, start=1)
]


@cache
def rulebook(name: str) -> Rulebook:
    """One that comes with the program."""
    return rulebook_named(name, Path())


@pytest.mark.parametrize(("name", "case"), CASES)
def test_a_case_holds_and_hangs_on_its_rule(name: str, case: Case) -> None:
    run = run_case(case, rulebook(name))
    assert run.misses == ()
    if case.hangs_on is not None:
        assert not without_its_rule(case, rulebook(name)).passed, "the case proves nothing"
