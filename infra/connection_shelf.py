"""Open database connections, lent to one caller at a time."""

import threading
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from typing import Generic, Protocol, TypeVar

from eventsourcing.persistence import InterfaceError, OperationalError


class Closable(Protocol):
    """A connection of either driver."""

    def close(self) -> None:
        """Give it back to the database."""
        ...


C = TypeVar("C", bound=Closable)


class ConnectionShelf(Generic[C]):
    """Lends up to `limit` connections, first come first served, and opens one when a place holds none yet.

    Callers queue for `patience_s` seconds, then get `OperationalError`. A connection that comes back unsound is closed
    together with the idle ones, which have mostly met the same fate; the next callers get fresh ones.
    """

    def __init__(
        self, open_connection: Callable[[], C], is_sound: Callable[[C], bool], *, limit: int, patience_s: float
    ) -> None:
        self._open_connection = open_connection
        self._is_sound = is_sound
        self._patience_s = patience_s
        self._places: list[C | None] = [None] * limit
        self._queue: deque[Future[C | None]] = deque()
        self._guard = threading.Lock()
        self._closed = False

    @contextmanager
    def lend(self) -> Iterator[C]:
        """Lend a connection for the length of a block."""
        connection = self._take()
        try:
            yield connection
        finally:
            self._give_back(connection)

    def close(self) -> None:
        """Close the idle connections now and the lent ones when they come back."""
        self._closed = True
        self._close_idle()

    def _take(self) -> C:
        place = self._next_place()
        try:
            if self._closed:
                raise InterfaceError("The ledger is closed.")
            return self._open_connection() if place is None else place
        except BaseException:
            self._put(place)
            raise

    def _next_place(self) -> C | None:
        with self._guard:
            if self._places:
                return self._places.pop()
            turn: Future[C | None] = Future()
            self._queue.append(turn)
        try:
            return turn.result(self._patience_s)
        except TimeoutError:
            if turn.cancel():
                raise OperationalError("The store is busy: no connection came free in time.") from None
            return turn.result()

    def _give_back(self, connection: C) -> None:
        if self._is_sound(connection) and not self._closed:
            self._put(connection)
        else:
            connection.close()
            self._close_idle()
            self._put(None)

    def _put(self, place: C | None) -> None:
        """Hand the place to whoever has queued longest; lay it on the shelf if nobody has, open ones on top."""
        with self._guard:
            while self._queue:
                turn = self._queue.popleft()
                if turn.set_running_or_notify_cancel():
                    turn.set_result(place)
                    return
            self._places.insert(0 if place is None else len(self._places), place)

    def _close_idle(self) -> None:
        with self._guard:
            idle = [connection for connection in self._places if connection is not None]
            self._places = [None] * len(self._places)
        for connection in idle:
            connection.close()
