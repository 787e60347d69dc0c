"""docs/bad-input.md promises, and a test shows each promise: the promise's number stands in the test's name."""

import re
from itertools import pairwise
from pathlib import Path

from tests.architecture.tree import ROOT, modules

ROW = re.compile(r"^\| (\d+) \|", re.MULTILINE)
TEST = re.compile(r"^ *def test_rows?_(\d\d(?:_(?:and_|to_)?\d\d)*)_", re.MULTILINE)
"""`test_row_09_...`, `test_rows_17_and_21_...`, `test_rows_34_37_39_...`, `test_rows_01_to_08_...`"""


def promised(text: str) -> list[int]:
    """The numbers of a document's rows."""
    return [int(number) for number in ROW.findall(text)]


def shown(root: Path) -> set[int]:
    """The rows that tests name."""
    texts = [(root / path).read_text(encoding="utf-8") for path in modules(root) if path.parts[0] == "tests"]
    return {row for text in texts for named in TEST.findall(text) for row in rows_in(named)}


def rows_in(named: str) -> set[int]:
    """`17_and_21` and `34_37_39` name those rows, `01_to_08` also those between."""
    rows = {int(number) for number in re.findall(r"\d\d", named)}
    if "_to_" in named:
        rows |= {row for first, last in pairwise(sorted(rows)) for row in range(first, last)}
    return rows


def test_every_promise_about_bad_input_is_shown_by_a_test() -> None:
    rows = promised((ROOT / "docs/bad-input.md").read_text(encoding="utf-8"))
    assert rows == [*range(1, 57), 67, 72]
    assert set(rows) - shown(ROOT) == set()


def test_the_check_reads_every_way_to_name_rows_and_misses_one_that_nobody_names(tmp_path: Path) -> None:
    names = ["row_09_a", "rows_17_and_21_b", "rows_34_37_39_c", "rows_01_to_03_d", "row_7_e", "a_row_08_f"]
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests/test_a.py").write_text("\n".join(f"def test_{name}() -> None: ..." for name in names))
    assert shown(tmp_path) == {1, 2, 3, 9, 17, 21, 34, 37, 39}
    assert promised("| # | What |\n|---|---|\n| 8 | nesting |\n") == [8]
