"""The codec of all the ledger's events."""

from functools import cache

from domain.topics import EVENT_CLASSES
from infra.codec import EventCodec


@cache
def event_codec() -> EventCodec:
    """The codec of all events: made once in a process, for it looks at every field of every class."""
    return EventCodec(EVENT_CLASSES)
