"""A read that asks by a parameter nobody knows is refused: answered without it, it would be of more than was asked for."""

from collections.abc import Iterator
from itertools import islice

from fastapi import Request
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

from api.problems import Problem
from api.strict_json import pointer_to
from api.strict_route import ERRORS_MAX, FieldError

READS = frozenset({"GET", "HEAD"})


def refuse_unknown(request: Request) -> None:
    """Raise 422 `unknown_field` for each. What writes is in bodies, and a phone's facts are taken however they are sent."""
    if request.method not in READS or not request.query_params:
        return
    route: APIRoute = request.scope["route"]
    known = frozenset(_taken(route.dependant))
    unknown = (name for name in request.query_params if name not in known)
    errors = [FieldError(pointer_to(("query", name)), "unknown_field") for name in islice(unknown, ERRORS_MAX)]
    if errors:
        raise Problem("unknown_field", errors=errors)


def _taken(dependant: Dependant) -> Iterator[str]:
    """The parameters that a route takes, and all that it depends on."""
    yield from (each.alias for each in dependant.query_params)
    for other in dependant.dependencies:
        yield from _taken(other)
