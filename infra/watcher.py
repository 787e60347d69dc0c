"""The read models of a process that only serves: others fold, and it knows how far they are."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager

import sqlalchemy as sa

from infra.codec import EventCodec
from infra.fold_notice import Notices, fold_notices
from infra.follower import STOPPED
from infra.intake import TRANSIENT
from infra.projector import (
    IDLE_S,
    PAUSE_FIRST_S,
    PAUSE_LONGEST_S,
    REST_UNDER_LOAD_S,
    WISHES_UNDER_LOAD,
    Progress,
    Projector,
    Waiting,
    log,
    nobody,
)
from infra.recorder import LedgerRecorder
from projections.projection import Projection

CAUGHT_UP_WITHIN_S = 60.0
REST_S = 0.01
"""After a look: read models that are folded side by side are told of one right after the other."""
OpenNotices = Callable[[], AbstractContextManager[Notices]]


class FoldStoppedError(Exception):
    """The process that folds has stopped for good; its own log says why."""


class Watcher(Projector):
    """Follows the places of the read models instead of the log. Who asks it to `catch_up` still has it done.

    `notices` are told of folds by the process that folds; by default the store tells of them. `is_folded_for` says whether this
    server's own process is folding; where many commands are `waiting`, it looks less often.
    """

    def __init__(
        self,
        recorder: LedgerRecorder,
        codec: EventCodec,
        engine: sa.Engine,
        projections: Sequence[Projection],
        *,
        notices: OpenNotices | None = None,
        is_folded_for: Callable[[], bool] = lambda: False,
        waiting: Waiting = nobody,
    ) -> None:
        super().__init__(recorder, codec, engine, projections, waiting=waiting)
        self._is_folded_for = is_folded_for
        self._notices = notices or (lambda: fold_notices(engine, self._stopping))

    def catch_up(self, progress: Progress | None = None) -> int:
        """Wait for the process that folds for this one, and where there is none or it does not come so far, fold."""
        if self._is_folded_for() and self.wait_until(self._recorder.head()[0], CAUGHT_UP_WITHIN_S):
            return self.complete_through()
        return super().catch_up(progress)

    def _arrive(self) -> None:
        """Learn where the read models stand, and whether somebody has given up on them."""
        with self._work:
            statuses = [follower.look(self._recorder) for follower in self._followers]
        self.failure = FoldStoppedError("Whoever folds has stopped.") if STOPPED in statuses else None
        self._tell()

    def _follow(self) -> None:
        while not self._stopping.is_set():
            try:
                with self._notices() as notices:
                    while not self._stopping.is_set():
                        self._arrive()
                        self._stopping.wait(REST_UNDER_LOAD_S if self._waiting() >= WISHES_UNDER_LOAD else REST_S)
                        notices.wait(IDLE_S)
            except TRANSIENT as error:
                log.warning("watcher_waits", why=type(error).__name__)
                self._stopping.wait(PAUSE_FIRST_S)
            except Exception as error:  # reads go on with what is known, and say how far that is
                log.critical("watcher_failed", exc_info=error)
                self._stopping.wait(PAUSE_LONGEST_S)
