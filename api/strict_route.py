"""FastAPI made strict: our parser reads the body, and what pydantic found is said in our codes.

A router is made with `APIRouter(route_class=StrictRoute)`; one that is not has its bodies read by the lenient parser.
"""

from collections.abc import Callable, Coroutine, Mapping, Sequence
from itertools import islice
from typing import Any, NamedTuple

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute

from api.seen import seen
from api.strict_json import JsonValue, Steps, parse, pointer_to

ERRORS_MAX = 50
"""Faults named in one answer. A caller that has more mends these first."""

CODE_OF_TYPE = {
    "missing": "missing_field",
    "extra_forbidden": "unknown_field",
    "bool_parsing": "wrong_type",
    "int_parsing": "wrong_type",
    "float_parsing": "wrong_type",
    "greater_than": "out_of_range",
    "greater_than_equal": "out_of_range",
    "less_than": "out_of_range",
    "less_than_equal": "out_of_range",
    "multiple_of": "out_of_range",
    "int_parsing_size": "out_of_range",
    "finite_number": "not_finite",
    "string_too_long": "too_long",
    "string_too_short": "too_short",
    "string_unicode": "bad_text",
}
"""What pydantic calls it, and what we do. Every `..._type` is a wrong type, every `datetime_...` and the like a bad time."""
_TIMES = ("datetime_", "date_", "time_", "timezone_")


class FieldError(NamedTuple):
    """One fault of a request. The pointer leads into the body, else it is `/query/<name>`, `/path/<name>` and so on."""

    pointer: str
    code: str


class StrictRequest(Request):
    """A request whose JSON is read by the strict parser."""

    async def json(self) -> JsonValue:
        """Parse the whole body. Raises `MalformedBodyError`."""
        return parse(await self.body())


class StrictRoute(APIRoute):
    """A route that reads its body strictly."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Hand FastAPI's own handler the strict request."""
        handle = super().get_route_handler()

        async def handle_strictly(request: Request) -> Response:
            seen().route = self.path
            return await handle(StrictRequest(request.scope, request.receive))

        return handle_strictly


def field_errors(error: RequestValidationError) -> list[FieldError]:
    """Say where pydantic found what, in our codes. A type that our own validators raised is its own code already."""
    found = []
    for fault in islice(error.errors(), ERRORS_MAX):
        steps = _steps(fault["loc"], error.body, is_missing=fault["type"] == "missing")
        found.append(FieldError(pointer_to(steps), _code_of(fault["type"], steps)))
    return found


def _code_of(kind: str, steps: Steps) -> str:
    if kind in CODE_OF_TYPE:
        return CODE_OF_TYPE[kind]
    if kind in ("too_long", "too_short") and len(steps) <= 1:
        # Said of lists. One that stands directly in the body is what the call is about: a batch.
        return "batch_size"
    if kind.endswith("_type") and kind != "wrong_type":
        return "wrong_type"
    return "bad_time" if kind.startswith(_TIMES) else kind


def _steps(place: Sequence[str | int], body: object, *, is_missing: bool) -> Steps:
    """Keep of pydantic's place what exists in the body; a union's labels stand in the place but not in the body."""
    if place[0] != "body":
        return tuple(place)
    steps: list[str | int] = []
    here = body
    for index, step in enumerate(place[1:], start=2):
        try:
            here = _inside(here, step)
        except LookupError:
            if not (is_missing and index == len(place)):
                continue
        steps.append(step)
    return tuple(steps)


def _inside(here: object, step: str | int) -> object:
    """Take one step into a body. Raises LookupError when there is nothing."""
    if isinstance(here, Mapping):
        return here[step]
    if isinstance(here, list) and isinstance(step, int):
        return here[step]
    raise LookupError
