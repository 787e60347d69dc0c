"""What is parked, and how it is taken in again once it can be folded."""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
import structlog

from domain.event import RecordedEvent
from domain.log import StoredRow
from infra.batch import read_batch
from infra.codec import EventCodec
from infra.fold_notice import tell_of_fold
from infra.intake import TRANSIENT, EventFailedError, check_readable
from infra.read_database import writing
from infra.recorder import LedgerRecorder
from projections.kept_months import renew_all
from projections.parked import Parked, all_parked, parked_streams, unpark
from projections.projection import Projection, hold, place_of

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Waiting:
    """A parked stream, and how many of its events wait by now."""

    parked: Parked
    events: int


def waiting(engine: sa.Engine, recorder: LedgerRecorder) -> list[Waiting]:
    """Everything that is parked, in the order of the log."""
    with engine.connect() as db:
        parked = all_parked(db)
    return [Waiting(each, len(events_behind(recorder, each.stream, each.position))) for each in parked]


def release(
    engine: sa.Engine, recorder: LedgerRecorder, codec: EventCodec, projection: Projection, stream: str
) -> int | None:
    """Fold what waits of a stream, in the order of the log and at its own positions, in one transaction with its release.

    Gives how many events were folded; None where the stream is not parked. Raises `EventFailedError` when one still cannot
    be: everything then stays as it was. Folding goes on meanwhile, but waits for the transaction.
    """
    with writing(engine) as db:
        hold(db, projection)
        first, place = parked_streams(db, projection.name).get(stream), place_of(db, projection)
        if first is None or place is None:
            return None
        rows = events_behind(recorder, stream, first, place.position)
        if rows:  # none in a log that was put back to an earlier state
            _fold(recorder, codec, projection, rows, db)
        unpark(db, projection.name, stream)
        if projection.kept:
            renew_all(db, first, place.position)
        tell_of_fold(db)
    log.info("stream_released", projection=projection.name, position=first, events=len(rows))
    return len(rows)


def _fold(
    recorder: LedgerRecorder, codec: EventCodec, projection: Projection, rows: Sequence[StoredRow], db: sa.Connection
) -> None:
    batch = read_batch(codec, recorder.identity(), rows[0].position - 1, rows)
    check_readable(batch, {})
    try:
        with db.begin_nested():
            projection.fold(batch.events, db)
    except TRANSIENT:
        raise
    except Exception as error:
        raise EventFailedError(_failing(projection, batch.events, db)) from error


def _failing(projection: Projection, events: Sequence[RecordedEvent], db: sa.Connection) -> int:
    """Which of the events it is: they are folded one by one, in a transaction that comes to nothing."""
    for recorded in events:
        try:
            projection.fold([recorded], db)
        except TRANSIENT:
            raise
        except Exception:
            return recorded.position
    return events[0].position


def events_behind(recorder: LedgerRecorder, stream: str, first: int, upto: int | None = None) -> list[StoredRow]:
    """The events of a stream from a position on."""
    return [row for row in recorder.read_stream(stream, upto_position=upto) if row.position >= first]
