"""The same on each store at once: most of its time goes into servers that start, which keeps one processor busy."""

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from infra.settings import Settings
from tests.servers import PostgresServer

STORES = ("sqlite", "postgresql")
Verdict = TypeVar("Verdict")
Verdicts = Mapping[str, Future[Verdict]]


@contextmanager
def on_each_store(
    judge: Callable[[Settings], Verdict], postgres_server: PostgresServer, folder: Path
) -> Iterator[Verdicts[Verdict]]:
    """Judge a ledger of each store, of which PostgreSQL's has its tables already; gives what is to come of it, by store."""
    with postgres_server.laid_out_database() as url, ThreadPoolExecutor(len(STORES)) as threads:
        urls = zip(STORES, ("", url), strict=True)
        yield {
            store: threads.submit(judge, Settings(data_dir=folder / store, store_url=store_url))
            for store, store_url in urls
        }
