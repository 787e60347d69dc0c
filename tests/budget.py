"""Each suite has a budget of seconds. A run prints what it used and fails when a suite is over, so tests stay quick.

BUDGET_FACTOR scales every budget: 2 on a machine half as fast.
"""

import os
import time
from collections.abc import Generator
from dataclasses import dataclass, field
from typing import Any

import pytest


@dataclass(frozen=True)
class Suite:
    """A marker, the folders whose tests get it, and the seconds they may take together."""

    name: str
    budget_s: float
    folders: tuple[str, ...] = ()


SUITES = (
    Suite("domain", 60, ("tests/domain", "tests/architecture", "tests/stored_events")),
    Suite("stores", 100, ("tests/infra", "tests/projections")),
    Suite("api", 130, ("tests/api", "tests/access", "tests/identity")),
    Suite("documents", 30, ("tests/documents",)),
    Suite("faults", 80, ("tests/faults",)),
    Suite("kafka", 80, ("tests/kafka",)),
    Suite("chromium", 90, ("tests/browser",)),
)
"""In the order they run. Chromium is last: its driver keeps an event loop on the main thread until the run ends."""

NO_SUITE = Suite("no suite", 0)
"""For a test that nobody gave a place: always over its budget."""


@dataclass
class Spent:
    """What a suite has used, in seconds. `start_up_s` is the part of `total_s` that servers took to start."""

    tests: int = 0
    total_s: float = 0.0
    start_up_s: float = 0.0
    started: list[str] = field(default_factory=list)

    def line(self, suite: Suite, budget_s: float) -> str:
        """Say it as a row of the table."""
        verdict = "OVER BUDGET" if self.total_s > budget_s else "ok"
        started = f"  ({', '.join(self.started)})" if self.started else ""
        seconds = f"{self.total_s:8.1f} {self.start_up_s:9.1f} {budget_s:7.0f}"
        return f"{suite.name:10} {self.tests:6} {seconds}  {verdict}{started}"


def suite_of(item: pytest.Item) -> Suite:
    """Find a test's suite: by its own marker, else by its folder."""
    markers = {marker.name for marker in item.iter_markers()}
    folder = "/".join(item.nodeid.split("/")[:2])
    marked = next((suite for suite in SUITES if suite.name in markers), None)
    return marked or next((suite for suite in SUITES if folder in suite.folders), NO_SUITE)


class BudgetKeeper:
    """Sorts the tests into suites and adds up their time."""

    def __init__(self, factor: float) -> None:
        self.factor = factor
        self.suites: dict[str, Suite] = {}
        self.spent: dict[Suite, Spent] = {}
        self.current = NO_SUITE

    def is_over(self) -> bool:
        """Say whether any suite took longer than it may."""
        return any(spent.total_s > suite.budget_s * self.factor for suite, spent in self.spent.items())

    def pytest_itemcollected(self, item: pytest.Item) -> None:
        """Mark each test with its suite's name, so that `-m stores` selects by folder too."""
        self.suites[item.nodeid] = suite = suite_of(item)
        if suite is not NO_SUITE:
            item.add_marker(suite.name)

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Run suite after suite."""
        items.sort(key=lambda item: (*SUITES, NO_SUITE).index(self.suites[item.nodeid]))

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        """Remember whose time runs."""
        self.current = self.suites.get(nodeid, NO_SUITE)
        self.spent.setdefault(self.current, Spent()).tests += 1

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Add a test's set-up, its body or its tear-down."""
        self.spent[self.current].total_s += report.duration

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(self, fixturedef: pytest.FixtureDef[Any]) -> Generator[None, object, object]:
        """Time what is started once for the whole run."""
        began = time.perf_counter()
        try:
            return (yield)
        finally:
            if fixturedef.scope == "session" and self.current in self.spent:
                self.spent[self.current].start_up_s += time.perf_counter() - began
                self.spent[self.current].started.append(fixturedef.argname)

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Fail a run that passed but took too long."""
        if self.is_over() and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Print the table."""
        if not self.spent:
            return
        terminalreporter.section("seconds by suite")
        terminalreporter.write_line(f"{'suite':10} {'tests':>6} {'seconds':>8} {'start-up':>9} {'budget':>7}")
        for suite, spent in self.spent.items():
            terminalreporter.write_line(spent.line(suite, suite.budget_s * self.factor))
        if self.is_over():
            terminalreporter.write_line("FAILED: a suite is over its budget", red=True)


def pytest_configure(config: pytest.Config) -> None:
    """Read the factor and start counting."""
    try:
        factor = float(os.environ.get("BUDGET_FACTOR", "1"))
    except ValueError:
        raise pytest.UsageError("BUDGET_FACTOR is not a number") from None
    config.pluginmanager.register(BudgetKeeper(factor), "budget-keeper")
