"""A server killed at any moment loses nothing that it acknowledged."""

from pathlib import Path

from api.bootstrap import build
from infra.settings import Settings
from tests.faults.kill import run

KILLS = 15
WORKER = "7d0f7f2e-2a52-4f0c-9d55-3b1f6f0f5a01"


def test_nothing_acknowledged_is_lost_or_doubled_when_the_server_is_killed(store_url: str, tmp_path: Path) -> None:
    on_postgresql = store_url.startswith("postgresql")
    settings = Settings(data_dir=tmp_path, store_url=store_url if on_postgresql else "")
    house = build(settings)
    token = house.tokens.issue(subject=WORKER, role="care_worker")
    house.close()

    verdict = run(settings, token=token, kills=KILLS, seed=1)

    assert verdict.good, verdict
    assert verdict.acknowledged > KILLS
