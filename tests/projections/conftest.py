"""A read database on each store."""

from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from infra.read_database import open_read_database


@pytest.fixture
def read_database(store_url: str) -> Iterator[sa.Engine]:
    """An empty read database with its tables."""
    engine = open_read_database(store_url)
    yield engine
    engine.dispose()
