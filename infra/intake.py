"""Takes batches into a projection, whatever is in them: what may pass is tried again, what does not pass parks its stream."""

import threading
from collections.abc import Sequence

import psycopg
import sqlalchemy as sa
import structlog
from eventsourcing.persistence import InterfaceError, OperationalError

from infra.batch import Batch
from infra.follower import Follower, ReplacedError
from projections.parked import FOLD_FAILED, TooManyParkedError, Unfolded, is_parked
from projections.projection import StaleBatchError

TRANSIENT = (
    OperationalError,
    InterfaceError,
    sa.exc.OperationalError,
    sa.exc.InterfaceError,
    sa.exc.TimeoutError,
    psycopg.OperationalError,
    psycopg.InterfaceError,
)
"""What passes by itself: a store that does not answer, has no room, or is locked by somebody else. The driver's own errors come
from where rows are copied in, and notices are waited for."""
AGAIN_AFTER_S = (0.05, 0.25)
"""How long to wait before a batch that failed is tried again, each time. Then the event is looked for that fails."""

log = structlog.get_logger(__name__)


class EventFailedError(Exception):
    """An event cannot be folded, and its stream is not parked: because whoever verifies or rebuilds may leave out nothing more,
    or because so many streams fail that the fault is the program's. A projector stops there."""

    def __init__(self, position: int) -> None:
        super().__init__(f"The event at position {position} cannot be folded.")
        self.position = position


NOT_THE_EVENT = (*TRANSIENT, ReplacedError, StaleBatchError, EventFailedError)


class Intake:
    """Folds batches. `stopping` ends its pauses."""

    def __init__(self, stopping: threading.Event) -> None:
        self._stopping = stopping

    def take(self, follower: Follower, batch: Batch) -> None:
        """Fold a batch, and park the streams of the events that cannot be. Raises what is no matter of an event, and
        `EventFailedError` where too many streams would be parked; everything before that event is folded then."""
        for pause_s in AGAIN_AFTER_S:
            try:
                return self._fold(follower, batch)
            except NOT_THE_EVENT:
                raise
            except Exception as error:
                log.warning("fold_tried_again", projection=follower.projection.name, why=type(error).__name__)
                self._stopping.wait(pause_s)
        return self._by_halves(follower, batch)

    def take_all(self, follower: Follower, batch: Batch) -> None:
        """Fold a batch and leave out nothing but what is parked already. Raises `EventFailedError` at the first event that
        cannot be folded; everything before it is."""
        try:
            check_readable(batch, follower.parked())
            self._fold(follower, batch)
        except (*TRANSIENT, ReplacedError, StaleBatchError):
            raise
        except Exception as error:
            if len(batch.rows) == 1:
                raise EventFailedError(batch.rows[0].position) from error
            for half in batch.halves():
                self.take_all(follower, half)

    def _by_halves(self, follower: Follower, batch: Batch) -> None:
        try:
            self._fold(follower, batch)
        except NOT_THE_EVENT:
            raise
        except Exception as error:
            if len(batch.rows) == 1:
                self._park(follower, batch, error)
            else:
                for half in batch.halves():
                    self._by_halves(follower, half)

    def _fold(self, follower: Follower, batch: Batch) -> None:
        follower.fold(batch.events, batch.end, after=batch.after, unfolded=batch.unreadable)

    def _park(self, follower: Follower, batch: Batch, error: Exception) -> None:
        """Let the stream of a batch of one event wait."""
        (row,) = batch.rows
        why = batch.unreadable or (Unfolded(row.position, row.stream, FOLD_FAILED, type(error).__name__),)
        try:
            follower.fold((), batch.end, after=batch.after, unfolded=why)
        except TooManyParkedError:
            raise EventFailedError(row.position) from error


def check_readable(batch: Batch, parked: dict[str, int]) -> None:
    """Raise `EventFailedError` for the first event that cannot be read and does not wait anyway."""
    missed: Sequence[Unfolded] = batch.unreadable
    for each in missed:
        if not is_parked(parked, each.stream, each.position):
            raise EventFailedError(each.position)
