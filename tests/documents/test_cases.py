"""What docs/cases.md prints is what happens; its comparisons of the whole demo are too long for a test."""

from pathlib import Path

import pytest

from tests.documents.test_rulebooks import ROOT, printed
from tests.documents.tour import steps_of


def test_the_document_prints_what_happens(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "110")
    for step in steps_of(ROOT / "docs/cases.md"):
        assert printed(step.commands) == step.shown, step.commands
