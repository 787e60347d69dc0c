"""What routes are handed: the house, who calls, and permission. Annotated, so that a route's signature says it all."""

from collections.abc import Awaitable, Callable
from typing import Annotated

from fastapi import Depends, Header, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from starlette.concurrency import run_in_threadpool

from api.access import decision_for, is_looked_up, reach_for, reach_of, unlimited
from api.asking import Asking
from api.bootstrap import House
from api.callers import Callers, unauthenticated
from api.known_queries import refuse_unknown
from api.problems import Problem
from api.rate_guard import CallRates
from api.seen import seen
from domain.access.by_role import asks_purpose
from domain.access.decision import Decision
from domain.access.reach import Reach
from infra.tokens import Caller

_BEARER = HTTPBearer(
    auto_error=False,
    description="A token of the identity provider, or of `visitledger token`. One for a phone's key goes by the scheme `DPoP`, "
    "with a proof in the header `DPoP` (RFC 9449).",
)


def house_of(request: Request) -> House:
    """The wired house of this app."""
    house: House = request.app.state.house
    return house


async def _the_house(request: Request) -> House:
    """The same, as a dependency. Those that only look something up are coroutines: a function is called in a thread."""
    return house_of(request)


async def rates_of(request: Request) -> CallRates:
    """The limits of this app."""
    rates: CallRates = request.app.state.rates
    return rates


HouseDep = Annotated[House, Depends(_the_house)]
RatesDep = Annotated[CallRates, Depends(rates_of)]


Documented = Annotated[HTTPAuthorizationCredentials | None, Depends(_BEARER)]
"""For the API's description: `Callers` reads the token."""


async def sender_of(request: Request, _: Documented = None) -> Caller:
    """Who calls, with whatever phone. One answer for every token that is not good, and to whoever is shut out, so that nobody
    learns why."""
    callers: Callers = request.app.state.callers
    caller = await callers.of(request.scope)
    if house_of(request).shut_out.has_person(caller.subject):
        raise unauthenticated()
    seen().role = caller.role
    return caller


async def caller_of(request: Request, _: Documented = None) -> Caller:
    """Who calls, with no phone or one that is not revoked."""
    caller = await sender_of(request)
    if house_of(request).shut_out.has_device(caller.device_id):
        raise unauthenticated()
    return caller


CallerDep = Annotated[Caller, Depends(caller_of)]


Purpose = Annotated[
    str, Header(description="What a named client is read for, where the role must say: see docs/access.md.")
]
"""What the caller says that it is for. Nothing is asked of its form: what the table does not know states none."""


def allowed(action: str, *, who: Callable[..., Awaitable[Caller]] = caller_of) -> Callable[..., Caller]:
    """A dependency that lets pass whoever may ever do `action`, and hands the caller on. What they reach by it is the
    request's from then on: see `api.access.reach_of`."""

    async def permitted(request: Request, caller: Annotated[Caller, Depends(who)]) -> Caller:
        return await _permitted(request, action, caller, "")

    async def permitted_for(request: Request, caller: Annotated[Caller, Depends(who)], purpose: Purpose = "") -> Caller:
        return await _permitted(request, action, caller, purpose)

    found = permitted_for if asks_purpose(action) else permitted
    found.action = action  # type: ignore[attr-defined]  # read by the test that every route declares one
    return found  # type: ignore[return-value]


async def _permitted(request: Request, action: str, caller: Caller, purpose: str) -> Caller:
    house, decision = house_of(request), decision_for(caller, action, purpose)
    request.state.asking = Asking(caller, action, decision.rule, purpose)
    if decision.extent is None:
        raise Problem("forbidden")
    refuse_unknown(request)
    request.state.reach = unlimited(house, action, decision) or await _reach(house, caller, action, decision)
    request.state.caller = caller
    return caller


async def _reach(house: House, caller: Caller, action: str, decision: Decision) -> Reach:
    if is_looked_up(house, action, decision):
        return await run_in_threadpool(reach_for, house, caller, action, decision)
    return reach_for(house, caller, action, decision)


async def _the_reach(request: Request) -> Reach:
    return reach_of(request)


ReachDep = Annotated[Reach, Depends(_the_reach)]
"""How far the caller reaches by the route's action. It comes after the action in a route's signature, or beside it in its
decorator."""
