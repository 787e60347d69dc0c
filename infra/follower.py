"""One projection in one read database, and where it stands in the log that it follows."""

from bisect import bisect_right
from collections.abc import Sequence
from hashlib import sha256

import msgspec
import sqlalchemy as sa
import structlog

from domain.event import RecordedEvent
from domain.log import LedgerIdentity, StoredRow
from infra import telemetry
from infra.read_database import are_new, writing
from infra.recorder import LedgerRecorder
from infra.restoration import told
from projections.projection import LogPlace, Projection, StaleBatchError, advance, begin, has_begun, mark, place_of

EVENT_ID_BYTES = 16
FOLLOWING, REBUILDING, STOPPED = "following", "rebuilding", "stopped"

log = structlog.get_logger(__name__)


class NotThisLogError(Exception):
    """The projection was folded from another log, or from one that has since been put back to an earlier state."""


class ReplacedError(Exception):
    """Another program has put another version of the projection in the place of this one."""


def event_id(row: StoredRow) -> str:
    """Name an event by its content: another log, or another past of this one, has another event at that position."""
    content = msgspec.msgpack.encode((row.stream, row.version, row.topic, row.state, row.recorded_at))
    return sha256(content).digest()[:EVENT_ID_BYTES].hex()


def place_at(identity: LedgerIdentity, row: StoredRow) -> LogPlace:
    """Name the place of an event in its log."""
    return LogPlace(identity.ledger_id, identity.epoch, row.position, event_id(row))


class Follower:
    """Folds events into one projection, batch by batch; rows and place in one transaction."""

    def __init__(self, projection: Projection, engine: sa.Engine) -> None:
        self.projection = projection
        self._engine = engine
        self._place = LogPlace("", 0, 0, "")
        self._status = FOLLOWING
        self.rebuilt_because = ""
        """Why it was built again since this program started, when that was not its own version; for people who operate."""

    @property
    def position(self) -> int:
        """The last event that is folded."""
        return self._place.position

    def open(self, recorder: LedgerRecorder) -> None:
        """Find where the projection stands. One that is new, of another version or of another log starts from zero."""
        with self._engine.connect() as db:
            place = place_of(db, self.projection)
        if place is not None and self._is_in(recorder, place):
            self._place, self._status = place, ""
            return
        with writing(self._engine, tables=True) as db:
            now = place_of(db, self.projection)
            if now == place:
                self._restart(db, recorder)
            elif now is not None:  # another program started it meanwhile
                self._place, self._status = now, ""

    def restart(self, recorder: LedgerRecorder) -> None:
        """Empty the projection's tables and put it at the start of the log."""
        with writing(self._engine, tables=True) as db:
            self._restart(db, recorder)

    def fold(self, events: Sequence[RecordedEvent], to: LogPlace) -> None:
        """Fold those of the events that are new to the projection, the last of which stands at `to`.

        Raises `StaleBatchError` when somebody else has moved the projection meanwhile; nothing is changed then.
        """
        new = events[bisect_right(events, self.position, key=lambda recorded: recorded.position) :]
        if not new:
            return
        following = telemetry.folding(self.projection.name, self.position, to.position, len(new))
        try:
            with following, writing(self._engine) as db:
                advance(db, self.projection, self._place, to)
                self.projection.fold(new, db)
        except StaleBatchError:
            self._look_again()
            raise
        self._place = to

    def say(self, status: str) -> None:
        """Write down what the projection is doing, when that is new."""
        if status != self._status:
            with writing(self._engine) as db:
                mark(db, self.projection, status)
            self._status = status

    def _is_in(self, recorder: LedgerRecorder, place: LogPlace) -> bool:
        try:
            check_place(place, recorder)
        except NotThisLogError as error:
            log.error("projection_rebuilt", projection=self.projection.name, position=place.position, why=str(error))
            self.rebuilt_because = str(error)
            return False
        return True

    def _restart(self, db: sa.Connection, recorder: LedgerRecorder) -> None:
        tables = (*self.projection.tables, *self.projection.kept)
        if has_begun(db, self.projection) or not are_new(db, tables):
            for table in tables:
                table.drop(db, checkfirst=True)
                table.create(db)
        self._place = begin(db, self.projection, *recorder.identity(), status=REBUILDING)
        self._status = REBUILDING

    def _look_again(self) -> None:
        with self._engine.connect() as db:
            place = place_of(db, self.projection)
        if place is None:
            raise ReplacedError(f"Another version of {self.projection.name} has taken this one's place.")
        self._place = place


def check_place(place: LogPlace, recorder: LedgerRecorder) -> None:
    """Raise `NotThisLogError` when the place is not in this log."""
    identity = recorder.identity()
    if place.ledger_id != identity.ledger_id:
        raise NotThisLogError("The log is of another ledger.")
    if place.epoch != identity.epoch:
        since = [told(each) for each in recorder.restorations() if each.epoch > place.epoch]
        raise NotThisLogError(" ".join(since) or "The log is of another epoch: it was restored.")
    if place.position == 0:
        return
    rows = recorder.read(place.position - 1, 1, upto=place.position)
    if not rows:
        raise NotThisLogError("The log ends before the projection's position: it lacks events that were folded.")
    if event_id(rows[0]) != place.event_id:
        raise NotThisLogError("The log has another event at the projection's position.")
