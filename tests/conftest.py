"""What every test can ask for: real stores, a real browser. With REQUIRE_ALL=1 a skipped test is a failed one."""

import os
import shutil
import sys
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from infra import folding_process, projector
from infra.process import sparing_the_collector
from infra.settings import Settings
from tests.servers import PostgresServer, ServerMissingError, lay_out, roomy_memory, running_chromium, running_postgres
from tests.unchanged_logs import log_in_few_lines

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytest_plugins = ["tests.budget", "pytester"]


def pytest_configure() -> None:
    """Let logs be short, and a projector notice soon that it is to stop: many are stopped here. What a tool of ours brought
    besides, and jsonschema would take a second to import, is not there for the tests, as it is not for the product."""
    log_in_few_lines()
    projector.IDLE_S = folding_process.IDLE_S = 0.02
    sys.modules["rfc3987_syntax"] = None  # type: ignore[assignment]


@pytest.hookimpl(wrapper=True)
def pytest_runtestloop() -> Generator[None, object, object]:
    """Spare the collector, as a server does: it would look through some hundred thousand objects of modules and tests again
    and again, which takes a tenth of a run."""
    with sparing_the_collector():
        return (yield)


def pytest_addoption(parser: pytest.Parser) -> None:
    """How much of the demo its tests load: little in the suite, all of it in the campaign (docs/campaigns.md)."""
    parser.addoption("--demo-clients", type=int, default=24, help="clients in the demo's tests, 24 or more")
    parser.addoption("--demo-days", type=int, default=8, help="days of the month in the demo's tests, 8 or more")


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """PostgreSQL, started once for the whole run."""
    try:
        with running_postgres(below=roomy_memory()) as server:
            yield server
    except ServerMissingError as error:
        pytest.skip(str(error))


@pytest.fixture
def postgres_url(postgres_server: PostgresServer) -> Iterator[str]:
    """The URL of an empty PostgreSQL database of the test's own."""
    with postgres_server.fresh_database() as url:
        yield url


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """The URL of an SQLite file of the test's own, not there yet."""
    return f"sqlite:///{tmp_path / 'ledger.db'}"


@pytest.fixture
def laid_out_url(postgres_server: PostgresServer) -> Iterator[str]:
    """The URL of a PostgreSQL database of the test's own in which all tables stand empty."""
    with postgres_server.laid_out_database() as url:
        yield url


@pytest.fixture(scope="session")
def laid_out_files(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """SQLite's file of a log and, beside it, of the read models, in which all tables stand empty."""
    folder = tmp_path_factory.mktemp("laid-out")
    files = [folder / "ledger.db", folder / "ledger.db.read"]
    lay_out(Settings(data_dir=folder), f"sqlite:///{files[1]}")
    return files


@pytest.fixture(params=["sqlite", "postgresql"])
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a store without events, once for each kind: whoever asks for it is run on both. Its tables are copied, for
    making them takes longer than most tests."""
    if request.param == "postgresql":
        laid_out: str = request.getfixturevalue("laid_out_url")
        return laid_out
    for file in request.getfixturevalue("laid_out_files"):
        shutil.copy(file, tmp_path)
    return f"sqlite:///{tmp_path / 'ledger.db'}"


@pytest.fixture(params=["sqlite", "postgresql"])
def bare_store_url(request: pytest.FixtureRequest) -> str:
    """The URL of a store without tables, once for each kind."""
    fixture = {"sqlite": "sqlite_url", "postgresql": "postgres_url"}[request.param]
    url: str = request.getfixturevalue(fixture)
    return url


@pytest.fixture(scope="session")
def chromium() -> "Iterator[Browser]":
    """Chromium, started once for the whole run. Open pages in a context of your own and close it."""
    try:
        with running_chromium() as browser:
            yield browser
    except ServerMissingError as error:
        pytest.skip(str(error))


def forbid_skip(report: pytest.TestReport | pytest.CollectReport) -> None:
    """Turn a skip into a failure where everything is required. An expected failure is no skip."""
    if os.environ.get("REQUIRE_ALL") == "1" and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longreprtext
        report.longrepr = f"REQUIRE_ALL=1 allows no skipped test. {reason}"


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Look at each test's outcome, outermost: after pytest has told expected failures from skips."""
    report = yield
    forbid_skip(report)
    return report


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Look at each module's outcome: a module can skip itself as a whole."""
    report = yield
    forbid_skip(report)
    return report
