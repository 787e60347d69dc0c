"""Errors as people and programs meet them: RFC 9457 problem documents with stable codes.

A document says which rule was broken, where, and what a person can do. It never holds the value that was sent, SQL, a
stack, a path or a version. Clients branch on `code`, never on the texts.
"""

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from operator import itemgetter
from typing import Any, Literal
from uuid import uuid4

import structlog
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.problem_codes import CODES, CodeInfo
from api.strict_json import MalformedBodyError
from api.strict_route import FieldError, field_errors
from domain.errors import DomainError
from infra import telemetry
from infra.logs import places
from infra.master_key import KeysUnavailableError

log = structlog.get_logger()
Language = Literal["sv", "en"]
MEDIA_TYPE = "application/problem+json"
INVALID = 422
SPOKEN = frozenset({"1.0", "1.1"})
"""The versions of HTTP that are served. The web server takes any number for one of them."""
FIRST_SERVER_ERROR = 500
RETRY_AFTER_S = "5"
"""What holds the master key is not asked again sooner."""
_REQUEST_ID = "visitledger.request_id"

_TEXT = {"type": "string"}
_FIELD = {"type": "object", "required": ["pointer", "code"], "properties": {"pointer": _TEXT, "code": _TEXT}}
_FIELDS = {
    **dict.fromkeys(("type", "title", "detail", "code", "request_id"), _TEXT),
    "status": {"type": "integer"},
    "errors": {"type": "array", "items": _FIELD},
}
_SCHEMA = {"type": "object", "required": list(_FIELDS), "properties": _FIELDS}


class Problem(HTTPException):
    """An answer that is a problem document. Raise it anywhere below a route; FastAPI lets HTTPExceptions through."""

    def __init__(
        self,
        code: str,
        *,
        errors: Sequence[FieldError] = (),
        headers: Mapping[str, str] | None = None,
        info: CodeInfo | None = None,
    ) -> None:
        self.info = info or CODES[code]
        super().__init__(self.info.status, code, headers)
        self.code = code
        self.errors = tuple(errors)


async def answer_document(request: Request, error: Exception) -> Response:
    """Answer an exception with a problem document, whoever asks."""
    return problem_response(request.scope, problem_of(error))


def install(app: FastAPI, answer: Callable[[Request, Exception], Awaitable[Response]] = answer_document) -> None:
    """Make every error of `app` an answer. Call it last: the middleware added last is the outermost."""
    for kind in (HTTPException, RequestValidationError, DomainError, KeysUnavailableError):
        app.add_exception_handler(kind, answer)
    app.add_middleware(RequestGuard)


def problem_of(error: Exception) -> Problem:
    """Say what an exception means to the caller."""
    match error:
        case Problem():
            return error
        case MalformedBodyError():
            return Problem(error.code, errors=[FieldError(error.pointer, error.code)])
        case RequestValidationError():
            return _of_fields(field_errors(error))
        case DomainError():
            return _of_rule(error)
        case KeysUnavailableError():
            return Problem("keys_unavailable", headers={"Retry-After": RETRY_AFTER_S})
        case HTTPException(status_code=status):
            code = _general_code(status)
            return Problem(code, headers=error.headers, info=replace(CODES[code], status=status))
        case _:
            return Problem("internal")


def _of_fields(found: Sequence[FieldError]) -> Problem:
    """Take the code that all fields share, so that a client with one kind of fault needs not look at the list."""
    listed = {code for code, info in CODES.items() if info.status == INVALID}
    errors = [FieldError(pointer, code if code in listed else "invalid") for pointer, code in found]
    codes = {error.code for error in errors}
    return Problem(codes.pop() if len(codes) == 1 else "invalid", errors=errors)


def _of_rule(error: DomainError) -> Problem:
    """Take the rule's own row, else that of its kind with the rule's own advice (in English, as rules are written)."""
    listed = (CODES.get(getattr(base, "code", "")) for base in type(error).__mro__)
    info = next(filter(None, listed), CODES["refused"])
    return Problem(error.code, info=info if error.code in CODES else replace(info, what_to_do_en=error.detail))


def _general_code(status: int) -> str:
    general = (code for code, info in CODES.items() if info.status == status)
    return next(general, "bad_request" if status < FIRST_SERVER_ERROR else "internal")


def status_for(error: DomainError) -> int:
    """Give a broken rule's HTTP status: its own in the table, such as 412 `wrong_version`, or that of its kind."""
    return _of_rule(error).info.status


def problem_response(scope: Scope, problem: Problem) -> Response:
    """Write a problem in the caller's language, Swedish or English."""
    language = language_wanted(Headers(scope=scope).get("accept-language", ""))
    telemetry.problem(problem.info.status, problem.code)
    return document(problem, language, request_id_of(scope))


def document(problem: Problem, language: Language, request_id: str) -> Response:
    """A problem as it is written, and not yet counted."""
    info, swedish = problem.info, language == "sv"
    body = {
        "type": f"/problems/{problem.code}",
        "title": info.title_sv if swedish else info.title_en,
        "status": info.status,
        "detail": info.what_to_do_sv if swedish else info.what_to_do_en,
        "code": problem.code,
        "request_id": request_id,
        "errors": [error._asdict() for error in problem.errors],
    }
    headers = {"Content-Language": language, "Vary": "Accept-Language", "Cache-Control": "no-store"}
    return JSONResponse(body, info.status, headers | dict(problem.headers or {}), media_type=MEDIA_TYPE)


_WANTED = re.compile(
    r"(?:^|,)\s*(sv|en)(?:-\w+)*\s*(?:;\s*q=([01](?:\.\d{1,3})?)\s*)?(?=,|$)", re.ASCII | re.IGNORECASE
)


def language_wanted(accepted: str) -> Language:
    """Pick the language that is wanted most; of equals the first, and English when neither is named."""
    wanted = [(float(weight or 1), name.lower()) for name, weight in _WANTED.findall(accepted)]
    weight, name = max(wanted, key=itemgetter(0), default=(0.0, "en"))
    return "sv" if name == "sv" and weight > 0 else "en"


def documented(*codes: str) -> dict[int | str, dict[str, Any]]:
    """Say in the OpenAPI document which problems a route answers with: the `responses` of a route or router."""
    by_status: dict[int | str, dict[str, Any]] = {}
    for code in codes:
        response = by_status.setdefault(
            CODES[code].status, {"description": "", "content": {MEDIA_TYPE: {"schema": _SCHEMA}}}
        )
        response["description"] = f"{response['description']} `{code}`: {CODES[code].title_en}.".strip()
    return by_status


def request_id_of(scope: Scope) -> str:
    """Give the request's id: ours, drawn afresh, and nothing a client sends."""
    if _REQUEST_ID not in scope:
        scope[_REQUEST_ID] = str(uuid4())
    request_id: str = scope[_REQUEST_ID]
    return request_id


_OTHER_VERSION = Problem("http_version", headers={"Connection": "close"})


class RequestGuard:
    """Puts `X-Request-Id` on every answer, and makes what nobody expected a 500 that is logged without the body.

    The error goes no further: the server would log its text, and an error's text may hold what was sent.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id, has_started = request_id_of(scope), False

        async def send_with_id(message: Message) -> None:
            nonlocal has_started
            if message["type"] == "http.response.start":
                has_started = True
                message["headers"] = [*message.get("headers", ()), (b"x-request-id", request_id.encode())]
            await send(message)

        app = self._app if scope["http_version"] in SPOKEN else problem_response(scope, _OTHER_VERSION)
        try:
            await app(scope, receive, send_with_id)
        except Exception as error:
            log.error("request_failed", request_id=request_id, error=type(error).__name__, at=places(error))
            if not has_started:  # Otherwise the server sees an answer without an end, and breaks the connection.
                await problem_response(scope, Problem("internal"))(scope, receive, send_with_id)
