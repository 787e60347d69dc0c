"""The one place that every answer with people's data passes: it is entered in the access log first, or it does not leave."""

import asyncio
from collections.abc import Callable, Coroutine
from collections.abc import Set as AbstractSet
from typing import Any

from fastapi import Request, Response
from starlette.exceptions import HTTPException

from api.asking import Asking
from api.problems import Problem, problem_of, request_id_of
from api.rendering import Told, ToldFile
from api.strict_route import StrictRoute
from api.whose import PEOPLE, is_id
from domain.access.entry import Access, Doing
from domain.access.whose import KINDS, NOBODY, Mention, Whose, named_in
from domain.errors import DomainError
from infra.access_log import AccessLog
from infra.access_tables import AccessLogUnavailableError

ENTER_WAIT_S = 5.0
READS = frozenset({"GET", "HEAD"})
FORBIDDEN, NOT_FOUND = 403, 404
UNKNOWN = "_unknown"
UNITS = frozenset({"unit_id", "accountable_id"})


class EnteredRoute(StrictRoute):
    """A route whose answers are entered. One that reads of people and does not say whose is a fault of ours."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Enter between the answer and its leaving; and what was asked for in vain."""
        handle = super().get_route_handler()

        async def handle_underway(request: Request) -> Response:
            log: AccessLog = request.app.state.house.access_log
            log.underway += 1
            try:
                return await handle_and_enter(request)
            finally:
                log.underway -= 1

        async def handle_and_enter(request: Request) -> Response:
            try:
                response = await handle(request)
            except (HTTPException, DomainError) as error:
                await _enter_denied(request, error)
                raise
            except AccessLogUnavailableError:
                raise _unavailable() from None
            asking: Asking | None = getattr(request.state, "asking", None)
            in_vain = _asked_in_vain(request)
            if asking is not None and in_vain:
                await _enter(request, asking.access(Doing.DENIED, in_vain, _id_of(request)))
            if isinstance(response, Told | ToldFile):
                whose = response.whose | {mention for mention in _in_address(request) if mention[0] in PEOPLE}
                if asking is not None and asking.is_of_persons and whose:
                    await _enter(request, asking.access(response.doing, whose, _id_of(request), response.form))
            elif asking is not None and asking.is_of_persons and request.method in READS:
                raise AssertionError(f"{self.path} does not say whose data it tells")
            return response

        return handle_underway


async def _enter_denied(request: Request, error: Exception) -> None:
    asking: Asking | None = getattr(request.state, "asking", None)
    problem = problem_of(error)
    if asking is None or not asking.is_of_persons or problem.info.status not in {FORBIDDEN, NOT_FOUND}:
        return
    whose = _asked_for(request, problem.code)
    if whose:
        await _enter(request, asking.access(Doing.DENIED, whose, _id_of(request)))


def _asked_for(request: Request, code: str) -> Whose:
    """The ids that were asked for: those of the kind that is said to be unknown, where one is named."""
    asked = _in_address(request)
    return _of_kind(code, asked | named_in(getattr(request.state, "sent", None))) or asked


def _asked_in_vain(request: Request) -> Whose:
    """The ids of a batch's items that are answered as unknown."""
    items: list[tuple[str | None, object]] = getattr(request.state, "in_vain", [])
    return NOBODY.union(*(_of_kind(code, named_in(item)) for code, item in items if code))


def _of_kind(code: str, named: AbstractSet[Mention]) -> Whose:
    """What is named of the kind that a code says is unknown."""
    kind = code.removesuffix(UNKNOWN) if code.endswith(UNKNOWN) else ""
    return frozenset(mention for mention in named if mention[0] == kind and is_id(mention[1]))


def _in_address(request: Request) -> Whose:
    """What path and query name."""
    named = {**request.query_params, **request.path_params}
    found = {(KINDS.get(name, "unit"), str(value)) for name, value in named.items() if name in KINDS or name in UNITS}
    for thing in ("entity", "person"):
        if f"{thing}_kind" in named:
            found.add((str(named[f"{thing}_kind"]), str(named.get(f"{thing}_id", ""))))
    return frozenset(mention for mention in found if is_id(mention[1]))


async def _enter(request: Request, access: Access) -> None:
    """Wait until it is committed. Raises 503 `access_log_unavailable`."""
    try:
        entered = request.app.state.house.access_log.submit(access)
        await asyncio.wait_for(asyncio.wrap_future(entered), ENTER_WAIT_S)
    except (AccessLogUnavailableError, TimeoutError):
        raise _unavailable() from None


def _unavailable() -> Problem:
    return Problem("access_log_unavailable", headers={"Retry-After": "1"})


def _id_of(request: Request) -> str:
    return request_id_of(request.scope)
