"""The product's server on a real socket, and a caller who writes bytes: what a test client cannot show."""

import json
import socket
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from fastapi import FastAPI

from api.serving import listen, server_of


@contextmanager
def served(app: FastAPI, *, headers_seconds_max: float) -> Iterator[int]:
    """Serve until the block ends. Gives the port."""
    server = server_of(app, headers_seconds_max=headers_seconds_max)
    with listen("127.0.0.1", 0) as listening:
        thread = threading.Thread(target=server.run, args=([listening],))
        thread.start()
        try:
            yield listening.getsockname()[1]
        finally:
            server.should_exit = True
            thread.join()


def talk(port: int, parts: Iterable[bytes], *, pause_s: float = 0.0) -> tuple[bytes, int]:
    """Send until the server hangs up. Gives its whole answer, and how many bytes could be sent."""
    sent = 0
    with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
        try:
            for part in parts:
                connection.sendall(part)
                sent += len(part)
                time.sleep(pause_s)
        except (BrokenPipeError, ConnectionResetError):
            pass
        return b"".join(received(connection)), sent


def received(connection: socket.socket) -> Iterator[bytes]:
    """What the server says until it hangs up."""
    try:
        while data := connection.recv(65_536):
            yield data
    except ConnectionResetError:
        return


def code_of(answer: bytes) -> tuple[int, str]:
    """Status and code of a problem document."""
    head, _, body = answer.partition(b"\r\n\r\n")
    return int(head.split()[1]), json.loads(body)["code"]


def as_chunk(data: bytes) -> bytes:
    """Data as one chunk of a body whose length is not said."""
    return b"%x\r\n%b\r\n" % (len(data), data)
