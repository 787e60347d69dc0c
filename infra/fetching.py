"""Small JSON documents from pinned addresses: limited in time and size, and never from where a redirect leads."""

import json
import socket
from contextlib import closing, suppress
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from threading import Timer
from typing import Any
from urllib.parse import urlsplit

from infra.pinned_url import is_pinnable

SECONDS_MAX = 10.0
BYTES_MAX = 262_144
OK = 200


class FetchError(Exception):
    """There is no document. The text says why, and nothing of what came."""


def fetch_json(url: str, *, seconds_max: float = SECONDS_MAX) -> dict[str, Any]:
    """Fetch a JSON object. Raises `FetchError`. It is slow: for a thread of its own."""
    if not is_pinnable(url):
        raise FetchError("The address is not https.")
    try:
        status, content = _fetch(url, seconds_max)
        found = json.loads(content) if status == OK else None
    except (OSError, HTTPException, ValueError, RecursionError) as error:
        raise FetchError(f"{type(error).__name__}.") from error
    if status != OK:
        raise FetchError(f"It answered {status}.")
    if not isinstance(found, dict):
        raise FetchError("It answered no JSON object.")
    return found


def _fetch(url: str, seconds_max: float) -> tuple[int, bytes]:
    """The status and the content of one answer. Redirects are answers like others."""
    parts = urlsplit(url)
    over = HTTPSConnection if parts.scheme == "https" else HTTPConnection
    with closing(over(parts.hostname or "", parts.port, timeout=seconds_max)) as connection:
        connection.connect()
        watch = Timer(seconds_max, _hang_up, [connection.sock])  # whoever sends byte by byte meets no other limit
        watch.daemon = True
        watch.start()
        try:
            target = f"{parts.path or '/'}{f'?{parts.query}' if parts.query else ''}"
            connection.request("GET", target, headers={"Accept": "application/json"})
            answer = connection.getresponse()
            content = answer.read(BYTES_MAX + 1)
            if len(content) > BYTES_MAX or answer.length:
                raise FetchError(f"It is not within {BYTES_MAX} bytes, or cut off.")
            return answer.status, content
        finally:
            watch.cancel()


def _hang_up(connected: socket.socket) -> None:
    with suppress(OSError):
        connected.shutdown(socket.SHUT_RDWR)
