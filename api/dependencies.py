"""What routes are handed: the house, who calls, and permission. Annotated, so that a route's signature says it all."""

from collections.abc import Awaitable, Callable
from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from api.access import is_allowed
from api.bootstrap import House
from api.problems import Problem
from api.seen import seen
from infra.tokens import Caller, TokenRefusedError

_BEARER = HTTPBearer(auto_error=False, description="A token of the identity provider, or of `visitledger token`.")


def house_of(request: Request) -> House:
    """The wired house of this app."""
    house: House = request.app.state.house
    return house


HouseDep = Annotated[House, Depends(house_of)]


async def token_of(
    request: Request, credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_BEARER)]
) -> str | None:
    """The one bearer token of a request. None where there is none, or more than one."""
    has_one = len(request.headers.getlist("authorization")) == 1
    return credentials.credentials if credentials and has_one else None


TokenDep = Annotated[str | None, Depends(token_of)]


async def sender_of(house: HouseDep, token: TokenDep) -> Caller:
    """Who calls, with whatever phone. One answer for every token that is not good, and to whoever is shut out, so that nobody
    learns why."""
    try:
        if token is None:
            raise TokenRefusedError
        caller = house.callers.verify(token)
    except TokenRefusedError:
        raise _unauthenticated() from None
    if house.shut_out.has_person(caller.subject):
        raise _unauthenticated()
    seen().role = caller.role
    return caller


async def caller_of(house: HouseDep, token: TokenDep) -> Caller:
    """Who calls, with no phone or one that is not revoked."""
    caller = await sender_of(house, token)
    if house.shut_out.has_device(caller.device_id):
        raise _unauthenticated()
    return caller


CallerDep = Annotated[Caller, Depends(caller_of)]


def _unauthenticated() -> Problem:
    return Problem("unauthenticated", headers={"WWW-Authenticate": "Bearer"})


def allowed(action: str, *, who: Callable[[House, str | None], Awaitable[Caller]] = caller_of) -> Callable[..., Caller]:
    """A dependency that lets pass whoever may do `action`, and hands the caller on."""

    async def permitted(caller: Annotated[Caller, Depends(who)]) -> Caller:
        if not is_allowed(caller.role, action):
            raise Problem("forbidden")
        return caller

    permitted.action = action  # type: ignore[attr-defined]  # read by the test that every route declares one
    return permitted  # type: ignore[return-value]
