"""`replay`: the log read and decoded, from the first event to the last; and the same by the driver alone."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager

import msgspec

from api.bootstrap import House
from domain.event import DomainEvent
from domain.log import NewRow
from domain.topics import EVENT_CLASSES
from tests.benchmarks.bench import Bench
from tests.benchmarks.measuring import Contest, Slice, speed
from tests.benchmarks.raw import RawStore, open_raw

EVENTS = "events/s"
PAGE_EVENTS = 5_000
APPENDED_AT_ONCE = 500

Decoders = Mapping[str, Callable[[bytes], DomainEvent]]


@contextmanager
def replay(bench: Bench) -> Iterator[Contest]:
    """What every projector, rebuild and export begins with: pages of the log, decoded."""
    rows = bench.stock().rows[: bench.sizes.folded_events]
    with bench.stores.house(bench.store) as house, closing(open_raw(house.settings)) as raw:
        fill(house, rows)
        yield Contest(EVENTS, _replay_slice(house, len(rows)), read_slice(raw, len(rows)))


def fill(house: House, rows: Sequence[NewRow]) -> None:
    """Append a stock's rows to an empty log."""
    for start in range(0, len(rows), APPENDED_AT_ONCE):
        house.log.append(rows[start : start + APPENDED_AT_ONCE])


def read_slice(raw: RawStore, events: int) -> Slice:
    """Select the log in pages and decode each row, past our code."""
    decoders = _decoders()

    def work() -> None:
        after = 0
        while rows := raw.read(after, PAGE_EVENTS):
            decoded = [decoders[row[3]](row[4]) for row in rows]
            after = rows[-1][0]
            assert len(decoded) == len(rows)

    return lambda: speed(events, work)


def _replay_slice(house: House, events: int) -> Slice:
    def work() -> None:
        after = 0
        while rows := house.log.read(after, PAGE_EVENTS):
            after = house.codec.decode_rows(rows)[-1].position

    return lambda: speed(events, work)


def _decoders() -> Decoders:
    """One decoder for each topic as it is written today."""
    decoders = {}
    for event_class in EVENT_CLASSES:
        version = event_class.schema_version()
        topic = event_class.TOPIC if version == 1 else f"{event_class.TOPIC}@{version}"
        decoders[topic] = msgspec.json.Decoder(event_class).decode
    return decoders
