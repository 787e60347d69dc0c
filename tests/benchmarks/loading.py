"""`fold_wide` and `fold_wide_indexed`: the first load of the facts, as a rebuild fills them beside, against COPY of the log."""

import time
from collections.abc import Iterator
from contextlib import closing, contextmanager

from api.bootstrap import House
from domain.log import NewRow
from infra.build_filling import FILLING
from infra.rebuild import INDEXING, Rebuild
from projections.facts import Facts
from tests.benchmarks.appending import GROUP
from tests.benchmarks.bench import Bench
from tests.benchmarks.measuring import Contest, Slice
from tests.benchmarks.raw import EventRow, RawPostgres
from tests.benchmarks.replaying import EVENTS, fill
from tests.benchmarks.scale_block import block_of


@contextmanager
def fold_wide(bench: Bench) -> Iterator[Contest]:
    """Until the tables have caught up; they have their keys and no index yet."""
    with loading(bench, FILLING) as contest:
        yield contest


@contextmanager
def fold_wide_indexed(bench: Bench) -> Iterator[Contest]:
    """Until they have their indexes, too."""
    with loading(bench, INDEXING) as contest:
        yield contest


@contextmanager
def loading(bench: Bench, stage: str) -> Iterator[Contest]:
    """A rebuild up to the end of a stage, against as many rows of the log itself, 500 a commit, into an empty log."""
    block = block_of(bench.stock().rows[: bench.sizes.loaded_events])
    with (
        bench.stores.house(bench.store) as house,
        bench.stores.house(bench.store) as other,
        closing(RawPostgres(other.settings.store_url)) as raw,
    ):
        stored = list[EventRow]()
        for number in range(bench.sizes.loaded_copies):
            stored += block.copy(number, len(stored), len(block.rows))[0]
        fill(house, [NewRow(*row[1:5]) for row in stored])
        yield Contest(EVENTS, load_slice(house, len(stored), stage), _copy_slice(raw, stored))


def load_slice(house: House, events: int, stage: str) -> Slice:
    """A rebuild, timed up to the end of a stage."""

    def measured() -> float:
        ended: float | None = None

        def told(what: str, _done: int, _of: int) -> None:
            nonlocal ended
            if what == stage:
                ended = time.perf_counter()

        began = time.perf_counter()
        rebuild = Rebuild(house.log, house.codec, house.read_database, Facts(), told=told, settings=house.settings)
        rebuild.run(check_only=True, anew=True)
        assert ended is not None, f"a rebuild has no stage {stage}"
        return events / (ended - began)

    return measured


def _copy_slice(raw: RawPostgres, rows: list[EventRow]) -> Slice:
    def measured() -> float:
        raw.empty()
        began = time.perf_counter()
        for start in range(0, len(rows), GROUP):
            raw.append(rows[start : start + GROUP], ())
        return len(rows) / (time.perf_counter() - began)

    return measured
