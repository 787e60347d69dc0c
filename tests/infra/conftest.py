"""An empty log for each test, on either store."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from domain.ledger import Ledger
from infra.event_store import open_log
from infra.recorder import LedgerRecorder
from infra.settings import Settings
from infra.writer import GroupWriter
from tests.infra.stores import SQLITE, SetClock, emptied, opened
from tests.infra.writing import ledger_over
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


@pytest.fixture
def log(store_url: str, tmp_path: Path) -> Iterator[LedgerRecorder]:
    """A log as the product opens it."""
    settings = Settings(data_dir=tmp_path, store_url=store_url if store_url.startswith("postgres") else "")
    log = open_log(settings)
    yield log
    log.close()


@pytest.fixture
def ledger(log: LedgerRecorder) -> Ledger:
    """A ledger over it."""
    return ledger_over(log)


@pytest.fixture
def writer(ledger: Ledger) -> Iterator[GroupWriter]:
    """Its writer, running."""
    writer = GroupWriter(ledger)
    writer.start()
    yield writer
    writer.close()
