"""`fold`, `fold_facts` and `fold_all`: the log into read models, from the first event to the last."""

import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager

from api.bootstrap import House
from infra.follower import Follower, place_at
from infra.projector import PageSize, Projector
from projections.facts import Facts
from projections.projection import Projection
from projections.read_models import READ_MODELS
from tests.benchmarks.bench import Bench
from tests.benchmarks.measuring import Contest, Slice, speed
from tests.benchmarks.minutes import MinutesByWorker
from tests.benchmarks.raw import open_raw
from tests.benchmarks.replaying import EVENTS, PAGE_EVENTS, fill, read_slice

READING = "reading and decoding"


@contextmanager
def fold(bench: Bench) -> Iterator[Contest]:
    """A read model as small as can be."""
    with folding(bench, (MinutesByWorker(),)) as contest:
        yield contest


@contextmanager
def fold_facts(bench: Bench) -> Iterator[Contest]:
    """The bitemporal facts as shipped."""
    with folding(bench, (Facts(),)) as contest:
        yield contest


@contextmanager
def fold_all(bench: Bench) -> Iterator[Contest]:
    """Every read model as shipped. Afterwards it is told what each of them costs, in percent of all."""
    with folding(bench, READ_MODELS) as contest:
        yield contest
    with bench.stores.house(bench.store) as house:
        fill(house, bench.stock().rows[: bench.sizes.folded_events])
        spent = _seconds_by_part(house)
    for part, seconds in spent.items():
        bench.notes[f"fold_all_{bench.store}, percent for {part}"] = 100 * seconds / sum(spent.values())


@contextmanager
def folding(bench: Bench, projections: Sequence[Projection]) -> Iterator[Contest]:
    """The projector over a whole log, against reading and decoding that log with the driver alone."""
    rows = bench.stock().rows[: bench.sizes.folded_events]
    with bench.stores.house(bench.store) as house, closing(open_raw(house.settings)) as raw:
        fill(house, rows)
        yield Contest(EVENTS, fold_slice(house, projections, len(rows)), read_slice(raw, len(rows)))


def fold_slice(house: House, projections: Sequence[Projection], events: int) -> Slice:
    """Empty the read models and fold the whole log into them."""
    page_size = PageSize()  # kept, as a server that has run for a while has learnt it

    def measured() -> float:
        for projection in projections:
            Follower(projection, house.read_database).restart(house.log)
        projector = Projector(house.log, house.codec, house.read_database, projections, page_size=page_size)
        return speed(events, projector.catch_up)

    return measured


def _seconds_by_part(house: House) -> dict[str, float]:
    """Fold the log page by page, and say how long reading and each read model took; with its commits."""
    followers = [Follower(projection, house.read_database) for projection in READ_MODELS]
    for follower in followers:
        follower.restart(house.log)
    spent, after = dict.fromkeys((READING, *(each.projection.name for each in followers)), 0.0), 0
    began = time.perf_counter()
    while rows := house.log.read(after, PAGE_EVENTS):
        events, end = house.codec.decode_rows(rows), place_at(house.log.identity(), rows[-1])
        spent[READING] += -began + (began := time.perf_counter())
        for follower in followers:
            follower.fold(events, end)
            spent[follower.projection.name] += -began + (began := time.perf_counter())
        after = end.position
    return spent
