"""Hears from PostgreSQL when another process has appended."""

import threading
from collections.abc import Callable

from eventsourcing.persistence import PersistenceError

from infra.head_signal import HeadSignal
from infra.postgres_server import POSTGRES_ERRORS, LedgerConnection

CLOSE_CHECK_S = 0.1
RECONNECT_PAUSE_S = 0.5
REST_S = 0.005
"""Between notices, so that hearing of every append of a busy log does not slow down the appends."""

LISTEN = "DO $$ BEGIN EXECUTE 'LISTEN ledger_' || 'event'::regclass::oid; END $$"


class HeadListener:
    """A thread with a connection of its own that passes notices on to the signal. When the connection is lost it opens
    another; what was said meanwhile is found by those who wait, who also ask the store now and then."""

    def __init__(self, open_connection: Callable[[], LedgerConnection], signal: HeadSignal) -> None:
        self._open_connection = open_connection
        self._signal = signal
        self._closing = threading.Event()
        self._starting = threading.Lock()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin to listen, once; asking again changes nothing."""
        with self._starting:
            if self._thread is None and not self._closing.is_set():
                self._thread = threading.Thread(target=self._run, name="ledger-listener", daemon=True)
                self._thread.start()

    def close(self) -> None:
        """Stop listening and give the connection back."""
        with self._starting:
            self._closing.set()
        if self._thread is not None:
            self._thread.join()

    def _run(self) -> None:
        while not self._closing.is_set():
            try:
                with POSTGRES_ERRORS, self._open_connection() as connection:
                    self._listen(connection)
            except PersistenceError:
                self._closing.wait(RECONNECT_PAUSE_S)

    def _listen(self, connection: LedgerConnection) -> None:
        connection.execute(LISTEN)
        while not self._closing.is_set():
            for notice in connection.notifies(timeout=CLOSE_CHECK_S, stop_after=1):
                if notice.payload.isdecimal():
                    self._signal.advance(int(notice.payload))
            self._closing.wait(REST_S)
