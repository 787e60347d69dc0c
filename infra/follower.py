"""One projection in one read database, and where it stands in the log that it follows."""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from hashlib import sha256

import msgspec
import sqlalchemy as sa
import structlog

from domain.event import RecordedEvent
from domain.log import LedgerIdentity, StoredRow
from infra import telemetry
from infra.build_tables import are_there, create, drop, retire
from infra.fold_notice import tell_of_fold
from infra.read_database import are_new, writing
from infra.recorder import LedgerRecorder, system_clock
from infra.restoration import told
from projections.parked import Parked, Unfolded, check_few, is_parked, park, parked_streams, unpark
from projections.projection import (
    LogPlace,
    Projection,
    StaleBatchError,
    advance,
    begin,
    has_begun,
    mark,
    place_of,
    status_of,
    version_standing,
)

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
    """Folds events into one projection, batch by batch; rows and place in one transaction. `partition` names the place, where
    several fill it side by side."""

    def __init__(self, projection: Projection, engine: sa.Engine, partition: int = 0) -> None:
        self.projection = projection
        self._partition = partition
        self._tables = (*projection.tables, *projection.kept)
        self._engine = engine
        self._place = LogPlace("", 0, 0, "")
        self._status = FOLLOWING
        self.rebuilt_because = ""
        """Why it was built again since this program started, when that was not its own version; for people who operate."""
        self.waits = False
        """Whether tables of another version serve, which this program can read and not fold into: until it is rebuilt."""

    @property
    def position(self) -> int:
        """The last event that is folded."""
        return self._place.position

    @property
    def is_rebuilding(self) -> bool:
        """Whether it serves what another version has made, or is filled before everybody's eyes."""
        return self.waits or self._status == REBUILDING

    def open(self, recorder: LedgerRecorder) -> None:
        """Find where the projection stands. One that is new, or of another log, starts from zero. Of one of another version the
        tables serve as they are, if they can be read; else it starts from zero, and they are kept aside."""
        with self._engine.connect() as db:
            place = place_of(db, self.projection, self._partition)
            status = status_of(db, self.projection, self._partition)
        if place is not None and self._is_in(recorder, place):
            self._stand_at(place, status)
            return
        if self.waits:
            return
        with writing(self._engine, tables=True) as db:
            now = place_of(db, self.projection)
            if now != place and now is not None:  # another program started it meanwhile
                self._stand_at(now, status_of(db, self.projection))
            elif now == place and not self._wait(db, recorder):
                self._restart(db, recorder)

    def restart(self, recorder: LedgerRecorder) -> None:
        """Empty the projection's tables and put it at the start of the log."""
        with writing(self._engine, tables=True) as db:
            self._restart(db, recorder)

    def fold(
        self,
        events: Sequence[RecordedEvent],
        to: LogPlace,
        *,
        after: int = 0,
        unfolded: Sequence[Unfolded] = (),
    ) -> None:
        """Fold what is new to the projection of what stands past `after`, up to `to`.

        Streams of the `unfolded` are parked, and events of parked streams are left where they are. Raises `StaleBatchError`
        when somebody else has moved the projection meanwhile, and `TooManyParkedError`; nothing is changed then.
        """
        if to.position <= self.position or self.waits:
            return
        new = events[bisect_right(events, self.position, key=lambda recorded: recorded.position) :]
        following = telemetry.folding(self.projection.name, self.position, to.position, len(new))
        try:
            if after > self.position:
                raise StaleBatchError(self.projection.name)
            with following, writing(self._engine) as db:
                advance(db, self.projection, self._place, to, self._partition)
                waiting = parked_streams(db, self.projection.name)
                parked = self._park(db, waiting, [each for each in unfolded if each.position > self.position])
                self.projection.fold(going_on(new, waiting), db)
                tell_of_fold(db)
        except StaleBatchError:
            self._look_again()
            raise
        self._place = to
        for each in parked:
            told = each._asdict()
            del told["stream"]  # the position names it; an id of a visit or a person is nothing for a log
            log.critical("stream_parked", projection=self.projection.name, **told)

    def parked(self) -> dict[str, int]:
        """The streams that wait, each with the position of its first event that does."""
        with self._engine.connect() as db:
            return parked_streams(db, self.projection.name)

    def look(self, recorder: LedgerRecorder) -> str:
        """Learn where others have folded to, and what they are doing. In another log than this, they have folded nothing. What
        another version has filled serves until it is rebuilt, if it can be read."""
        with self._engine.connect() as db:
            place, status = place_of(db, self.projection), status_of(db, self.projection)
            older = self._readable(db) if place is None else None
        identity = recorder.identity()
        found = place or older
        is_here = found is not None and (found.ledger_id, found.epoch) == identity
        self._place = found if found is not None and is_here else LogPlace(*identity, position=0, event_id="")
        self._status, self.waits = status, is_here and found is older
        return status

    def say(self, status: str) -> None:
        """Write down what the projection is doing, when that is new."""
        if status != self._status and not self.waits:
            with writing(self._engine) as db:
                mark(db, self.projection, status)
            self._status = status

    def _park(self, db: sa.Connection, waiting: dict[str, int], unfolded: Sequence[Unfolded]) -> list[Unfolded]:
        """Add the streams that do not wait yet to those that do, and give them."""
        name, added = self.projection.name, list[Unfolded]()
        for each in unfolded:
            if each.stream not in waiting:
                check_few(db, name, each.position)
                park(db, Parked(name, each.stream, each.position, each.code, each.error, parked_at=system_clock()))
                waiting[each.stream] = each.position
                added.append(each)
        return added

    def _is_in(self, recorder: LedgerRecorder, place: LogPlace) -> bool:
        try:
            check_place(place, recorder)
        except NotThisLogError as error:
            log.error("projection_rebuilt", projection=self.projection.name, position=place.position, why=str(error))
            self.rebuilt_because = str(error)
            return False
        return True

    def _stand_at(self, place: LogPlace, status: str) -> None:
        self._place, self._status, self.waits = place, status, False

    def _wait(self, db: sa.Connection, recorder: LedgerRecorder) -> bool:
        """Let another version's tables serve, if there are any, of this log, that this program can read."""
        found = version_standing(db, self.projection)
        if found is None or found[0] == self.projection.version or not self._is_in(recorder, found[1]):
            return False
        version, place = found
        self.waits = are_there(db, self._tables)
        log.warning(
            "projection_of_another_version",
            projection=self.projection.name,
            found=version,
            needed=self.projection.version,
            serves_at=place.position if self.waits else 0,
        )
        if self.waits:
            self._place = place
        else:
            retire(db, self.projection)
        return self.waits

    def _readable(self, db: sa.Connection) -> LogPlace | None:
        """Where another version's tables stand, if there are any that this program can read."""
        found = version_standing(db, self.projection)
        is_there = found is not None and (self.waits or are_there(db, self._tables))
        return found[1] if found is not None and is_there else None

    def _restart(self, db: sa.Connection, recorder: LedgerRecorder) -> None:
        if has_begun(db, self.projection) or not are_new(db, self._tables):
            drop(db, self._tables)
            create(db, self._tables, indexes=True)
        unpark(db, self.projection.name)
        self._place = begin(db, self.projection, *recorder.identity(), status=REBUILDING)
        self._status = REBUILDING

    def _look_again(self) -> None:
        with self._engine.connect() as db:
            place = place_of(db, self.projection, self._partition)
        if place is None:
            raise ReplacedError(f"Another version of {self.projection.name} has taken this one's place.")
        self._place = place


def going_on(events: Sequence[RecordedEvent], parked: Mapping[str, int]) -> Sequence[RecordedEvent]:
    """Leave out what waits."""
    if not parked:
        return events
    return [each for each in events if not is_parked(parked, each.event.originator_id, each.position)]


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
