"""What the writer remembers from one group of commands to the next, so that it need not read the log again.

It holds subjects as the log has them, never anything undecided: a group takes out what it touches, and puts it back only when
all that it decided is committed. What a failure leaves behind is in nobody's hands any more. And all of it holds good only
while nobody else appends: where the log ends says so.
"""

from collections.abc import Iterable
from typing import Any

from domain.aggregate import Aggregate
from domain.ids import StreamId

AnyAggregate = Aggregate[Any]

EVENTS_MAX = 40_000
"""Events that all that is remembered may have taken in: some 20 MB at most, and all phones, workers and clients of a month
in a municipality of 6,000 people."""


class Remembered:
    """Restored aggregates by their stream, those used longest ago first. For one writer: not for two threads at once."""

    def __init__(self, events_max: int = EVENTS_MAX) -> None:
        self._events_max = events_max
        self._log_end = 0
        self._forget()

    def take(self, streams: Iterable[StreamId], *, log_end: int) -> dict[StreamId, AnyAggregate]:
        """Hand out what is remembered of these streams: nothing when the log ends elsewhere than where we left it."""
        if log_end != self._log_end:
            self._log_end = log_end
            self._forget()
        taken = {stream: self._aggregates.pop(stream) for stream in streams if stream in self._aggregates}
        self._events -= sum(aggregate.evolved for aggregate in taken.values())
        return taken

    def keep(self, aggregates: Iterable[AnyAggregate], *, appended: int) -> None:
        """Take in subjects as they stand after a commit that appended so many events.

        Where somebody else's events slipped in before them, the log ends further on than we count: the next group will notice.
        """
        self._log_end += appended
        for aggregate in aggregates:
            if aggregate.REMEMBERED and aggregate.version:
                self._aggregates[aggregate.id] = aggregate
                self._events += aggregate.evolved
        while self._events > self._events_max:
            oldest = next(iter(self._aggregates))
            self._events -= self._aggregates.pop(oldest).evolved

    def _forget(self) -> None:
        self._aggregates: dict[StreamId, AnyAggregate] = {}
        self._events = 0
