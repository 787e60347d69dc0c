"""Fills a build that does not serve: in large batches, and out of the way of those who write meanwhile."""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import TypeVar

import sqlalchemy as sa

from domain.log import StoredRow
from infra.batch import Batch, read_batch
from infra.codec import EventCodec
from infra.follower import Follower, NotThisLogError, check_place, going_on
from infra.intake import TRANSIENT, EventFailedError, Intake, check_readable
from infra.parts import WHOLE, Part
from infra.recorder import LedgerRecorder
from projections.builds import of_build, within
from projections.parked import parked_streams
from projections.projection import LogPlace, Projection, StaleBatchError, advance, place_of, version_standing

PAGE_EVENTS = 5_000
"""Large, while nobody writes: what a page touches is read once and written once."""
SHORT_PAGE_EVENTS, SHORT_PAGE_EVENTS_LEAST, SHORT_PAGE_S = 1_000, 100, 0.2
"""While somebody writes: as many as are folded within so long, since on SQLite the live fold waits for it."""
PAUSES_S = (0.1, 0.5, 2.0, 5.0, 5.0)
"""How long to wait for a store that does not answer, each time, before the rebuild ends."""

Result = TypeVar("Result")
Told = Callable[[str, int, int], None]
"""Told what is being done, how far it is, and of how much."""
FILLING = "filling"


class RebuildStoppedError(Exception):
    """An event cannot be folded. A rebuild leaves out nothing, so it ends there, and what serves is not touched."""

    def __init__(self, position: int, topic: str) -> None:
        super().__init__(f"The event at position {position} ({topic}) cannot be folded.")
        self.position, self.topic = position, topic


class RebuildEndedError(Exception):
    """It was asked to end. It goes on from there when it is run again."""


class Filling:
    """One build of a projection, and the log that it is filled from."""

    def __init__(
        self,
        recorder: LedgerRecorder,
        codec: EventCodec,
        engine: sa.Engine,
        projection: Projection,
        build: str,
        *,
        told: Told,
        stopping: threading.Event,
        part: Part = WHOLE,
    ) -> None:
        self._recorder = recorder
        self._codec = codec
        self._engine = engine
        self._projection = projection
        self._build = build
        self._told = told
        self._stopping = stopping
        self._intake = Intake(stopping)
        self._part = part
        self._follower = Follower(projection, of_build(engine, build), part.number)
        self._head, self._since_s = 0, time.monotonic()
        self._short_page = SHORT_PAGE_EVENTS
        self.others_write = False
        """Whether somebody wrote between the last two looks at the log."""
        self.events = 0
        """So many were folded."""

    @property
    def position(self) -> int:
        """The last event that is folded."""
        return self._follower.position

    def open(self) -> None:
        """Find where the build stands; it has a place."""
        self._follower.open(self._recorder)

    def fill(self, target: Callable[[], int], *, lacking_max: int = 0) -> None:
        """Fold batch after batch until so few events are lacking. Raises `RebuildStoppedError`, `RebuildEndedError`."""
        while self.fill_on(target, lacking_max=lacking_max):
            pass

    def fill_on(self, target: Callable[[], int], *, lacking_max: int = 0) -> bool:
        """Fold one batch, unless so few events are lacking; says whether it did. Raises as `fill` does."""
        return patiently(partial(self._fill_on, target, lacking_max), self._stopping)

    def _fill_on(self, target: Callable[[], int], lacking_max: int) -> bool:
        if (upto := target()) - self.position <= lacking_max:
            return False
        if self._stopping.is_set():
            raise RebuildEndedError
        self.rest()
        page = min(PAGE_EVENTS, self._short_page) if self.others_write else PAGE_EVENTS * self._part.of
        rows, began_s = self._recorder.read(self.position, page, upto=upto), time.monotonic()
        self._fold(rows)
        if self.others_write:
            self._learn(len(rows), time.monotonic() - began_s)
        self._told(FILLING, self.position, upto)
        return True

    def rest(self) -> None:
        """Where others write, rest as long as was worked since the last time: all that fill side by side together."""
        head, _ = self._recorder.head()
        self.others_write, self._head = self._head not in (0, head), head
        if self.others_write:
            self._stopping.wait((2 * self._part.of - 1) * (time.monotonic() - self._since_s))
        self._since_s = time.monotonic()

    def _learn(self, events: int, seconds: float) -> None:
        """Read so many the next time as would have taken as long as they may."""
        fitting = int(events * SHORT_PAGE_S / max(seconds, 0.001))
        self._short_page = max(SHORT_PAGE_EVENTS_LEAST, min(SHORT_PAGE_EVENTS, fitting))

    def finish(self, db: sa.Connection, upto: int) -> None:
        """Fold what is lacking, in a transaction that is open."""
        with within(db, self._build):
            place = place_of(db, self._projection)
            assert place is not None
            waiting = parked_streams(db, self._projection.name)
            while rows := self._recorder.read(place.position, PAGE_EVENTS, upto=upto):
                batch = self._batch(place.position, rows)
                with _stopped_at(rows):
                    check_readable(batch, waiting)
                advance(db, self._projection, place, batch.end)
                self._projection.fold(going_on(batch.events, waiting), db)
                self.events += len(rows)
                place = batch.end

    def _fold(self, rows: Sequence[StoredRow]) -> None:
        """Fold rows, and leave out nothing but what waits in this build."""
        try:
            batch = self._batch(self.position, rows)
            with _stopped_at(rows):
                self._intake.take_all(self._follower, batch)
            self.events += len(batch.events)
        except StaleBatchError:  # an earlier try was committed after all
            pass

    def _batch(self, after: int, rows: Sequence[StoredRow]) -> Batch:
        return read_batch(self._codec, self._recorder.identity(), after, rows, self._part)


def patiently(work: Callable[[], Result], stopping: threading.Event) -> Result:
    """Do it, and again after a while where a store does not answer. Raises `RebuildEndedError`."""
    for pause_s in PAUSES_S:
        try:
            return work()
        except TRANSIENT:
            if stopping.wait(pause_s):
                raise RebuildEndedError from None
    return work()


@contextmanager
def _stopped_at(rows: Sequence[StoredRow]) -> Iterator[None]:
    """Name the event that cannot be folded by what it is."""
    try:
        yield
    except EventFailedError as error:
        topic = next(row.topic for row in rows if row.position == error.position)
        raise RebuildStoppedError(error.position, topic) from error


def is_in(recorder: LedgerRecorder, place: LogPlace) -> bool:
    """Whether a place is one in this log."""
    try:
        check_place(place, recorder)
    except NotThisLogError:
        return False
    return True


def target_in(db: sa.Connection, recorder: LedgerRecorder, projection: Projection) -> int:
    """How far to fill: to where the live build stands in this log, else to the log's end."""
    found = version_standing(db, projection)
    if found is None or found[1].position == 0 or not is_in(recorder, found[1]):
        return recorder.head()[0]
    return found[1].position
