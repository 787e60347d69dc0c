"""An empty log for each test, on either store."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from domain.ledger import Ledger
from infra.event_store import open_log
from infra.recorder import LedgerRecorder
from infra.settings import Settings
from infra.writer import GroupWriter
from tests.infra.stores import SQLITE, SetClock, emptied, opened
from tests.infra.story_log import half_told, whole_told
from tests.infra.writing import ledger_over
from tests.servers import PostgresServer

HALF_TOLD, WHOLE_TOLD = "ledger_half_told", "ledger_whole_told"


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


@pytest.fixture(scope="session")
def half_told_files(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """SQLite's file of a log of half the story and, beside it, of the read models that it was folded to."""
    folder = tmp_path_factory.mktemp("half-told")
    files = [folder / "ledger.db", folder / "ledger.db.read"]
    half_told(f"{SQLITE}{files[0]}").close()
    return files


@pytest.fixture
def half_told_file_url(half_told_files: list[Path], tmp_path: Path) -> str:
    """The URL of a log of half the story, folded, in a file, for what does not depend on the store."""
    for file in half_told_files:
        shutil.copy(file, tmp_path)
    return f"{SQLITE}{tmp_path / 'ledger.db'}"


@pytest.fixture
def half_told_database_url(postgres_server: PostgresServer) -> Iterator[str]:
    """The same in a PostgreSQL database."""
    with postgres_server.copied_database(HALF_TOLD, lambda url: half_told(url).close()) as url:
        yield url


@pytest.fixture(scope="session")
def whole_told_files(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """SQLite's two files, with all of the story."""
    folder = tmp_path_factory.mktemp("whole-told")
    files = [folder / "ledger.db", folder / "ledger.db.read"]
    whole_told(f"{SQLITE}{files[0]}").close()
    return files


@pytest.fixture(params=["sqlite", "postgresql"])
def whole_told_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a log of the whole story, folded, once on each store."""
    if request.param == "sqlite":
        for file in request.getfixturevalue("whole_told_files"):
            shutil.copy(file, tmp_path)
        yield f"{SQLITE}{tmp_path / 'ledger.db'}"
    else:
        server: PostgresServer = request.getfixturevalue("postgres_server")
        with server.copied_database(WHOLE_TOLD, lambda url: whole_told(url).close()) as url:
            yield url


@pytest.fixture(params=["file", "database"], ids=["sqlite", "postgresql"])
def half_told_url(request: pytest.FixtureRequest) -> str:
    """The same on each store."""
    url: str = request.getfixturevalue(f"half_told_{request.param}_url")
    return url
