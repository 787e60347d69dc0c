"""The same on each store at once: most of its time goes into servers that start, which keeps one processor busy."""

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

import pytest

from infra.settings import Settings
from tests.servers import PostgresServer

STORES = ("sqlite", "postgresql")
Verdict = TypeVar("Verdict")
Verdicts = Mapping[str, Future[Verdict]]


def verdicts_on_each_store(judge: Callable[[Settings], Verdict]) -> Callable[..., Iterator[Verdicts[Verdict]]]:
    """A fixture: judges a ledger of each store, PostgreSQL's with its tables made, and gives what is to come of it."""

    @pytest.fixture(scope="module")
    def verdicts(
        postgres_server: PostgresServer, tmp_path_factory: pytest.TempPathFactory
    ) -> Iterator[Verdicts[Verdict]]:
        folder = tmp_path_factory.mktemp("killed")
        with postgres_server.laid_out_database() as url, ThreadPoolExecutor(len(STORES)) as threads:
            urls = zip(STORES, ("", url), strict=True)
            yield {
                store: threads.submit(judge, Settings(data_dir=folder / store, store_url=store_url))
                for store, store_url in urls
            }

    return verdicts
