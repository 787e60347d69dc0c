"""The order of one partition: what came already is dropped, what came too early is held until its predecessor is there."""

from collections.abc import Iterator

from infra.topic_records import PublishedEvent

HELD_MAX = 10_000


class TornTopicError(Exception):
    """The events of a partition do not follow one another. The text says where."""


class PartitionOrder:
    """Takes a partition's events as they come, and gives those that are next, in log order."""

    def __init__(self, position: int) -> None:
        self.position = position
        """The last event that was given."""
        self._held: dict[int, tuple[int, PublishedEvent]] = {}

    @property
    def waits(self) -> bool:
        """Whether something is held: an event before it is missing."""
        return bool(self._held)

    @property
    def first_held_offset(self) -> int:
        """The offset of the earliest record that is held: whoever goes on later must begin there."""
        return min(offset for offset, _ in self._held.values())

    def take(self, offset: int, event: PublishedEvent) -> Iterator[PublishedEvent]:
        """Give the events that are next: of the one that comes now, at this offset, and of those held before.

        Raises `TornTopicError` for an event that should stand before one already given, and when too many wait: before it
        gives any.
        """
        if event.row.position <= self.position:
            return  # a publisher sent its last batch again
        if event.previous < self.position:
            raise TornTopicError(
                f"The event at position {event.row.position} says that the one before it stands at {event.previous}, "
                f"but {self.position} came meanwhile."
            )
        if len(self._held) >= HELD_MAX and event.previous not in {self.position, *self._held}:
            raise TornTopicError(
                f"{HELD_MAX} events wait for the one behind position {self.position}, which is missing."
            )
        self._held[event.previous] = offset, event
        while self.position in self._held:
            _, ready = self._held.pop(self.position)
            self.position = ready.row.position
            yield ready
