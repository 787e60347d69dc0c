"""What keeps the events of one stream in order where the log is read in parts: a key for each stream, given once."""

from domain.event import DomainEvent
from domain.ids import ClientId, kind_of, stream_of
from domain.order.events import OrderPlaced
from domain.visit.events import (
    VisitCheckedIn,
    VisitNotPerformed,
    VisitPlanned,
    VisitServiceDeclined,
    VisitServicePerformed,
)

OF_CLIENTS = frozenset({"visit", "order"})
"""The kinds of stream whose first event may name a client."""


def partition_key(first: DomainEvent) -> str:
    """Name what a stream goes with, by its first event: the client that it names first, else the stream itself.

    A client's orders and visits so stand in one part with the client's own stream. Later events never change the key, even
    where they name another client: a key that moved would let one stream overtake itself [A].
    """
    client_id = _client_of(first)
    return stream_of("client", client_id) if client_id else first.originator_id


def needs_first_event(stream: str) -> bool:
    """Whether the key depends on what the stream's first event says; else the stream's name is its key."""
    return kind_of(stream) in OF_CLIENTS


def _client_of(first: DomainEvent) -> ClientId | None:
    match first:
        case VisitPlanned(client_ids=client_ids) | VisitCheckedIn(client_ids=client_ids):
            return client_ids[0] if client_ids else None
        case VisitNotPerformed(client_ids=client_ids):
            return client_ids[0] if client_ids else None
        case VisitServicePerformed(client_id=client_id) | VisitServiceDeclined(client_id=client_id):
            return client_id
        case OrderPlaced(client_id=client_id):
            return client_id
        case _:
            return None
