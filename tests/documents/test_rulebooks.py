"""What docs/rulebooks.md prints is what happens."""

import shlex
import subprocess
from datetime import date
from itertools import groupby
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
from tests.documents.tour import steps_of

ROOT = Path(__file__).parents[2]
OURS = "visitledger "


def with_a_catalogue(data_dir: Path) -> None:
    """Define the services that the shipped rulebooks name."""
    house = build(Settings(data_dir=data_dir), clock=DemoClock())
    house.writer.start()
    meanings = {each.code: ServiceMeaning(each.name_sv, each.name_en, each.category) for each in CATALOGUE}
    act = Act(actor="admin/ada")
    house.writer.write(
        [
            define_service_code(code, from_on=date(2024, 1, 1), meaning=meaning, act=act)
            for code, meaning in meanings.items()
        ]
    )
    house.close()


def printed(commands: str) -> str:
    """What a block of commands prints: ours run in this process, which has the program loaded, the others in a shell."""
    told = ""
    for is_ours, lines in groupby(commands.splitlines(), lambda line: line.startswith(OURS)):
        if is_ours:
            told += "".join(CliRunner().invoke(app, shlex.split(line)[1:]).output for line in lines)
        else:
            script = "\n".join(lines)
            told += subprocess.run(
                ["bash", "-c", script], capture_output=True, text=True, timeout=10, check=True
            ).stdout
    return told


def test_the_document_prints_what_happens(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with_a_catalogue(tmp_path / "var")
    monkeypatch.chdir(tmp_path)
    for step in steps_of(ROOT / "docs/rulebooks.md"):
        assert printed(step.commands) == step.shown, step.commands
