"""A rebuild killed at any moment goes on, ends equal, and is noticed by nobody who uses the server."""

from pathlib import Path

from infra.settings import Settings
from tests.faults.rebuild_kill import run

KILLS, FACTS = 2, 80


def test_a_rebuild_killed_beside_a_busy_server_ends_equal_and_no_request_fails(store_url: str, tmp_path: Path) -> None:
    on_postgresql = store_url.startswith("postgresql")
    settings = Settings(data_dir=tmp_path, store_url=store_url if on_postgresql else "")

    verdict = run(settings, facts=FACTS, kills=KILLS, seed=1, read_models=["audit_trail"])

    assert verdict.good, verdict
    assert sum(verdict.killed_while.values()) == KILLS
    assert verdict.requests > KILLS
