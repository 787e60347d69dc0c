"""Connections that never finish asking: the server's protocol waits for a request's headers without end, ours does not.

What `BodyLimits` is for bodies. Without it, a caller who sends a byte a minute, or none, holds a connection for ever.
"""

import asyncio

from uvicorn.protocols.http.h11_impl import H11Protocol


def headers_within(seconds_max: float) -> type[H11Protocol]:
    """A protocol that hangs up when a request's headers are not there `seconds_max` after the connection was made, or after
    the first byte on one that was kept."""

    class HeadersInTime(H11Protocol):
        """One connection. The server makes a new `cycle` for each request whose headers are complete."""

        _waiting: asyncio.TimerHandle | None = None

        def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn's own
            super().connection_made(transport)
            self._wait()

        def data_received(self, data: bytes) -> None:
            super().data_received(data)
            if getattr(self.cycle, "response_complete", True):  # no cycle yet, or one that is over
                self._wait()
            else:
                self._stop_waiting()

        def connection_lost(self, exc: Exception | None) -> None:
            self._stop_waiting()
            super().connection_lost(exc)

        def _wait(self) -> None:
            if self._waiting is None:
                self._waiting = self.loop.call_later(seconds_max, self.transport.close)

        def _stop_waiting(self) -> None:
            if self._waiting is not None:
                self._waiting.cancel()
                self._waiting = None

    return HeadersInTime
