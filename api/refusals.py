"""What somebody is told who calls too often. It is written once for each wait, counted each time, and logged once a second.

A refusal takes time of the one thread that serves everybody, so it passes nothing of what stands around an answer otherwise.
"""

import asyncio
from functools import lru_cache

import structlog
from starlette.types import Scope, Send

from api.observed import METHODS, NO_ROUTE
from api.problems import Language, Problem, document, language_wanted, request_id_of
from api.security_headers import USUAL
from infra import telemetry

log = structlog.get_logger()

CODE, STATUS = "too_many_requests", 429
TOLD_AFTER_S = 1.0
KINDS_KEPT_MAX = 1_024
_REQUEST_ID = "00000000-0000-0000-0000-000000000000"
"""Stands for the id of each, which is as long."""

_Headers = tuple[tuple[bytes, bytes], ...]


def refusal(wait_s: int, *, hangs_up: bool = False) -> Problem:
    """The problem of somebody who will be served after `wait_s` seconds."""
    # Of a connection that is kept, the server would go on reading the body.
    closing = {"Connection": "close"} if hangs_up else {}
    return Problem(CODE, headers={"Retry-After": str(wait_s), **closing})


async def refuse(scope: Scope, send: Send, wait_s: int, *, hangs_up: bool) -> None:
    """Answer a request with the whole refusal."""
    language, request_id = _language_of(scope), request_id_of(scope).encode()
    before, after, headers = _written(language, wait_s, hangs_up)
    answer = [*headers, (b"x-request-id", request_id)]
    await send({"type": "http.response.start", "status": STATUS, "headers": answer})
    await send({"type": "http.response.body", "body": before + request_id + after})


def count(scope: Scope, seconds: float) -> None:
    """Count a refusal that took so long, as every other answer is counted."""
    telemetry.problem(STATUS, CODE)
    telemetry.answered(scope["method"] if scope["method"] in METHODS else "other", NO_ROUTE, STATUS, seconds)


class Told:
    """The refusals of each caller in the last second, until the log has been told how many they were."""

    def __init__(self) -> None:
        self._calls: dict[str, int] = {}

    def add(self, name: str, role: str) -> None:
        """One more."""
        if name not in self._calls:
            asyncio.get_running_loop().call_later(TOLD_AFTER_S, self._tell, name, role)
        self._calls[name] = self._calls.get(name, 0) + 1

    def _tell(self, name: str, role: str) -> None:
        log.info("calls_refused", role=role, status=STATUS, calls=self._calls.pop(name))


@lru_cache(maxsize=KINDS_KEPT_MAX)
def _written(language: Language, wait_s: int, hangs_up: bool) -> tuple[bytes, bytes, _Headers]:
    """The body before and after the request's id, and the headers."""
    response = document(refusal(wait_s, hangs_up=hangs_up), language, _REQUEST_ID)
    for name, value in USUAL.items():
        response.headers.setdefault(name, value)
    before, _, after = bytes(response.body).partition(_REQUEST_ID.encode())
    return before, after, tuple(response.raw_headers)


def _language_of(scope: Scope) -> Language:
    return language_wanted(
        next((value.decode("latin-1") for name, value in scope["headers"] if name == b"accept-language"), "")
    )
