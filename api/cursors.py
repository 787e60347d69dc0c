"""How pages follow one another: an opaque cursor, which stays at the position of the first page and with who asked for it."""

import hmac
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from hashlib import sha256

from fastapi import Request

from api.bootstrap import House
from api.problems import Problem
from infra.tokens import Caller

MAC_BYTES = 12


def cursor_of(house: House, request: Request, position: int, after: str) -> str:
    """An opaque cursor: the query and caller it belongs to, the position it stays at in which log, and the last key shown.
    Sealed by a MAC, so that a foreign or altered one is noticed."""
    body = json.dumps([position, after, _query(request), house.told_from], separators=(",", ":")).encode()
    return urlsafe_b64encode(_mac(house, body) + body).decode().rstrip("=")


def resume(house: House, request: Request, cursor: str | None) -> tuple[int | None, str]:
    """The position and last key of a cursor; (None, "") without one. Raises 400 `bad_cursor`, and 410 `cursor_gone`
    where the log was put back from a backup since, or other read models tell of it: the next page would not follow the last."""
    if cursor is None:
        return None, ""
    try:
        raw = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
    except ValueError:
        raise Problem("bad_cursor") from None
    mac, body = raw[:MAC_BYTES], raw[MAC_BYTES:]
    if not hmac.compare_digest(mac, _mac(house, body)):  # before anything is made of what may be anybody's
        raise Problem("bad_cursor")
    position, after, query, *told_from = json.loads(body)
    if query != _query(request):
        raise Problem("bad_cursor")
    if told_from != [house.told_from]:
        raise Problem("cursor_gone")
    return int(position), str(after)


def _query(request: Request) -> str:
    """What a cursor is bound to: the path and its parameters, paging apart, and who asks with which units."""
    named = sorted(
        (name, value) for name, value in request.query_params.multi_items() if name not in {"cursor", "limit"}
    )
    caller: Caller = request.state.caller
    asks = [caller.subject, caller.role, sorted(caller.unit_ids)]
    return sha256(json.dumps([request.url.path, named, asks]).encode()).hexdigest()[:16]


def _mac(house: House, body: bytes) -> bytes:
    return hmac.digest(house.cursor_key, body, "sha256")[:MAC_BYTES]
