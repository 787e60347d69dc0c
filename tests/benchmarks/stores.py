"""Empty stores of either kind, each with a house of its own."""

from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory

from api.bootstrap import House, build
from infra.settings import UNLIMITED, Settings
from tests.servers import PostgresServer, running_postgres

SQLITE, POSTGRESQL = "sqlite", "postgresql"


class Stores:
    """Hands out empty stores below a folder. PostgreSQL is started when the first one of it is asked for."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._started = ExitStack()

    @contextmanager
    def settings(self, store: str) -> Iterator[Settings]:
        """Give the settings of an empty store, gone afterwards."""
        with ExitStack() as stack:
            folder = stack.enter_context(TemporaryDirectory(dir=self._folder, ignore_cleanup_errors=True))
            url = stack.enter_context(self._postgres.fresh_database()) if store == POSTGRESQL else ""
            yield Settings(data_dir=Path(folder), store_url=url, port=0, rates=UNLIMITED)

    @contextmanager
    def house(self, store: str) -> Iterator[House]:
        """Give a house over an empty store, wired and not started."""
        with self.settings(store) as settings, closing(build(settings)) as house:
            yield house

    def close(self) -> None:
        """Stop what was started."""
        self._started.close()

    @cached_property
    def _postgres(self) -> PostgresServer:
        return self._started.enter_context(running_postgres())
