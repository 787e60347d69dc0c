"""A whole month computed, household by household, by one process or several.

Facts are read as of one position and in batches, so neither the month's size nor what is folded meanwhile matters.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from itertools import zip_longest
from multiprocessing import get_context
from typing import TypeVar

from domain.ids import ClientId
from infra.month_worker import (
    MonthOrder,
    MonthWorker,
    Part,
    begin,
    do_households,
    do_workers,
    take_households,
    take_workers,
)

CLIENTS_AT_ONCE, WORKERS_AT_ONCE = 100, 50
"""Enough that a query's own cost is spread, few enough that a batch stays below a hundred megabytes."""

Item = TypeVar("Item")
Told = Callable[[int, int], None]
"""Told how many clients are done, and of how many."""


def run_month(order: MonthOrder, *, processes: int = 1, told: Told = lambda _done, _of: None) -> Part:
    """Compute the month and add it up. Processes are started anew, so that nothing of this one's is copied; each has its own
    share from the beginning, since it reads that in one go."""
    whole = Part()
    with closing(MonthWorker(order)) as worker, whole.step("find households"):
        groups, worker_ids = worker.shares()
    clients = sum(map(len, groups))
    workers = list(slices(worker_ids, WORKERS_AT_ONCE))
    households = list(batches(groups))
    with _started(order, processes) as started:
        for each, mine in started:
            each.submit(take_workers, workers[mine]).result()
        for part in _in_turn([each.map(do_workers, range(len(workers[mine]))) for each, mine in started]):
            whole.add(part)
        for each, mine in started:
            each.submit(take_households, households[mine], whole.to_fix).result()
        for part in _in_turn([each.map(do_households, range(len(households[mine]))) for each, mine in started]):
            whole.add(part)
            told(whole.totals.clients, clients)
    return whole


@contextmanager
def _started(order: MonthOrder, processes: int) -> Iterator[list[tuple[ProcessPoolExecutor, slice]]]:
    """Each process, and which part of a list is its own."""
    with ExitStack() as stack:
        yield [
            (
                stack.enter_context(ProcessPoolExecutor(1, get_context("spawn"), begin, (order,))),
                slice(number, None, processes),
            )
            for number in range(processes)
        ]


def _in_turn(found: Iterable[Iterator[Part]]) -> Iterator[Part]:
    """Take one from each, again and again, until all are empty."""
    return (part for parts in zip_longest(*found) for part in parts if part is not None)


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
