"""The README's tour works as it is printed."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from api.bootstrap import build
from api.demo.clock import DemoClock
from api.demo.loading import run_demo
from api.demo.municipality import make_municipality
from api.demo.scope import Scope
from infra.settings import Settings
from tests.documents.tour import run, settled, steps_of
from tests.faults.server import ServerProcess

ROOT = Path(__file__).parents[2]


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ServerProcess]:
    """A server over the demo of a very small municipality: the tour does not depend on its size."""
    settings = Settings(data_dir=tmp_path / "var")
    house = build(settings, clock=DemoClock())
    house.start()
    told = run_demo(house, make_municipality(Scope(clients=6, days=2)))
    assert house.projector.wait_until(told.position, 20)
    house.close()
    process = ServerProcess(settings)
    process.start()
    yield process
    process.stop()


def test_the_tour_prints_what_the_readme_shows(server: ServerProcess, tmp_path: Path) -> None:
    (tmp_path / ".venv").mkdir()
    (tmp_path / ".venv/bin").symlink_to(Path(sys.executable).parent)
    steps = steps_of(ROOT / "README.md")
    environment = os.environ | {"PYTHONPATH": str(ROOT), "PATH": os.environ["PATH"]}
    first = steps[0].commands.replace("http://127.0.0.1:8080", server.url)
    told = run([type(steps[0])(first, steps[0].shown), *steps[1:]], folder=tmp_path, environment=environment)
    assert len(told) == len(steps)
    for step, output in zip(steps, told, strict=True):
        assert settled(output) == settled(step.shown), step.commands
