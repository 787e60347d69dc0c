"""What routes are handed: the house, who calls, and permission. Annotated, so that a route's signature says it all."""

from collections.abc import Callable
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


async def caller_of(house: HouseDep, token: TokenDep) -> Caller:
    """Who calls. One answer for every token that is not good, so that nobody learns why."""
    try:
        if token is None:
            raise TokenRefusedError
        caller = house.callers.verify(token)
    except TokenRefusedError:
        raise Problem("unauthenticated", headers={"WWW-Authenticate": "Bearer"}) from None
    seen().role = caller.role
    return caller


CallerDep = Annotated[Caller, Depends(caller_of)]


def allowed(action: str) -> Callable[..., Caller]:
    """A dependency that lets pass whoever may do `action`, and hands the caller on."""

    async def permitted(caller: CallerDep) -> Caller:
        if not is_allowed(caller.role, action):
            raise Problem("forbidden")
        return caller

    permitted.action = action  # type: ignore[attr-defined]  # read by the test that every route declares one
    return permitted  # type: ignore[return-value]
