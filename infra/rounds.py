"""What a process does again and again beside everything else, in a thread of its own until it is closed."""

import threading
from collections.abc import Callable

import structlog

from infra import telemetry

log = structlog.get_logger(__name__)


class Rounds:
    """Does some work every so many seconds. What it raises is logged and counted by the name, and ends nothing: the next round
    may do, be it a store that was away or a fault of ours."""

    def __init__(self, name: str, work: Callable[[], object], *, every_s: float) -> None:
        self._name, self._work, self._every_s = name, work, every_s
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    @property
    def are_ending(self) -> bool:
        """Whether somebody asked for the end, for a round that takes long."""
        return self._stopping.is_set()

    def start(self, *, after_s: float = 0.0) -> None:
        """Begin, with the first round after so many seconds, until `close`."""
        self._stopping.clear()
        self._thread = threading.Thread(target=self._run, args=(after_s,), name=self._name, daemon=True)
        self._thread.start()

    def close(self) -> None:
        """End after the round in hand. Where there is no thread, there is nothing to wait for."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join()

    def _run(self, pause_s: float) -> None:
        while not self._stopping.wait(pause_s):
            try:
                self._work()
            except Exception as error:
                log.warning(f"{self._name.replace('-', '_')}_unknown", exc_info=error)
                telemetry.thread_error(self._name, error)
            pause_s = self._every_s
