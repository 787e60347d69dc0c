"""Imports point one way, and the checker that says so can fail."""

from pathlib import Path

import pytest

from tests.architecture.imports import strays, violations
from tests.architecture.tree import ROOT, modules

BROKEN = [
    ("domain/visit.py", "import projections.facts", "1: domain imports projections"),
    ("domain/visit.py", "from infra import settings", "1: domain imports infra"),
    ("domain/visit.py", "def late() -> None:\n    import api.app", "2: domain imports api"),
    ("domain/visit.py", "import sqlalchemy", "1: sqlalchemy is not for domain"),
    ("domain/visit.py", "import sqlite3", "1: sqlite3 is not for domain"),
    ("domain/visit.py", "import fastapi", "1: fastapi is not for domain"),
    ("domain/visit.py", "import structlog", "1: structlog is not for domain"),
    ("domain/visit.py", "from eventsourcing.application import Application", "1: eventsourcing is not for domain"),
    ("domain/visit/ledger.py", "import eventsourcing", "1: eventsourcing is not for domain"),
    ("projections/facts.py", "from infra.database import engine", "1: projections imports infra"),
    ("projections/facts.py", "from .. import api", "1: projections imports api"),
    ("projections/facts.py", "from ..api import app", "1: projections imports api"),
    ("projections/facts.py", "import psycopg", "1: psycopg is not for projections"),
    (
        "projections/facts.py",
        "from domain.visit.aggregate import Visit\nfrom domain.visit import aggregate",
        "2: a projection folds events and knows no domain.visit.aggregate",
    ),
    ("infra/projector.py", "from api.app import app", "1: infra imports api"),
    ("infra/projector.py", "import starlette.responses", "1: starlette is not for infra"),
    ("infra/projector.py", "from importlib import import_module\nimport_module('api.app')", "2: infra imports api"),
    ("infra/projector.py", "__import__('api.app')", "1: infra imports api"),
    ("infra/projector.py", "if TYPE_CHECKING:\n    from api.app import App", "2: infra imports api"),
    ("api/app.py", "from sqlalchemy import select", "1: sqlalchemy is not for api"),
    ("api/app.py", "from tests.servers import CHROMIUM", "1: tests is not for api"),
]

SOUND = {
    "domain/visit.py": "import msgspec\nfrom datetime import datetime\nfrom domain.ids import VisitId",
    "domain/ledger.py": "from eventsourcing.application import Application",
    "projections/facts.py": "from sqlalchemy import Table\nfrom domain.visit.events import VisitCheckedIn",
    "infra/projector.py": "import psycopg\nfrom projections import facts\nfrom . import settings",
    "api/app.py": "from fastapi import FastAPI\nimport infra.projector, projections.facts, domain.ids",
    "tests/servers.py": "import api.app, sqlalchemy, fastapi",
}


def write(root: Path, name: str, source: str) -> None:
    """Put a module into a sample tree."""
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(source, encoding="utf-8")


def test_our_imports_point_from_api_to_infra_to_projections_to_domain() -> None:
    assert violations(ROOT) == []


def test_every_module_stands_in_a_layer_or_among_the_tests() -> None:
    assert strays(ROOT) == []


def test_the_checker_looks_at_our_own_modules() -> None:
    assert {path.parts[0] for path in modules(ROOT)} == {"domain", "projections", "infra", "api", "tests"}


def test_the_checker_lets_a_sound_tree_pass(tmp_path: Path) -> None:
    for name, source in SOUND.items():
        write(tmp_path, name, source)
    assert violations(tmp_path) == []
    assert strays(tmp_path) == []


@pytest.mark.parametrize(("name", "source", "wrong"), BROKEN)
def test_the_checker_finds_a_broken_import(tmp_path: Path, name: str, source: str, wrong: str) -> None:
    write(tmp_path, name, source)
    assert f"{name}:{wrong}" in violations(tmp_path)


def test_the_checker_finds_a_module_that_stands_in_no_layer(tmp_path: Path) -> None:
    write(tmp_path, "scripts/repair.py", "import api.app")
    assert strays(tmp_path) == ["scripts/repair.py"]
