"""`append_1`, `append_500` and `command`: facts into the log."""

from base64 import b64decode
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from itertools import islice

from api.bootstrap import House
from domain.command import Wish
from domain.event import FactStamp
from domain.log import NewFact
from infra.codec import EventCodec
from infra.recorder import LedgerRecorder, system_clock
from tests.benchmarks.bench import Bench
from tests.benchmarks.measuring import Contest, Slice, speed
from tests.benchmarks.phones import Phone, phones, register_clients
from tests.benchmarks.raw import EventRow, RawFact, RawStore, open_raw
from tests.benchmarks.stock import FACTS_IN_SYNC, DecidedFact, caller_of, row_of

GROUP = 500
EVENTS = "events/s"

Groups = Iterator[Sequence[DecidedFact]]


@contextmanager
def append_1(bench: Bench) -> Iterator[Contest]:
    """One decided event in a transaction."""
    with appending(bench, 1, bench.sizes.single_appends) as contest:
        yield contest


@contextmanager
def append_500(bench: Bench) -> Iterator[Contest]:
    """500 decided events in a transaction."""
    with appending(bench, GROUP, bench.sizes.group_appends) as contest:
        yield contest


@contextmanager
def appending(bench: Bench, size: int, appends: int) -> Iterator[Contest]:
    """Our append against the driver's. Each has an empty store, and both get the same rows."""
    with (
        bench.stores.house(bench.store) as house,
        bench.stores.house(bench.store) as other,
        closing(open_raw(other.settings)) as raw,
    ):
        ours, same = groups(bench, size), groups(bench, size)
        yield Contest(EVENTS, append_slice(house, ours, appends), _raw_slice(raw, house.codec, same, appends))


def groups(bench: Bench, size: int) -> Groups:
    """Cut the stock's facts into groups."""
    facts = iter(bench.stock().facts)
    while group := list(islice(facts, size)):
        yield group


def append_slice(house: House, supply: Groups, appends: int) -> Slice:
    """Build, encode and append, with the signal to those who follow the log."""

    def measured() -> float:
        taken = _take(supply, appends)

        def work() -> None:
            for group in taken:
                append(house.log, house.codec, group)

        return speed(_events(taken), work)

    return measured


def append(log: LedgerRecorder, codec: EventCodec, group: Sequence[DecidedFact]) -> None:
    """Append decided facts as the ledger does, beyond deciding."""
    events = [fact.build() for fact in group]
    stamps = [event.stamp for event in events if event.stamp]
    facts = [NewFact(stamp.id, stamp.device_id, b64decode(stamp.digest), index) for index, stamp in enumerate(stamps)]
    log.append([row_of(event, codec) for event in events], facts)


def _raw_slice(raw: RawStore, codec: EventCodec, supply: Groups, appends: int) -> Slice:
    position = 0

    def measured() -> float:
        nonlocal position
        taken = _take(supply, appends)
        prepared = list[tuple[list[EventRow], list[RawFact]]]()
        for group in taken:
            prepared.append(_raw_rows(group, codec, position))
            position += len(group)

        def work() -> None:
            for events, facts in prepared:
                raw.append(events, facts)

        return speed(_events(taken), work)

    return measured


def _raw_rows(group: Sequence[DecidedFact], codec: EventCodec, after: int) -> tuple[list[EventRow], list[RawFact]]:
    now = system_clock()
    events, facts = list[EventRow](), list[RawFact]()
    for position, fact in enumerate(group, start=after + 1):
        event = fact.build()
        assert isinstance(event.stamp, FactStamp)
        events.append((position, *row_of(event, codec), now))
        facts.append((event.stamp.id, event.stamp.device_id, b64decode(event.stamp.digest), position))
    return events, facts


def _take(supply: Groups, appends: int) -> list[Sequence[DecidedFact]]:
    taken = list(islice(supply, appends))
    assert len(taken) == appends, "the stock is too small"
    return taken


def _events(taken: Sequence[Sequence[DecidedFact]]) -> int:
    return sum(map(len, taken))


@contextmanager
def command(bench: Bench) -> Iterator[Contest]:
    """Load, decide and append one fact, each in a transaction of its own, on visits that grow as visits do."""
    with bench.stores.house(bench.store) as house:
        yield Contest("commands/s", command_slice(house, phones(), bench.sizes.commands))


def command_slice(house: House, group: Sequence[Phone], commands: int) -> Slice:
    """Let the group's clients be known, and decide so many of its next facts, one by one."""
    supply = _commands(house, group)

    def measured() -> float:
        taken = list(islice(supply, commands))

        def work() -> None:
            for wish in taken:
                house.ledger.decide([wish])

        return speed(len(taken), work)

    return measured


def _commands(house: House, group: Sequence[Phone]) -> Iterator[Wish]:
    """Give what the web makes of the phones' facts, without the word that a phone was heard of."""
    register_clients(house.ledger, group)
    while True:
        for phone in group:
            now = datetime.now(UTC)
            prepared = house.intake.prepare(phone.sync(FACTS_IN_SYNC), caller=caller_of(phone), received_at=now)
            yield from prepared.wishes[:FACTS_IN_SYNC]
