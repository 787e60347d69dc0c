"""A module fits in a reader's head, and the check that says so can fail."""

from pathlib import Path

from tests.architecture.tree import ROOT, modules

LINES_MAX = 300


def too_long(root: Path) -> list[str]:
    """List the modules with more than `LINES_MAX` lines."""
    return [path.as_posix() for path in modules(root) if len((root / path).read_bytes().splitlines()) > LINES_MAX]


def test_no_module_is_longer_than_300_lines() -> None:
    assert too_long(ROOT) == []


def test_the_check_finds_a_module_of_301_lines(tmp_path: Path) -> None:
    (tmp_path / "visit.py").write_text("\n" * 301, encoding="utf-8")
    (tmp_path / "order.py").write_text("\n" * 300, encoding="utf-8")
    assert too_long(tmp_path) == ["visit.py"]
