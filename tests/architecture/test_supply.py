"""What the ledger is made of is allowed, known and without secrets; and each check can fail."""

from pathlib import Path

import pytest

from tests.architecture.tree import ROOT
from tests.supply.__main__ import LOCKS, audited
from tests.supply.licences import PERMISSIVE, TOOLS, is_allowed, licence_faults, locked
from tests.supply.secrets import KNOWN, secret_faults

MADE_UP = "AKIA" + "IOSFODNN7EXAMPLF"
"""Formed as a key of a well-known cloud; written apart, so that this file is no finding itself."""


def test_every_locked_package_is_under_a_licence_that_is_allowed() -> None:
    product, tools = (ROOT / lock for lock in LOCKS)
    assert len(locked(product)) > 50
    assert list(licence_faults(product, tools)) == []


@pytest.mark.parametrize(
    ("name", "licence", "allowed"),
    [
        ("any", "MIT", True),
        ("any", "GPL-3.0-only OR Apache-2.0", True),
        ("any", "MIT AND GPL-3.0-only", False),
        ("any", "GPL-3.0-only", False),
        ("any", "LGPL-3.0-only", False),
        ("any", "MPL-2.0", False),
        ("any", "", False),
        ("psycopg", "LGPL-3.0-only", True),
        ("psycopg", "GPL-3.0-only", False),
    ],
)
def test_a_licence_is_allowed_by_name(name: str, licence: str, allowed: bool) -> None:
    assert is_allowed(name, licence, PERMISSIVE) == allowed


def test_what_a_tool_may_be_under_is_not_for_the_product(tmp_path: Path) -> None:
    lock, empty = tmp_path / "one.lock", tmp_path / "none.lock"
    lock.write_text("hypothesis==6.170.15 \\\n    --hash=sha256:00\nnobody-has-this==1.0 \\\n")
    empty.write_text("")
    assert list(licence_faults(lock, empty)) == ["hypothesis: MPL-2.0", "nobody-has-this is not installed"]
    assert list(licence_faults(empty, lock)) == ["nobody-has-this is not installed"]
    assert "MPL-2.0" in TOOLS


def test_a_key_left_in_a_file_is_found_and_not_repeated(tmp_path: Path) -> None:
    (tmp_path / ".ci").mkdir()
    (tmp_path / KNOWN).write_bytes((ROOT / KNOWN).read_bytes())
    (tmp_path / "settings.py").write_text(f'ACCESS = "{MADE_UP}"\n')
    (tmp_path / "clean.py").write_text('ACCESS = "read"\n')
    [found] = secret_faults(tmp_path)
    assert found == "settings.py:1: AWS Access Key"


def test_an_audit_tells_what_is_known_from_what_could_not_be_looked_up() -> None:
    bad = {"name": "old", "version": "1.0", "vulns": [{"id": "CVE-2026-1"}]}
    good = {"name": "new", "version": "2.0", "vulns": []}
    skipped = {"name": "unheard", "skip_reason": "not found"}
    assert audited({"dependencies": [bad, good, skipped]}) == (["old 1.0: CVE-2026-1"], 2, 1)


def test_continuous_integration_looks_at_the_supply() -> None:
    assert "make supply" in (ROOT / ".ci/run").read_text(encoding="utf-8").splitlines()
