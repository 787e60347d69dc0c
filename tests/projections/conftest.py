"""A read database on each store."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
import sqlalchemy as sa

from infra.read_database import open_read_database
from projections.projection import METADATA


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def module_database(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[sa.Engine]:
    """A read database that the tests of a module share, once for each store."""
    with ExitStack() as stack:
        if request.param == "sqlite":
            folder: Path = tmp_path_factory.mktemp("read")
            url = f"sqlite:///{folder / 'read.db'}"
        else:
            url = stack.enter_context(request.getfixturevalue("postgres_server").fresh_database())
        engine = open_read_database(url)
        yield engine
        engine.dispose()


@pytest.fixture
def read_database(module_database: sa.Engine) -> sa.Engine:
    """An empty read database with its tables."""
    with module_database.begin() as db:
        for table in METADATA.sorted_tables:
            db.execute(table.delete())
    return module_database
