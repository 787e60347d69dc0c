"""Processes that fold may be killed at any moment: every event is folded once, and another process goes on."""

from pathlib import Path

from infra.settings import Settings
from tests.faults.folding import run

KILLS = 10


def test_every_event_is_folded_once_when_processes_that_fold_are_killed(postgres_url: str, tmp_path: Path) -> None:
    verdict = run(Settings(data_dir=tmp_path, store_url=postgres_url), kills=KILLS, seed=1)
    assert verdict.good, verdict
    assert verdict.events > 10 * KILLS
