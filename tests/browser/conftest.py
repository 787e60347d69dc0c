"""One site with a small demo for all of these tests: loading it takes longer than they do."""

from collections.abc import Iterator

import pytest

from api.bootstrap import build
from api.demo.clock import DemoClock
from api.demo.scope import Scope
from api.demo_load import DemoLoad
from infra.settings import Settings
from tests.browser.site import LOADED_WITHIN_S, Site, running_site, wait_for


@pytest.fixture(scope="package")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The embedded default with three days of a small municipality, loaded and folded."""
    house = build(Settings(data_dir=tmp_path_factory.mktemp("site")), clock=DemoClock())
    demo = DemoLoad(house, Scope(clients=40, days=3))
    with running_site(house, demo) as running:
        wait_for(lambda: demo.status.loaded or bool(demo.status.failure), LOADED_WITHIN_S)
        assert demo.status.failure == ""
        assert house.projector.wait_until(house.log.head()[0], LOADED_WITHIN_S)
        yield running
