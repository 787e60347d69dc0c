"""A rebuild killed at any moment goes on, ends equal, and is noticed by nobody who uses the server."""

import pytest

from infra.settings import Settings
from tests.faults.rebuild_kill import Verdict, run
from tests.faults.side_by_side import STORES, Verdicts, verdicts_on_each_store

KILLS, FACTS = 2, 80


def killed(settings: Settings) -> Verdict:
    return run(settings, facts=FACTS, kills=KILLS, seed=1, read_models=["audit_trail"])


verdicts = verdicts_on_each_store(killed)


@pytest.mark.parametrize("store", STORES)
def test_a_rebuild_killed_beside_a_busy_server_ends_equal_and_no_request_fails(
    store: str, verdicts: Verdicts[Verdict]
) -> None:
    verdict = verdicts[store].result()
    assert verdict.good, verdict
    assert sum(verdict.killed_while.values()) == KILLS
    assert verdict.requests > KILLS
