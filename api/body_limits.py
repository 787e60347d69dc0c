"""What a body may be before anything reads it: its type, its size, its compression and the time it takes to arrive.

Pure ASGI. Whatever stands behind it sees one complete, unpacked body, or no request at all.
"""

import asyncio
import re
import zlib
from collections.abc import Collection, Mapping

from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.problems import Problem, problem_response

METHODS_WITH_BODY = frozenset({"POST", "PUT", "PATCH", "DELETE"})
JSON = "application/json"
KIBIBYTE = 1024
MEBIBYTE = 1024 * KIBIBYTE
_ONE_GZIP_STREAM = 16 + zlib.MAX_WBITS
_CONTROL = re.compile(rb"[\x00-\x08\x0a-\x1f\x7f]")


class BodyLimits:
    """Reads bodies up to a limit and refuses the others with a problem document.

    `other_media_types` says which types besides JSON are taken below a path: `{"/v1/import": {"text/csv"}}`.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        bytes_max: int = MEBIBYTE,
        unpacked_bytes_max: int = 5 * MEBIBYTE,
        seconds_max: float = 30.0,
        other_media_types: Mapping[str, Collection[str]] | None = None,
    ) -> None:
        self._app = app
        self._bytes_max = bytes_max
        self._unpacked_bytes_max = unpacked_bytes_max
        self._seconds_max = seconds_max
        self._other_media_types = {path.rstrip("/"): set(types) for path, types in (other_media_types or {}).items()}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        try:
            scope, receive = await self._admitted(scope, receive)
        except ClientDisconnect:
            return
        except Problem as problem:
            await problem_response(scope, problem)(scope, receive, send)
            return
        await self._app(scope, receive, send)

    async def _admitted(self, scope: Scope, receive: Receive) -> tuple[Scope, Receive]:
        if any(_CONTROL.search(value) for _, value in scope["headers"]):
            raise _refusal("bad_header")
        if scope["method"] not in METHODS_WITH_BODY:
            return scope, receive
        headers = Headers(scope=scope)
        is_packed = _is_packed(headers)
        self._check_type(scope["path"], headers)
        body = await self._body_in_time(headers, receive)
        if body and "content-type" not in headers:
            raise _refusal("unsupported_media_type")
        if body and is_packed:
            body = _unpacked(body, self._unpacked_bytes_max)
            scope = _with_plain_body(scope, len(body))
        return scope, _replay(body, receive)

    def _check_type(self, path: str, headers: Headers) -> None:
        """Refuse a type that is not taken here. Where none is named, it is judged later whether there is a body."""
        named = headers.getlist("content-type")
        if not named or headers.get("content-length") == "0":
            return
        below = (types for prefix, types in self._other_media_types.items() if f"{path}/".startswith(f"{prefix}/"))
        media_type = named[0].partition(";")[0].strip().lower()
        if len(named) > 1 or media_type not in {JSON}.union(*below):
            raise _refusal("unsupported_media_type")

    async def _body_in_time(self, headers: Headers, receive: Receive) -> bytes:
        announced = headers.get("content-length", "")
        if announced.isdecimal() and int(announced[:20]) > self._bytes_max:
            raise _refusal("too_large")
        try:
            async with asyncio.timeout(self._seconds_max):
                return await _body(receive, self._bytes_max)
        except TimeoutError:
            raise _refusal("slow_body") from None


async def _body(receive: Receive, bytes_max: int) -> bytes:
    """Read a body, and stop as soon as it is over the limit. Raises `Problem` and `ClientDisconnect`."""
    body, is_complete = bytearray(), False
    while not is_complete:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        body += message.get("body", b"")
        if len(body) > bytes_max:
            raise _refusal("too_large")
        is_complete = not message.get("more_body", False)
    return bytes(body)


def _is_packed(headers: Headers) -> bool:
    """Say whether the body is compressed. gzip is agreed; every other coding is refused."""
    codings = ",".join(headers.getlist("content-encoding")).strip().lower()
    if codings not in ("", "identity", "gzip"):
        raise _refusal("unsupported_media_type")
    return codings == "gzip"


def _unpacked(packed: bytes, bytes_max: int) -> bytes:
    """Unpack no further than the limit: a kilobyte can hold a megabyte, and a megabyte a gigabyte."""
    stream = zlib.decompressobj(_ONE_GZIP_STREAM)
    try:
        body = stream.decompress(packed, bytes_max + 1)
    except zlib.error:
        raise _refusal("bad_encoding") from None
    if len(body) > bytes_max:
        raise _refusal("too_large")
    if not stream.eof or stream.unused_data:
        raise _refusal("bad_encoding")
    return body


def _with_plain_body(scope: Scope, length: int) -> Scope:
    """Describe the body as those behind us see it."""
    headers = [
        (name, value) for name, value in scope["headers"] if name not in (b"content-encoding", b"content-length")
    ]
    return {**scope, "headers": [*headers, (b"content-length", str(length).encode())]}


def _replay(body: bytes, receive: Receive) -> Receive:
    """Give the whole body as one message, and after it what else the server has to say."""
    messages: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def replay() -> Message:
        return messages.pop() if messages else await receive()

    return replay


def _refusal(code: str) -> Problem:
    # The rest of the body is still on its way; a server that kept the connection would go on reading it.
    return Problem(code, headers={"Connection": "close"})
