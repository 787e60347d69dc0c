"""The repository speaks of itself alone, and the checker that says so can fail."""

from pathlib import Path

import pytest

from tests.architecture.tree import ROOT
from tests.architecture.words import foreign_words

# Written apart, so that this file is no finding itself.
FOREIGN = [
    ("a registry's host", "pip install -i https://py" + "pi.org/simple"),
    ("a registry's host", "https://files.python" + "hosted.org/packages"),
    ("a path of one machine", "read from /wo" + "rk/main"),
    ("a path of one machine", "'/op" + "t/venv/bin/python'"),
    ("a path of one machine", "cd /ro" + "ot/clone"),
    ("a path of one machine", "/ho" + "me/anna/clone"),
    ("how the work was ordered", "as is" + "sue #2 asks"),
    ("how the work was ordered", "Is" + "sue 2"),
    ("how the work was ordered", "done in ses" + "sion 3"),
    ("a tool that wrote it", "written by Cla" + "ude"),
]

OWN = [
    "the issuer of a token, a session of the browser, an issue of the office",
    "https://www.example.org/work/opt",
    "/usr/bin/chromium and ../root/",
    "a language modelled on the field's",
]


def test_no_file_speaks_of_registries_machines_or_how_it_was_made() -> None:
    assert foreign_words(ROOT) == []


@pytest.mark.parametrize(("what", "line"), FOREIGN)
def test_the_checker_finds_a_foreign_word(tmp_path: Path, what: str, line: str) -> None:
    (tmp_path / "README.md").write_text(f"# Visit Ledger\n{line}\n", encoding="utf-8")
    assert foreign_words(tmp_path) == [f"README.md:2: {what}"]


@pytest.mark.parametrize("line", OWN)
def test_the_checker_lets_our_own_words_pass(tmp_path: Path, line: str) -> None:
    (tmp_path / "README.md").write_text(line, encoding="utf-8")
    assert foreign_words(tmp_path) == []


def test_the_checker_passes_over_what_tools_left_behind(tmp_path: Path) -> None:
    (tmp_path / ".venv").mkdir()
    (tmp_path / ".venv" / "pyvenv.cfg").write_text("home = /ro" + "ot/python", encoding="utf-8")
    assert foreign_words(tmp_path) == []
