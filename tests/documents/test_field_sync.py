"""The phone's protocol shows how to prove a key, and it works as it is printed."""

import os
import sys
from pathlib import Path

from api.app import create_app
from api.bootstrap import build
from infra.settings import Settings
from tests.api.wire import served
from tests.documents.tour import run, steps_of

ROOT = Path(__file__).parents[2]


def test_a_phone_proves_its_key_as_the_document_shows(tmp_path: Path) -> None:
    (tmp_path / ".venv").mkdir()
    (tmp_path / ".venv/bin").symlink_to(Path(sys.executable).parent)
    [step] = steps_of(ROOT / "docs/field-sync.md")
    with served(create_app(build(Settings(data_dir=tmp_path / "var"))), headers_seconds_max=5) as port:
        commands = step.commands.replace("127.0.0.1:8080", f"127.0.0.1:{port}")
        environment = os.environ | {"PYTHONPATH": str(ROOT)}
        told = run([type(step)(commands, step.shown)], folder=tmp_path, environment=environment)
    assert [output.strip() for output in told] == [step.shown.strip()]
