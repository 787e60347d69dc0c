"""Small JSON documents from pinned addresses: limited in time and size, and never from where a redirect leads."""

import json
import socket
from base64 import b64encode
from collections.abc import Mapping
from contextlib import closing, suppress
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from threading import Timer
from typing import Any
from urllib.parse import quote_plus, urlencode, urlsplit

from infra.pinned_url import is_pinnable

SECONDS_MAX = 10.0
BYTES_MAX = 262_144
OK = 200


class FetchError(Exception):
    """There is no document. The text says why, and nothing of what came."""


def fetch_json(url: str, *, seconds_max: float = SECONDS_MAX) -> dict[str, Any]:
    """Fetch a JSON object. Raises `FetchError`. It is slow: for a thread of its own."""
    return _answered("GET", url, None, {"Accept": "application/json"}, seconds_max)


def post_form(url: str, fields: Mapping[str, str], *, client_id: str, secret: str) -> dict[str, Any]:
    """Send a form as a client that has a secret, or none, and give the JSON object that is answered. Raises `FetchError`."""
    headers = {"Accept": "application/json", "Content-Type": "application/x-www-form-urlencoded"}
    if secret:  # RFC 6749, 2.3.1
        pair = f"{quote_plus(client_id)}:{quote_plus(secret)}"
        headers["Authorization"] = f"Basic {b64encode(pair.encode()).decode()}"
    return _answered("POST", url, urlencode(fields).encode(), headers, SECONDS_MAX)


def _answered(
    method: str, url: str, body: bytes | None, headers: Mapping[str, str], seconds_max: float
) -> dict[str, Any]:
    if not is_pinnable(url):
        raise FetchError("The address is not https.")
    try:
        status, content = _fetch(method, url, body, headers, seconds_max)
        found = json.loads(content) if status == OK else None
    except (OSError, HTTPException, ValueError, RecursionError) as error:
        raise FetchError(f"{type(error).__name__}.") from error
    if status != OK:
        raise FetchError(f"It answered {status}.")
    if not isinstance(found, dict):
        raise FetchError("It answered no JSON object.")
    return found


def _fetch(
    method: str, url: str, body: bytes | None, headers: Mapping[str, str], seconds_max: float
) -> tuple[int, bytes]:
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
            connection.request(method, target, body, dict(headers))
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
