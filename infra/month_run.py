"""A whole month computed, household by household, by one process or several.

Facts are read as of one position and in batches, so neither the month's size nor what is folded meanwhile matters.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from multiprocessing import get_context
from typing import TypeVar

from domain.ids import ClientId
from infra.month_worker import MonthOrder, MonthWorker, Part, begin, do_households, do_workers

CLIENTS_AT_ONCE, WORKERS_AT_ONCE = 100, 50
"""Enough that a query's own cost is spread, few enough that a batch stays below a hundred megabytes."""

Item = TypeVar("Item")
Told = Callable[[int, int], None]
"""Told how many clients are done, and of how many."""


def run_month(order: MonthOrder, *, processes: int = 1, told: Told = lambda _done, _of: None) -> Part:
    """Compute the month and add it up. Processes are started anew, so that nothing of this one's is copied."""
    whole = Part()
    with closing(MonthWorker(order)) as worker, whole.step("find households"):
        groups, worker_ids = worker.shares()
    clients = sum(map(len, groups))
    with get_context("spawn").Pool(processes, begin, (order,)) as pool:
        for part in pool.imap(do_workers, slices(worker_ids, WORKERS_AT_ONCE)):
            whole.add(part)
        for part in pool.imap(do_households, ((batch, whole.to_fix) for batch in batches(groups))):
            whole.add(part)
            told(whole.totals.clients, clients)
    return whole


def batches(groups: Iterable[tuple[ClientId, ...]]) -> Iterator[list[ClientId]]:
    """Put households together until there are enough clients; none is divided."""
    batch = list[ClientId]()
    for group in groups:
        batch += group
        if len(batch) >= CLIENTS_AT_ONCE:
            yield batch
            batch = []
    if batch:
        yield batch


def slices(items: Sequence[Item], size: int) -> Iterator[Sequence[Item]]:
    """Cut into pieces of a size, the last one shorter."""
    for start in range(0, len(items), size):
        yield items[start : start + size]
