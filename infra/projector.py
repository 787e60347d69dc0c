"""Follows the log and folds it into the read models: in a thread of the server, or until the log's end."""

import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass

import sqlalchemy as sa
import structlog

from domain.log import StoredRow
from infra import telemetry
from infra.batch import read_batch
from infra.codec import EventCodec
from infra.follower import FOLLOWING, STOPPED, Follower
from infra.intake import TRANSIENT, Intake
from infra.recorder import LedgerRecorder
from infra.renewal import Renewal
from projections.projection import Projection, StaleBatchError

Progress = Callable[[int, int], None]
"""Told how far it is, and of how far: the position that all read models are complete through, and the log's last one."""

Waiting = Callable[[], int]
"""How many commands wait in this process to be decided."""

IDLE_S = 0.5
"""How long it may take to notice `close`; a new event is noticed at once."""
PAUSE_FIRST_S, PAUSE_LONGEST_S = 0.1, 5.0
WISHES_UNDER_LOAD = 100
REST_UNDER_LOAD_S = 0.05
"""Where so many commands wait to be decided, others need this process more. A page of 50 events costs twice as much for each of
them as one of 400, so the next one may grow meanwhile."""
REST_S = 0.01
"""Where events come one after the other: readers notice no such time, and a page of 24 takes twice as long as one of 6."""

log = structlog.get_logger(__name__)


def nobody() -> int:
    """Where nobody decides in this process."""
    return 0


@dataclass
class PageSize:
    """How many events to read at once: as many as are folded in about the time that a reader may wait."""

    events: int = 200
    least: int = 200
    most: int = 5_000
    seconds: float = 0.3
    was_full: bool = False

    def learn(self, events: int, seconds: float) -> None:
        """Grow after a full page that was quick, shrink after one that was slow."""
        self.was_full = events == self.events
        if seconds > 2 * self.seconds:
            self.events = max(self.least, self.events // 2)
        elif self.was_full and seconds < self.seconds:
            self.events = min(self.most, self.events * 2)

    def rest_s(self, waiting: int, *, again: bool = False) -> float:
        """How long to rest while so many commands wait; `again`: the page before this one was just now. Whoever is behind, so
        that pages are full, does not rest."""
        if self.was_full:
            return 0.0
        return REST_UNDER_LOAD_S if waiting >= WISHES_UNDER_LOAD else REST_S * again


class Projector:
    """Keeps read models up to date. One in a process; more than one process at a time is safe, and wasteful."""

    def __init__(
        self,
        recorder: LedgerRecorder,
        codec: EventCodec,
        engine: sa.Engine,
        projections: Sequence[Projection],
        *,
        page_size: PageSize | None = None,
        waiting: Waiting = nobody,
    ) -> None:
        self._recorder = recorder
        self._codec = codec
        self._engine = engine
        self._followers = [Follower(projection, engine) for projection in projections]
        self._renewal = Renewal(recorder, codec, engine)
        self._page_size = page_size or PageSize()
        self._waiting = waiting
        self._work = threading.Lock()
        self._moved = threading.Condition()
        self._stopping = threading.Event()
        self._intake = Intake(self._stopping)
        self._thread: threading.Thread | None = None
        self._opened = False
        self.rest_s = 0.0
        """How long to rest after a page. Somebody who loads a month lets it rest, so that pages are few and large: what a
        page touches is read once and written once."""
        self.failure: Exception | None = None
        """Why the projector has stopped for good; None while it has not."""

    def start(self) -> None:
        """Follow the log in a thread, until `close`. Where the read models stand is known when this returns."""
        self._stopping.clear()
        self.failure = None
        with suppress(*TRANSIENT):
            self._arrive()
        self._thread = threading.Thread(target=self._follow, name="projector", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """End the thread after the batch in hand. Does nothing where there is none."""
        self._stopping.set()
        self._recorder.call()
        self._tell()
        if self._thread is not None:
            self._thread.join()
            self._thread = None
        self._renewal.close()

    def catch_up(self, progress: Progress | None = None) -> int:
        """Fold up to where the log ends now, in the caller's thread, and give the position reached. What another version has
        filled is rebuilt first. Raises what went wrong.

        Of what comes meanwhile only what is in the last page: beside a busy server there would be no end, and each page
        that one folds the other folds in vain.
        """
        self._renew(progress)
        end, _ = self._recorder.head()
        while self.complete_through() < end and self._step():
            if progress is not None:
                progress(self.complete_through(), end)
        with self._work:
            self._say(FOLLOWING)
        return self.complete_through()

    def rebuilding(self) -> list[str]:
        """The read models that show less than they will, because another version has filled them or they are new."""
        return [follower.projection.name for follower in self._followers if follower.is_rebuilding]

    def complete_through(self) -> int:
        """The position that every read model has reached."""
        return min(follower.position for follower in self._followers)

    def positions(self) -> dict[str, int]:
        """The last event folded, by read model."""
        return {follower.projection.name: follower.position for follower in self._followers}

    def rebuilt_because(self) -> str:
        """Why a read model was built again since the start, such as a restored log; empty where none was."""
        return next((each.rebuilt_because for each in self._followers if each.rebuilt_because), "")

    def wait_until(self, position: int, timeout: float) -> bool:
        """Wait until every read model has reached a position, at most `timeout` seconds; says whether they have."""
        with self._moved:
            self._moved.wait_for(lambda: self.complete_through() >= position or self._stopping.is_set(), timeout)
            return self.complete_through() >= position

    def _arrive(self) -> None:
        with self._work:
            self._open()

    def _follow(self) -> None:
        """Fold, rest, and fold again. Gives up only on what waiting cannot mend."""
        pause_s, again = PAUSE_FIRST_S, False
        while not self._stopping.is_set():
            try:
                self._renew_aside()
                if found := self._step():
                    self._stopping.wait(max(self.rest_s, self._page_size.rest_s(self._waiting(), again=again)))
                else:
                    self._recorder.wait(self._read_through(), IDLE_S)
                again = found
                pause_s = PAUSE_FIRST_S
            except TRANSIENT as error:
                log.warning("projector_waits", seconds=pause_s, why=type(error).__name__)
                telemetry.thread_error("projector", error)
                self._opened = False  # the store may come back as another one
                self._stopping.wait(pause_s)
                pause_s = min(2 * pause_s, PAUSE_LONGEST_S)
            except Exception as error:
                self._give_up(error)

    def _step(self) -> bool:
        """Fold one page into the read models that lack it; says whether there was one."""
        with self._work:
            self._open()
            started_s, after = time.monotonic(), self._read_through()
            rows = self._recorder.read(after, self._page_size.events)
            if rows:
                self._take(after, rows)
                self._page_size.learn(len(rows), time.monotonic() - started_s)
            else:
                self._say(FOLLOWING)
        self._tell()
        return bool(rows)

    def _open(self) -> None:
        """Find where the read models stand, and look again for those that wait to be rebuilt."""
        for follower in self._followers:
            if not self._opened or follower.waits:
                follower.open(self._recorder)
        self._opened = True

    def _read_through(self) -> int:
        """The position up to which no event is wanted any more. What waits to be rebuilt wants none."""
        positions = [follower.position for follower in self._followers if not follower.waits]
        return min(positions) if positions else self._recorder.head()[0]

    def _renew(self, progress: Progress | None) -> None:
        """Rebuild what another version has filled, here and now."""
        with self._work:
            self._open()
        while waiting := [follower for follower in self._followers if follower.waits]:
            for follower in waiting:
                self._renewal.run(follower.projection, progress)
            with self._work:
                self._open()

    def _renew_aside(self) -> None:
        """Have it rebuilt meanwhile, one after the other. Where that fails, the older version's tables go on serving."""
        for follower in self._followers:
            if follower.waits:
                self._renewal.start(follower.projection)
        self.failure = self._renewal.failure

    def _take(self, after: int, rows: Sequence[StoredRow]) -> None:
        batch = read_batch(self._codec, self._recorder.identity(), after, rows)
        for follower in self._followers:
            try:
                self._intake.take(follower, batch)
            except StaleBatchError as error:
                log.info("projector_was_second", projection=str(error))

    def _give_up(self, error: Exception) -> None:
        log.critical("projector_stopped", exc_info=error)
        telemetry.thread_error("projector", error)
        self.failure = error
        self._stopping.set()
        with suppress(*TRANSIENT):
            self._say(STOPPED)
        self._tell()

    def _say(self, status: str) -> None:
        for follower in self._followers:
            follower.say(status)

    def _tell(self) -> None:
        with self._moved:
            self._moved.notify_all()
