"""Runs a case: what the rulebook makes of it, held against what it must come to."""

from collections.abc import Iterable, Mapping

import msgspec

from domain.cases.case import Case
from domain.cases.figures import FIGURES, Books, Figure
from domain.rulebook.change import with_policies
from domain.rulebook.rulebook import Rulebook


class Miss(msgspec.Struct, frozen=True):
    """One figure that is not what the case expects. `name` is the client, service or cause; empty for a single figure."""

    figure: str
    name: str
    expected: Figure
    found: Figure


class CaseRun(msgspec.Struct, frozen=True):
    """What came of a case."""

    case: Case
    misses: tuple[Miss, ...]

    @property
    def passed(self) -> bool:
        """Whether every figure is as expected."""
        return not self.misses


def run_case(case: Case, rulebook: Rulebook) -> CaseRun:
    """Compute every figure that the case names and compare. Raises RefusedError for times or months that cannot be read."""
    books = Books(case, rulebook if case.but is None else with_policies(rulebook, case.but))
    misses: list[Miss] = []
    for figure, compute in FIGURES.items():
        expected = getattr(case.expect, figure)
        if expected is not None:
            misses += _compare(figure, expected, compute(books))
    return CaseRun(case, tuple(misses))


def without_its_rule(case: Case, rulebook: Rulebook) -> CaseRun:
    """Run the case with the policies that it hangs on otherwise: it must fail, or it proves nothing."""
    ruled = rulebook if case.but is None else with_policies(rulebook, case.but)
    changed = ruled if case.hangs_on is None else with_policies(ruled, case.hangs_on)
    return run_case(msgspec.structs.replace(case, but=None), changed)


def _compare(figure: str, expected: Figure, found: Figure) -> Iterable[Miss]:
    if not isinstance(expected, Mapping) or not isinstance(found, Mapping):
        return [] if expected == found else [Miss(figure, "", expected, found)]
    names = sorted({*expected, *(name for name, value in found.items() if value)})
    return [
        Miss(figure, name, expected.get(name, 0), found.get(name, 0))
        for name in names
        if expected.get(name, 0) != found.get(name, 0)
    ]
