"""Errors as people and programs meet them: RFC 9457 problem documents with stable codes.

A document says which rule was broken, where, and what a person can do. It never holds the value that was sent, SQL, a
stack, a path or a version. Clients branch on `code`, never on the texts.
"""

import re
import traceback
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from operator import itemgetter
from pathlib import PurePath
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

from api.strict_json import MalformedBodyError
from api.strict_route import FieldError, field_errors
from domain.errors import DomainError

log = structlog.get_logger()
Language = Literal["sv", "en"]
MEDIA_TYPE = "application/problem+json"
INVALID = 422
FIRST_SERVER_ERROR = 500
FRAMES_LOGGED = 8
_REQUEST_ID = "visitledger.request_id"


@dataclass(frozen=True, slots=True)
class CodeInfo:
    """What a code means, in English and Swedish."""

    status: int
    title_en: str
    title_sv: str
    what_to_do_en: str
    what_to_do_sv: str


# fmt: off
# The first code of a status is its general one: it stands for an error that has no code of its own.
CODES: Mapping[str, CodeInfo] = {
    "bad_request": CodeInfo(400, "The request cannot be read", "Anropet kan inte läsas",
        "Check the call against the API's documentation.", "Jämför anropet med API-dokumentationen."),
    "malformed_json": CodeInfo(400, "The body is not JSON", "Innehållet är inte JSON",
        "Send one complete JSON document.", "Skicka ett helt JSON-dokument."),
    "bad_encoding": CodeInfo(400, "The body is badly encoded", "Innehållet är fel kodat",
        "Send UTF-8 without a byte order mark, plain or as one gzip stream.",
        "Skicka UTF-8 utan byteordningsmärke, okomprimerat eller som en gzip-ström."),
    "duplicate_key": CodeInfo(400, "A key stands twice", "En nyckel står två gånger",
        "Give each key of an object once.", "Ange varje nyckel i ett objekt en gång."),
    "too_deep": CodeInfo(400, "Nested too deeply", "För djupt nästlat",
        "Nest objects and lists at most 32 deep.", "Nästla objekt och listor högst 32 nivåer."),
    "bad_header": CodeInfo(400, "A header holds a control character", "Ett huvudfält har ett styrtecken",
        "Remove control characters from the headers.", "Ta bort styrtecken ur huvudfälten."),
    "bad_cursor": CodeInfo(400, "The cursor is not ours", "Markören är inte vår",
        "Start again from the first page.", "Börja om från första sidan."),
    "idempotency_key": CodeInfo(400, "The key of the call is missing or malformed", "Anropets nyckel saknas eller är fel",
        "Send 8-64 letters, digits and ._~:- in Idempotency-Key, such as a UUID; in a batch, in each item's key.",
        "Ange 8-64 bokstäver, siffror och ._~:- i Idempotency-Key, t.ex. ett UUID; i en omgång i varje posts key."),
    "unauthenticated": CodeInfo(401, "Sign in first", "Logga in först",
        "Send a valid bearer token.", "Skicka en giltig åtkomstbiljett."),
    "forbidden": CodeInfo(403, "Not allowed", "Inte tillåtet",
        "Ask someone with the right role.", "Be någon med rätt roll."),
    "not_found": CodeInfo(404, "Not found", "Finns inte",
        "Check the address and the id.", "Kontrollera adressen och id:t."),
    "method_not_allowed": CodeInfo(405, "The method does not exist here", "Metoden finns inte här",
        "Use one of the methods in the Allow header.", "Använd en av metoderna i huvudfältet Allow."),
    "slow_body": CodeInfo(408, "The body took too long", "Innehållet kom för långsamt",
        "Nothing was stored. Send it again.", "Inget sparades. Skicka igen."),
    "conflict": CodeInfo(409, "It has changed meanwhile", "Det har ändrats under tiden",
        "Read it again and decide once more.", "Läs igen och bestäm på nytt."),
    "id_conflict": CodeInfo(409, "The id has other content", "Id:t har redan annat innehåll",
        "Both versions are kept. A person must look at them.", "Båda är sparade. En person måste se på dem."),
    "in_progress": CodeInfo(409, "The same call is under way", "Samma anrop pågår",
        "Send it again after the time in Retry-After.", "Skicka igen efter tiden i Retry-After."),
    "refused": CodeInfo(409, "A rule does not allow it", "En regel tillåter det inte",
        "Change the decision so that it keeps the rule.", "Ändra beslutet så att det följer regeln."),
    "wrong_version": CodeInfo(412, "It has changed since you read it", "Det har ändrats sedan du läste det",
        "Read it again, see what changed, and decide once more.", "Läs igen, se vad som ändrats och bestäm på nytt."),
    "too_large": CodeInfo(413, "The body is too large", "Innehållet är för stort",
        "Send less at a time: halve the batch.", "Skicka mindre åt gången: halvera omgången."),
    "unsupported_media_type": CodeInfo(415, "The content type is not taken", "Innehållstypen tas inte emot",
        "Send application/json, or what the API's documentation says; compress with gzip or not at all.",
        "Skicka application/json, eller det API-dokumentationen anger; komprimera med gzip eller inte alls."),
    "invalid": CodeInfo(422, "The request is not valid", "Anropet är inte giltigt",
        "Mend the fields pointed at.", "Rätta de utpekade fälten."),
    "unknown_field": CodeInfo(422, "A field is not known", "Ett fält är okänt",
        "Remove the fields pointed at.", "Ta bort de utpekade fälten."),
    "missing_field": CodeInfo(422, "A field is missing", "Ett fält saknas",
        "Fill in the fields pointed at.", "Fyll i de utpekade fälten."),
    "wrong_type": CodeInfo(422, "A value has the wrong type", "Ett värde har fel typ",
        "Numbers are numbers, texts are texts: see the API's documentation.",
        "Tal är tal och text är text: se API-dokumentationen."),
    "out_of_range": CodeInfo(422, "A number is too small or too large", "Ett tal är för litet eller för stort",
        "Stay within the limits in the API's documentation.", "Håll talet inom API-dokumentationens gränser."),
    "not_finite": CodeInfo(422, "A number is not finite", "Ett tal är inte ändligt",
        "Send a finite number, or leave the field out.", "Skicka ett ändligt tal, eller utelämna fältet."),
    "bad_text": CodeInfo(422, "A text has a character that cannot be kept", "En text har ett tecken som ej kan sparas",
        "Remove control characters and half emoji; line breaks belong in notes only.",
        "Ta bort styrtecken och halva emojier; radbrytningar hör bara hemma i anteckningar."),
    "too_long": CodeInfo(422, "A text or list is too long", "En text eller lista är för lång",
        "Shorten what is pointed at.", "Korta det utpekade."),
    "too_short": CodeInfo(422, "A text or list is too short", "En text eller lista är för kort",
        "Fill in what is pointed at.", "Fyll i det utpekade."),
    "bad_time": CodeInfo(422, "A time cannot be understood", "En tidpunkt kan inte tolkas",
        "Write times with their offset, such as 2026-03-01T08:15:00+01:00.",
        "Skriv tider med förskjutning, till exempel 2026-03-01T08:15:00+01:00."),
    "batch_size": CodeInfo(422, "The batch is empty or too large", "Omgången är tom eller för stor",
        "Send at least one item, and split a large batch.", "Skicka minst en post, och dela en stor omgång."),
    "personnummer_invalid": CodeInfo(422, "The personnummer is not valid", "Personnumret är inte giltigt",
        "Check the digits. Enter reserve and temporary numbers as another identifier.",
        "Kontrollera siffrorna. Ange reservnummer och tillfälliga nummer som annan identitetsbeteckning."),
    "version_required": CodeInfo(428, "Say which version you read", "Ange vilken version du läste",
        "Send the ETag you read in If-Match.", "Skicka den ETag du läste i If-Match."),
    "internal": CodeInfo(500, "Something went wrong here", "Något gick fel hos oss",
        "Try again. If it persists, report the request id.", "Försök igen. Om felet består, uppge anropets id."),
    "busy": CodeInfo(503, "Too much to do just now", "För mycket att göra just nu",
        "Try again after the time in Retry-After.", "Försök igen efter tiden i Retry-After."),
    "store_unavailable": CodeInfo(503, "It could not be stored just now", "Det kunde inte sparas just nu",
        "Send it again, under the same key.", "Skicka igen, med samma nyckel."),
    "not_yet_visible": CodeInfo(503, "The write is not visible yet", "Skrivningen syns inte ännu",
        "Read again after the time in Retry-After.", "Läs igen efter tiden i Retry-After."),
}
# fmt: on

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


def install(app: FastAPI) -> None:
    """Make every error of `app` a problem document. Call it last: the middleware added last is the outermost."""
    for kind in (HTTPException, RequestValidationError, DomainError):
        app.add_exception_handler(kind, _answer)
    app.add_middleware(RequestGuard)


async def _answer(request: Request, error: Exception) -> Response:
    return problem_response(request.scope, problem_of(error))


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
    info, swedish = problem.info, language == "sv"
    body = {
        "type": f"/problems/{problem.code}",
        "title": info.title_sv if swedish else info.title_en,
        "status": info.status,
        "detail": info.what_to_do_sv if swedish else info.what_to_do_en,
        "code": problem.code,
        "request_id": request_id_of(scope),
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

        try:
            await self._app(scope, receive, send_with_id)
        except Exception as error:
            log.error("request_failed", request_id=request_id, error=type(error).__name__, at=_places(error))
            if not has_started:  # Otherwise the server sees an answer without an end, and breaks the connection.
                await problem_response(scope, Problem("internal"))(scope, receive, send_with_id)


def _places(error: Exception) -> str:
    """Say where an error came from, innermost first, on one line and without its text."""
    frames = traceback.extract_tb(error.__traceback__)[-FRAMES_LOGGED:]
    return " < ".join(f"{PurePath(frame.filename).name}:{frame.lineno}" for frame in reversed(frames))
