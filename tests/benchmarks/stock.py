"""Events to append and to fold: what the product itself makes of a group's phones, made once for all benches."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import msgspec

from api.bootstrap import House
from domain.event import DomainEvent
from domain.log import NewRow
from infra.codec import EventCodec
from infra.tokens import Caller
from tests.benchmarks.phones import Phone, phones, register_clients

FACTS_IN_SYNC = 40
PAGE_EVENTS = 5_000


@dataclass(frozen=True)
class Stock:
    """A log in memory: all of its rows, and of the facts in it what is needed to build them again."""

    rows: Sequence[NewRow]
    facts: Sequence["DecidedFact"]


@dataclass(frozen=True, slots=True)
class DecidedFact:
    """An event that is decided and not yet built. What is personal in it is sealed."""

    event_class: type[DomainEvent]
    fields: dict[str, Any]

    def build(self) -> DomainEvent:
        """Make the event."""
        return self.event_class(**self.fields)


def make_stock(house: House, facts: int) -> Stock:
    """Let the phones sync at least so many facts into an empty house, and read its log."""
    group = phones()
    register_clients(house.ledger, group)
    syncs = -(-facts // FACTS_IN_SYNC)
    for number in range(syncs):
        sync(house, group[number % len(group)], FACTS_IN_SYNC)
    rows, decided = list[NewRow](), list[DecidedFact]()
    after = 0
    while page := house.log.read(after, PAGE_EVENTS):
        after = page[-1].position
        rows += [NewRow(*row[1:5]) for row in page]
        events = [recorded.event for recorded in house.codec.decode_rows(page)]
        decided += [DecidedFact(type(event), msgspec.structs.asdict(event)) for event in events if event.stamp]
    return Stock(rows, decided)


def sync(house: House, phone: Phone, facts: int) -> None:
    """Take in a phone's next facts without the web around it."""
    now = datetime.now(UTC)
    house.ledger.decide(house.intake.prepare(phone.sync(facts), caller=caller_of(phone), received_at=now).wishes)


def caller_of(phone: Phone) -> Caller:
    """Say who holds the phone."""
    return Caller(phone.worker_id, "care_worker", frozenset(), 0)


def row_of(event: DomainEvent, codec: EventCodec) -> NewRow:
    """Encode an event as the ledger does."""
    return NewRow(event.originator_id, event.originator_version, *codec.encode(event))
