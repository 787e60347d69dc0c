"""What is killed here is forked from a process that takes seconds to load: it does so while other tests run."""

from multiprocessing.forkserver import ensure_running
from pathlib import Path

import pytest

from tests.faults import server

HERE = Path(server.__file__).parent


def pytest_collection_finish(session: pytest.Session) -> None:
    """Start it, where something will be killed."""
    if any(item.path.parent == HERE and item.get_closest_marker("faults") for item in session.items):
        ensure_running()
