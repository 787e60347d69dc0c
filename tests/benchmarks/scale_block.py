"""A block of a log as the product wrote it, and copies of it: the same bytes with other ids.

Each copy is another group of phones with its own clients, seven weeks after the copy before. The copy's number stands in
every id where it leaves ids spread as they always are: ids that begin with an instant (UUIDv7) have it in the instant's high
part, so that they go on growing, and all others in their second part.
"""

import re
from collections.abc import Iterator, Sequence
from contextlib import closing
from itertools import count
from pathlib import Path

import msgspec
from msgspec.structs import replace

from api.bootstrap import House
from domain.ids import ClientId
from domain.log import NewRow
from infra.event_codec import event_codec
from infra.recorder import system_clock
from projections.facts import Facts
from tests.benchmarks.phones import phones
from tests.benchmarks.raw import EventRow, RawFact
from tests.benchmarks.stock import DecidedFact, make_stock
from tests.benchmarks.stores import SQLITE, Stores

FACTS = 20_000
"""A month of 16 workers."""
EVENTS_OF_AN_APPEND = 41
FACTS_AT_ONCE = 10_000
GENERATION = 2
"""Raised with what is written. A log of an older generation, or read models of another version, are made anew."""
INSTANT_ID = re.compile(rb"[0-9a-f]{4}([0-9a-f]{4}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12})")
OTHER_ID = re.compile(rb"([0-9a-f]{8}-)[0-9a-f]{4}(-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})")
PLACE = b"@@@@"


class Block(msgspec.Struct, frozen=True):
    """Rows in the order of the log, and the fact ids that are taken. Where the copy's number goes stands `PLACE`."""

    rows: list[tuple[bytes, int, str, bytes]]
    facts: list[tuple[bytes, bytes, bytes, int]]
    """fact_id, device_id, digest, and which row has it."""
    clients: list[bytes]

    def copy(self, number: int, after: int, events: int) -> tuple[list[EventRow], list[RawFact]]:
        """So many of its first rows as a copy, to stand past a position of the log."""
        place, now = _place(number), system_clock()
        rows: list[EventRow] = [
            (
                after + index,
                _text(stream, place),
                version,
                topic,
                state.replace(PLACE, place),
                now + index // EVENTS_OF_AN_APPEND,
            )
            for index, (stream, version, topic, state) in enumerate(self.rows[:events], start=1)
        ]
        facts = [
            (_text(fact_id, place), _text(device_id, place), digest, after + 1 + index)
            for fact_id, device_id, digest, index in self.facts
            if index < events
        ]
        return rows, facts

    def decided(self, number: int) -> Iterator[DecidedFact]:
        """The same copy as decided events, to be built and appended as the ledger does."""
        codec, place = event_codec(), _place(number)
        for _, _, topic, state in self.rows:
            event = codec.decode_event(topic, state.replace(PLACE, place))
            yield DecidedFact(type(event), msgspec.structs.asdict(event))

    def client_ids(self, number: int) -> list[ClientId]:
        """The clients of a copy."""
        return [ClientId(_text(client_id, _place(number))) for client_id in self.clients]

    def next_number(self, house: House, first: int = 0) -> int:
        """The first copy, from a number on, of which the log has nothing."""
        return next(each for each in count(first) if not house.log.read_stream(_text(self.rows[0][0], _place(each))))


def block_in(folder: Path, facts: int = FACTS) -> Block:
    """Read the block that a folder keeps; made once, so that a run goes on with the bytes that it began with."""
    file = folder / f"block_{GENERATION}_{facts}.msgpack"
    if not file.exists():
        file.write_bytes(msgspec.msgpack.encode(_make(folder, facts)))
    return msgspec.msgpack.decode(file.read_bytes(), type=Block)


def of_this_version(name: str) -> str:
    """Name what is kept, so that nothing older is taken for it."""
    return f"{name}_{GENERATION}_{Facts.version}"


def _make(folder: Path, facts: int) -> Block:
    with closing(Stores(folder)) as stores, stores.house(SQLITE) as house:
        stock = make_stock(house, facts)
        taken, after = list[tuple[bytes, bytes, bytes, int]](), ""
        while page := house.log.facts(after, FACTS_AT_ONCE):
            taken += [(_open(row.fact_id), _open(row.device_id), row.digest, row.position - 1) for row in page]
            after = page[-1].fact_id
    clients = [_open(client_id) for phone in phones() for client_id in phone.client_ids]
    return replace(block_of(stock.rows), facts=taken, clients=clients)


def block_of(rows: Sequence[NewRow]) -> Block:
    """The rows alone: no fact is taken by them."""
    return Block([(_open(row.stream), row.version, row.topic, _opened(row.state)) for row in rows], [], [])


def _open(name: str) -> bytes:
    return _opened(name.encode())


def _opened(text: bytes) -> bytes:
    """Make room for the copy's number in each id."""
    return OTHER_ID.sub(rb"\1" + PLACE + rb"\2", INSTANT_ID.sub(PLACE + rb"\1", text))


def _text(name: bytes, place: bytes) -> str:
    return name.replace(PLACE, place).decode()


def _place(number: int) -> bytes:
    return b"%04x" % number
