"""A rebuild killed at any moment goes on, ends equal, and is noticed by nobody who uses the server."""

from collections.abc import Iterator

import pytest

from infra.settings import Settings
from tests.faults.rebuild_kill import Verdict, run
from tests.faults.side_by_side import STORES, Verdicts, on_each_store
from tests.servers import PostgresServer

KILLS, FACTS = 2, 80


def killed(settings: Settings) -> Verdict:
    return run(settings, facts=FACTS, kills=KILLS, seed=1, read_models=["audit_trail"])


@pytest.fixture(scope="module")
def verdicts(postgres_server: PostgresServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Verdicts[Verdict]]:
    """What comes of it on each store."""
    with on_each_store(killed, postgres_server, tmp_path_factory.mktemp("rebuilds")) as verdicts:
        yield verdicts


@pytest.mark.parametrize("store", STORES)
def test_a_rebuild_killed_beside_a_busy_server_ends_equal_and_no_request_fails(
    store: str, verdicts: Verdicts[Verdict]
) -> None:
    verdict = verdicts[store].result()
    assert verdict.good, verdict
    assert sum(verdict.killed_while.values()) == KILLS
    assert verdict.requests > KILLS
