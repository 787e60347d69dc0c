"""A reader who follows the log never misses an event, however many write."""

import random
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from itertools import pairwise
from multiprocessing import get_context

from domain.log import NewFact, NewRow, StoredRow
from infra.recorder import LedgerRecorder, system_clock
from tests.infra.stores import opened

PROCESSES = 2
WRITERS_PER_PROCESS = 4
WRITERS = PROCESSES * WRITERS_PER_PROCESS
EVENTS_PER_WRITER = 6_300
BATCH_SIZES = (1, 1, 1, 2, 5, 20, 60, 200)
ROLLED_BACK_SHARE = 0.1


class ChangedMindError(Exception):
    """Ends a transaction after it has appended."""


def write_as(recorder: LedgerRecorder, writer: int) -> None:
    """Append one writer's events to its own stream: groups of all sizes, now and then one that is rolled back."""
    chance = random.Random(writer)
    written = 0
    while written < EVENTS_PER_WRITER:
        size = min(chance.choice(BATCH_SIZES), EVENTS_PER_WRITER - written)
        versions = range(written + 1, written + size + 1)
        events = [NewRow(f"visit/{writer}", version, "visit.noted", b"{}" * 40) for version in versions]
        facts = [NewFact(f"{writer}-{versions[0]}", "phone", b"digest", 0)]
        if chance.random() < ROLLED_BACK_SHARE:
            with suppress(ChangedMindError), recorder.transaction() as transaction:
                transaction.append(events, facts)
                raise ChangedMindError
        elif chance.random() < 0.5:
            with recorder.transaction() as transaction:
                assert not transaction.known_facts([facts[0].fact_id])
                transaction.append(events, facts)
            written += size
        else:
            recorder.append(events, facts)
            written += size


def write_in_threads(url: str, writers: range) -> None:
    """Be one process of writers. Each process has a clock that is wrong by seconds of its own."""
    clock = partial(wrong_clock, writers.start)
    with opened(url, clock) as recorder, ThreadPoolExecutor(len(writers)) as threads:
        list(threads.map(partial(write_as, recorder), writers))


def wrong_clock(slow_s: int) -> int:
    return system_clock() - slow_s * 1_000_000


def run_writers(url: str) -> list[int | None]:
    """Run all writers to their end and give the exit codes of their processes."""
    shares = [range(start, start + WRITERS_PER_PROCESS) for start in range(0, WRITERS, WRITERS_PER_PROCESS)]
    processes = [get_context("spawn").Process(target=write_in_threads, args=(url, share)) for share in shares]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    return [process.exitcode for process in processes]


def follow(recorder: LedgerRecorder, finished: threading.Event) -> Iterator[StoredRow]:
    """Read on from where the last page ended, as a projection does, until the writers have finished."""
    after = 0
    while True:
        was_finished = finished.is_set()
        if recorder.wait(after, 0.2):
            page = recorder.read(after, 1_000)
            yield from page
            after = page[-1].position
        elif was_finished:
            return


def test_a_reader_who_tails_eight_writers_misses_nothing(log_url: str) -> None:
    tailed, finished = list[StoredRow](), threading.Event()
    with opened(log_url) as recorder:
        reader = threading.Thread(target=lambda: tailed.extend(follow(recorder, finished)))
        reader.start()
        assert run_writers(log_url) == [0] * PROCESSES
        finished.set()
        reader.join()

        assert len(tailed) == WRITERS * EVENTS_PER_WRITER >= 50_000
        assert tailed == recorder.read(0, len(tailed) + 1)
    assert all(one.recorded_at <= next_one.recorded_at for one, next_one in pairwise(tailed))
    for writer in range(WRITERS):
        versions = [row.version for row in tailed if row.stream == f"visit/{writer}"]
        assert versions == list(range(1, EVENTS_PER_WRITER + 1))
