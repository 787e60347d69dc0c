"""Phones that wait for each answer before they send again, at as little cost as may be: they share the server's cores."""

import asyncio
import time
from collections.abc import Iterator, Sequence
from functools import partial

from tests.benchmarks.server import HOST

HEAD_END = b"\r\n\r\n"
LENGTH = b"content-length: "


class UnexpectedAnswerError(Exception):
    """The server refused what it should have taken."""


def send(port: int, queues: Sequence[Sequence[bytes]], seconds: float) -> float:
    """Send prepared requests, each queue on a connection of its own, and give the answers in a second."""
    return asyncio.run(_send(port, queues, seconds))


def request(path: str, token: str, body: bytes) -> bytes:
    """Write a whole request."""
    head = (
        f"POST {path} HTTP/1.1\r\nHost: {HOST}\r\nAuthorization: Bearer {token}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode("ascii") + body


def reading(path: str, token: str) -> bytes:
    """Write a request that reads."""
    return f"GET {path} HTTP/1.1\r\nHost: {HOST}\r\nAuthorization: Bearer {token}\r\n\r\n".encode("ascii")


async def _send(port: int, queues: Sequence[Sequence[bytes]], seconds: float) -> float:
    loop = asyncio.get_running_loop()
    makers = [partial(_Connection, queue, loop.create_future()) for queue in queues]
    connections = [(await loop.create_connection(make, HOST, port))[1] for make in makers]
    began = time.perf_counter()
    for connection in connections:
        connection.start(until=began + seconds)
    answers = sum(await asyncio.gather(*(connection.done for connection in connections)))
    rate = answers / (time.perf_counter() - began)
    for connection in connections:
        connection.close()
    return rate


class _Connection(asyncio.Protocol):
    """One connection; `done` gives the number of its answers."""

    def __init__(self, queue: Sequence[bytes], done: "asyncio.Future[int]") -> None:
        self.done = done
        self._queue: Iterator[bytes] = iter(queue)
        self._answers = 0
        self._until = 0.0
        self._received = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the way out."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def start(self, *, until: float) -> None:
        """Send the first request; none is sent after `until`."""
        self._until = until
        self._send_next()

    def data_received(self, data: bytes) -> None:
        """Take part of an answer; when it is whole, send the next request."""
        self._received += data
        head, found, body = self._received.partition(HEAD_END)
        if not found or len(body) < _length(head):
            return
        self._received = b""
        if not head.startswith(b"HTTP/1.1 200") or b'"rejected"' in body:
            self._fail(head.partition(b"\r\n")[0].decode("ascii", "replace"))
        else:
            self._answers += 1
            self._send_next()

    def connection_lost(self, exc: Exception | None) -> None:
        """Say so, unless everything is sent."""
        self._fail(f"connection lost: {exc}")

    def close(self) -> None:
        """Hang up."""
        assert self._transport is not None
        self._transport.close()

    def _send_next(self) -> None:
        following = next(self._queue, None) if time.perf_counter() < self._until else None
        if following is None:
            self.done.set_result(self._answers)
        else:
            assert self._transport is not None
            self._transport.write(following)

    def _fail(self, why: str) -> None:
        if not self.done.done():
            self.done.set_exception(UnexpectedAnswerError(why))


def _length(head: bytes) -> int:
    _, found, rest = head.partition(LENGTH)
    if not found:
        raise UnexpectedAnswerError("an answer without its length")
    return int(rest.partition(b"\r\n")[0])
