"""The whole catalogue of exceptions.md: every code has an entry, a detector that yields it, and a test that names it."""

import inspect
import re
from pathlib import Path

import pytest

from domain import detectors, exceptions
from domain.exception_catalogue import CATALOGUE, ExceptionCode
from domain.values import ExceptionClass

TABLE = {
    "F": """
        CLIENT_UNKNOWN WORKER_UNKNOWN ARRIVAL_MISSING DEPARTURE_MISSING NOT_REGISTERED SERVICE_MISSING SERVICE_NOT_ORDERED
        SERVICE_CODE_UNKNOWN DURATION_CAP DELEGATION_MISSING POSITION_FAKED TIME_IMPLAUSIBLE APPROVAL_LAPSED ID_CONFLICT
    """,
    "A": """
        UNPLANNED LONGER_THAN_ORDERED SHORT_VISIT OVERLAP_WORKER OVERLAP_CLIENT IMPOSSIBLE_TRAVEL OTHER_WORKER
        OUTSIDE_PLACE POSITION_ABSENT POSITION_WEAK TAG_UNKNOWN CLOCK_DRIFT TIME_JUMP MANUAL AFTER_LOCK
        SUPERVISION_IN_TEAM_WEEK
    """,
    "I": """
        SILENT LATE_ARRIVAL EARLY_DEPARTURE LATE_SYNC APP_NEWER REFUSAL_PATTERN MERGED_VISITS ORDER_STALE
    """,
}
"""exceptions.md, by class."""
CODES = [(code, exception_class) for exception_class, codes in TABLE.items() for code in codes.split()]
DETECTORS = [Path(inspect.getfile(exceptions)), *Path(inspect.getfile(detectors)).parent.glob("*.py")]
TESTS = [path for path in Path(__file__).parent.glob("test_*.py") if path != Path(__file__)]


def sources(paths: list[Path]) -> str:
    return "\n".join(path.read_text(encoding="utf-8") for path in paths)


@pytest.mark.parametrize(("code", "exception_class"), CODES)
def test_every_code_has_its_class_and_its_meaning_in_both_languages(code: str, exception_class: str) -> None:
    entry = CATALOGUE[ExceptionCode(code)]
    assert entry.exception_class == ExceptionClass(exception_class)
    assert entry.meaning_en.strip() != entry.meaning_sv.strip() != ""


@pytest.mark.parametrize("code", [code for code, _ in CODES])
def test_every_code_has_a_detector_that_says_what_it_finds_and_a_test(code: str) -> None:
    assert re.search(rf"ExceptionCode\.{code}\b", sources(DETECTORS)), "a detector yields it"
    assert re.search(rf"ExceptionCode\.{code}\b|\b{code}\b", sources(TESTS)), "a test names it"


def test_no_code_is_without_an_entry() -> None:
    assert set(CATALOGUE) == set(ExceptionCode)
