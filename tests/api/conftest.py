"""The real app on real SQLite, wired as the product wires it, with a clock that stands still and people who call."""

import shutil
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol

import pytest
from starlette.testclient import TestClient

from api.app import create_app
from api.bootstrap import House, build
from api.demo.scope import Scope
from infra.settings import UNLIMITED, Settings
from tests.api.calls import Caller
from tests.api.demo_house import SMALL, Loaded, load
from tests.api.town import TOWN_UNITS, Town, uid
from tests.unchanged_logs import unchanged_logs

MORNING = datetime(2026, 3, 2, 7, 0, tzinfo=UTC)
"""A Monday, eight in the morning in Sweden."""
OFFICE = frozenset({"coordinator", "unit_manager", "licensed"})
"""Whose tokens name units."""


class StillClock:
    """A clock that moves only when it is told to."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def pass_by(self, **span: float) -> None:
        """Let time pass: `clock.pass_by(hours=1)`."""
        self.now += timedelta(**span)


class Calls(Protocol):
    """Makes somebody who calls: `call(role="coordinator")`."""

    def __call__(self, role: str = "coordinator", *, units: Iterable[str] | None = None, subject: str = "") -> Caller:
        """A person in that role; by default named after it, so that two calls for one role are one person. Somebody of the
        office works for the town's units, where none are named."""
        ...


@pytest.fixture
def clock() -> StillClock:
    """The house's clock."""
    return StillClock(MORNING)


@pytest.fixture(autouse=True)
def logs() -> Iterator[None]:
    """A command run in a test makes the log its own; the next test begins as this one did."""
    with unchanged_logs():
        yield


@pytest.fixture(scope="session")
def empty_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files of a house before its first event: making them takes longer than most tests."""
    folder = tmp_path_factory.mktemp("empty")
    build(Settings(data_dir=folder), clock=StillClock(MORNING)).close()
    return folder


@pytest.fixture(scope="session")
def settled_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files of a house in which the town is settled."""
    folder = tmp_path_factory.mktemp("settled")
    house = build(Settings(data_dir=folder, rates=UNLIMITED), clock=StillClock(MORNING))
    with TestClient(create_app(house)) as client:
        Town(people_of(house, client)).settle()
        house.projector.catch_up()
    return folder


@pytest.fixture
def house(request: pytest.FixtureRequest, tmp_path: Path, clock: StillClock) -> House:
    """All parts, wired and not started: `client` starts and closes them. Their files are copies, of the settled town's for
    whoever asks for a town."""
    copied = "settled_folder" if "town" in request.fixturenames else "empty_folder"
    shutil.copytree(request.getfixturevalue(copied), tmp_path, dirs_exist_ok=True)
    return build(Settings(data_dir=tmp_path, rates=UNLIMITED), clock=clock)


@pytest.fixture
def client(house: House) -> Iterator[TestClient]:
    """The app, running."""
    with TestClient(create_app(house)) as running:
        yield running


@pytest.fixture
def call(house: House, client: TestClient) -> Calls:
    """People who call the app."""
    return people_of(house, client)


@pytest.fixture
def town(house: House, call: Calls) -> Town:
    """A municipality of the test's own."""
    settled = Town(call)
    if house.log.head()[0] == 0:  # a house that the test's module has made
        settled.settle()
    return settled


@pytest.fixture(scope="session")
def shared_house(tmp_path_factory: pytest.TempPathFactory) -> House:
    """One house for all tests that add only subjects of their own, are refused, or read."""
    return build(Settings(data_dir=tmp_path_factory.mktemp("shared"), rates=UNLIMITED), clock=StillClock(MORNING))


@pytest.fixture(scope="session")
def shared_client(shared_house: House) -> Iterator[TestClient]:
    """Its app, running."""
    with TestClient(create_app(shared_house)) as running:
        yield running


@pytest.fixture(scope="session")
def shared_town(shared_house: House, shared_client: TestClient) -> Town:
    """Its municipality."""
    settled = Town(people_of(shared_house, shared_client))
    settled.settle()
    return settled


@pytest.fixture(scope="session")
def scope(pytestconfig: pytest.Config) -> Scope:
    """A small municipality's week, or what `--demo-clients` and `--demo-days` ask for."""
    return replace(SMALL, clients=pytestconfig.getoption("demo_clients"), days=pytestconfig.getoption("demo_days"))


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory, scope: Scope) -> Iterator[Loaded]:
    """What is told of it, in a house."""
    with load(tmp_path_factory.mktemp("demo"), scope) as loaded:
        yield loaded


def people_of(house: House, client: TestClient) -> Calls:
    """Make callers of one app."""

    def caller(role: str = "coordinator", *, units: Iterable[str] | None = None, subject: str = "") -> Caller:
        known = (TOWN_UNITS if role in OFFICE else ()) if units is None else units
        named = uid(f"{role}-1") if role == "care_worker" else f"{role}-1"
        return Caller(client, house.tokens, role=role, units=known, subject=subject or named)

    return caller
