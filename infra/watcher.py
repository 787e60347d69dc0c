"""The read models of a process that only serves: others fold, and it knows how far they are."""

from infra.fold_notice import fold_notices
from infra.follower import STOPPED
from infra.intake import TRANSIENT
from infra.projector import IDLE_S, PAUSE_FIRST_S, PAUSE_LONGEST_S, Projector, log


class FoldStoppedError(Exception):
    """The process that folds has stopped for good; its own log says why."""


class Watcher(Projector):
    """Follows the places of the read models instead of the log. Who asks it to `catch_up` still has it done."""

    def _arrive(self) -> None:
        """Learn where the read models stand, and whether somebody has given up on them."""
        with self._work:
            statuses = [follower.look(self._recorder) for follower in self._followers]
        self.failure = FoldStoppedError("Whoever folds has stopped.") if STOPPED in statuses else None
        self._tell()

    def _follow(self) -> None:
        while not self._stopping.is_set():
            try:
                with fold_notices(self._engine, self._stopping) as notices:
                    while not self._stopping.is_set():
                        self._arrive()
                        notices.wait(IDLE_S)
            except TRANSIENT as error:
                log.warning("watcher_waits", why=type(error).__name__)
                self._stopping.wait(PAUSE_FIRST_S)
            except Exception as error:  # reads go on with what is known, and say how far that is
                log.critical("watcher_failed", exc_info=error)
                self._stopping.wait(PAUSE_LONGEST_S)
