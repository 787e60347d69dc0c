"""`fold`, `fold_facts` and `fold_all`: the log into read models, from the first event to the last."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager

import msgspec

from api.bootstrap import House
from domain.event import DomainEvent
from domain.log import NewRow
from domain.topics import EVENT_CLASSES
from infra.follower import Follower
from infra.projector import PageSize, Projector
from projections.facts import Facts
from projections.projection import Projection
from projections.read_models import READ_MODELS
from tests.benchmarks.bench import Bench
from tests.benchmarks.measuring import Contest, Slice, speed
from tests.benchmarks.minutes import MinutesByWorker
from tests.benchmarks.raw import RawStore, open_raw

EVENTS = "events/s"
PAGE_EVENTS = 5_000
APPENDED_AT_ONCE = 500

Decoders = Mapping[str, Callable[[bytes], DomainEvent]]


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
    """Every read model as shipped."""
    with folding(bench, READ_MODELS) as contest:
        yield contest


@contextmanager
def folding(bench: Bench, projections: Sequence[Projection]) -> Iterator[Contest]:
    """The projector over a whole log, against reading and decoding that log with the driver alone."""
    rows = bench.stock().rows[: bench.sizes.folded_events]
    with bench.stores.house(bench.store) as house, closing(open_raw(house.settings)) as raw:
        _fill(house, rows)
        yield Contest(EVENTS, _fold_slice(house, projections, len(rows)), _read_slice(raw, len(rows)))


def _fold_slice(house: House, projections: Sequence[Projection], events: int) -> Slice:
    page_size = PageSize()  # kept, as a server that has run for a while has learnt it

    def measured() -> float:
        for projection in projections:
            Follower(projection, house.read_database).restart(house.log)
        projector = Projector(house.log, house.codec, house.read_database, projections, page_size=page_size)
        return speed(events, projector.catch_up)

    return measured


def _read_slice(raw: RawStore, events: int) -> Slice:
    decoders = _decoders()

    def work() -> None:
        after = 0
        while rows := raw.read(after, PAGE_EVENTS):
            decoded = [decoders[row[3]](row[4]) for row in rows]
            after = rows[-1][0]
            assert len(decoded) == len(rows)

    return lambda: speed(events, work)


def _decoders() -> Decoders:
    """One decoder for each topic as it is written today."""
    decoders = {}
    for event_class in EVENT_CLASSES:
        version = event_class.schema_version()
        topic = event_class.TOPIC if version == 1 else f"{event_class.TOPIC}@{version}"
        decoders[topic] = msgspec.json.Decoder(event_class).decode
    return decoders


def _fill(house: House, rows: Sequence[NewRow]) -> None:
    for start in range(0, len(rows), APPENDED_AT_ONCE):
        house.log.append(rows[start : start + APPENDED_AT_ONCE])
