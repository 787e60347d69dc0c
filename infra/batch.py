"""Some rows of the log, read as far as this program can read them: what is folded at once."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from domain.event import RecordedEvent
from domain.log import LedgerIdentity, StoredRow
from infra.codec import EventCodec, UnknownEventError
from infra.follower import place_at
from infra.parts import WHOLE, Part
from projections.parked import UNKNOWN_EVENT, UNREADABLE_EVENT, Unfolded
from projections.projection import LogPlace


@dataclass(frozen=True)
class Batch:
    """What stands in the log past `after`, row by row. `rows` is not empty."""

    identity: LedgerIdentity
    after: int
    rows: Sequence[StoredRow]
    events: Sequence[RecordedEvent]
    unreadable: Sequence[Unfolded]

    @property
    def end(self) -> LogPlace:
        """The place of the last row."""
        return place_at(self.identity, self.rows[-1])

    def halves(self) -> "tuple[Batch, Batch]":
        """Cut it in two. There must be two rows."""
        middle = len(self.rows) // 2
        last = self.rows[middle - 1].position
        cut = bisect_right(self.events, last, key=lambda recorded: recorded.position)
        failed = bisect_right(self.unreadable, last, key=lambda each: each.position)
        return (
            Batch(self.identity, self.after, self.rows[:middle], self.events[:cut], self.unreadable[:failed]),
            Batch(self.identity, last, self.rows[middle:], self.events[cut:], self.unreadable[failed:]),
        )


def read_batch(
    codec: EventCodec, identity: LedgerIdentity, after: int, rows: Sequence[StoredRow], part: Part = WHOLE
) -> Batch:
    """Read what was stored, as far as it is of the part. What cannot be read is told, and holds up nothing."""
    taken = part.of_it(rows)
    try:
        return Batch(identity, after, rows, codec.decode_rows(taken), ())
    except Exception:  # whichever row it was, and whatever is wrong with it
        return Batch(identity, after, rows, *_row_by_row(codec, taken))


def _row_by_row(codec: EventCodec, rows: Sequence[StoredRow]) -> tuple[list[RecordedEvent], list[Unfolded]]:
    events, unreadable = list[RecordedEvent](), list[Unfolded]()
    for row in rows:
        try:
            events.append(codec.decode(row))
        except Exception as error:
            code = UNKNOWN_EVENT if isinstance(error, UnknownEventError) else UNREADABLE_EVENT
            unreadable.append(Unfolded(row.position, row.stream, code, type(error).__name__))
    return events, unreadable
