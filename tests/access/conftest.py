"""Everybody and everything, once for all tests of access: they read, and are refused."""

from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from api.app import create_app
from api.bootstrap import House, build
from infra.settings import UNLIMITED, Settings
from tests.access.cast import Cast, cast_of
from tests.api.conftest import MORNING, StillClock, people_of
from tests.api.town import Town


@pytest.fixture(scope="session")
def cast(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cast]:
    """Everybody and everything, over one real app."""
    house = build(Settings(data_dir=tmp_path_factory.mktemp("access"), rates=UNLIMITED), clock=StillClock(MORNING))
    with TestClient(create_app(house)) as client:
        yield cast_of(Town(people_of(house, client)), house.settings.data_dir)


@pytest.fixture(scope="session")
def house(cast: Cast) -> House:
    """The house that they call at."""
    client = next(each.caller.client for each in cast.askers if each.caller)
    assert isinstance(client.app, FastAPI)
    found: House = client.app.state.house
    return found
