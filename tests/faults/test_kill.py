"""A server killed at any moment loses nothing that it acknowledged."""

import pytest

from api.bootstrap import build
from infra.settings import Settings
from tests.faults.kill import Verdict, run
from tests.faults.side_by_side import STORES, Verdicts, verdicts_on_each_store

KILLS = 15
WORKER = "7d0f7f2e-2a52-4f0c-9d55-3b1f6f0f5a01"


def killed(settings: Settings) -> Verdict:
    house = build(settings)
    token = house.tokens.issue(subject=WORKER, role="care_worker")
    house.close()
    return run(settings, token=token, kills=KILLS, seed=1)


verdicts = verdicts_on_each_store(killed)


@pytest.mark.parametrize("store", STORES)
def test_nothing_acknowledged_is_lost_or_doubled_when_the_server_is_killed(
    store: str, verdicts: Verdicts[Verdict]
) -> None:
    verdict = verdicts[store].result()
    assert verdict.good, verdict
    assert verdict.kills == KILLS
    assert verdict.acknowledged > KILLS
