"""An empty log for each test, on either store."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.recorder import LedgerRecorder
from tests.infra.stores import SQLITE, SetClock, emptied, opened
from tests.servers import PostgresServer


@pytest.fixture(scope="module")
def log_database(postgres_server: PostgresServer) -> Iterator[str]:
    """A PostgreSQL database for all tests of a module: a new one for each takes longer than the tests."""
    with postgres_server.fresh_database() as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def log_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where a log can be opened that is not there yet, once on each store."""
    if request.param == "sqlite":
        return f"{SQLITE}{tmp_path / 'ledger.db'}"
    return emptied(request.getfixturevalue("log_database"))


@pytest.fixture
def clock() -> SetClock:
    """The clock of `recorder`."""
    return SetClock(1_000)


@pytest.fixture
def recorder(log_url: str, clock: SetClock) -> Iterator[LedgerRecorder]:
    """An empty log."""
    with opened(log_url, clock) as recorder:
        yield recorder
