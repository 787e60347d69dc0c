"""Whoever calls too often is asked to wait: before a body is read, and before anything is queued.

Whoever calls on regardless is kept waiting for the refusal, too.

Pure ASGI. Callers with a good token, and a proof where it needs one, are told apart by who they are; the others by the address
that they come from: whoever has stolen a phone's token uses up nothing of the phone's.
"""

import asyncio
import ipaddress
import time

import structlog
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.body_limits import METHODS_WITH_BODY
from api.callers import Callers
from api.observed import PROBES
from api.problems import request_id_of
from api.refusals import Told, count, refusal, refuse
from infra.rate_limits import RateLimit
from infra.settings import Rates

log = structlog.get_logger()

NOT_FOUND = 404
NOT_FOUND_MAX = 100
"""[A] Answers 404 in a minute that one caller meets before it is told: nobody mistypes so many ids."""
REFUSED_MAX = 10
"""[A] Refusals in a second that one caller gets at once: a program that heeds `Retry-After` gets one."""
HELD_S = 0.5
"""For so long all further ones are held back, and longer where one caller has many held. Nobody calls again on a connection
that waits for its answer, and waiting costs little, where each refusal takes time of the one thread that serves everybody."""
LET_GO_PER_S = 50
"""[A] Of one caller so many are let go in a second, one by one: of those who were held together, none call again together."""
HELD_MAX = 2_000
"""[A] Refusals held back at once. What is more is refused at once."""
DROPPED_BYTES_MAX = 65_536
ONCE_A_MINUTE = "1/minute"
_NETWORK_BITS = 64
"""Of an IPv6 address: what a household or a company is given. The rest is theirs to vary."""


class CallRates:
    """The limits of one app. `caller` and `address` are asked before a body is read, `device` when it is known."""

    def __init__(self, rates: Rates) -> None:
        self.caller, self.device, self.address = map(RateLimit, (rates.caller, rates.device, rates.address))

    def admit_device(self, device_id: str) -> None:
        """Let a phone's sync pass. Raises `Problem` 429 `too_many_requests`."""
        if wait_s := self.device.wait_s(device_id):
            raise refusal(wait_s)


class RateGuard:
    """Refuses those who call too often, and tells of those who seem to guess ids."""

    def __init__(self, app: ASGIApp, *, rates: CallRates, callers: Callers) -> None:
        self._app, self._rates, self._callers = app, rates, callers
        self._missed, self._told = RateLimit(f"{NOT_FOUND_MAX}/minute"), RateLimit(ONCE_A_MINUTE)
        self._refused, self._held = RateLimit(f"{REFUSED_MAX}/second"), 0
        self._last_let_go_s: dict[str, float] = {}
        self._calls_refused = Told()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http" or scope["path"] in PROBES:
            await self._app(scope, receive, send)
            return
        name, limit, role = await self._who(scope)
        if wait_s := limit.wait_s(name):
            await self._refuse(scope, send, name, role, wait_s)
            return

        async def send_watched(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] == NOT_FOUND:
                self._count_missed(scope, name, role)
            await send(message)

        await self._app(scope, receive, send_watched)

    async def _refuse(self, scope: Scope, send: Send, name: str, role: str, wait_s: int) -> None:
        began_s = time.perf_counter()
        if self._refused.wait_s(name) and self._held < HELD_MAX:
            await self._hold(name)
        await refuse(scope, send, wait_s, hangs_up=scope["method"] in METHODS_WITH_BODY and not _is_small(scope))
        count(scope, time.perf_counter() - began_s)
        self._calls_refused.add(name, role)

    async def _hold(self, name: str) -> None:
        """Let somebody wait who is refused again and again, behind those that wait already."""
        now_s = time.monotonic()
        let_go_s = max(now_s + HELD_S, self._last_let_go_s.get(name, 0.0) + 1 / LET_GO_PER_S)
        self._last_let_go_s[name] = let_go_s
        self._held += 1
        try:
            await asyncio.sleep(let_go_s - now_s)
        finally:
            self._held -= 1
            if self._last_let_go_s.get(name) == let_go_s:
                del self._last_let_go_s[name]

    async def _who(self, scope: Scope) -> tuple[str, RateLimit, str]:
        """The name that calls are counted under, by which limit, and the caller's role where it is known."""
        try:
            caller = await self._callers.of(scope)
        except Exception:  # a problem, or what nobody expected: whoever asks further in meets it again, and answers
            return network_of(scope["client"]), self._rates.address, ""
        return caller.actor, self._rates.caller, caller.role

    def _count_missed(self, scope: Scope, name: str, role: str) -> None:
        if self._missed.wait_s(name) and not self._told.wait_s(name):
            log.warning("many_not_found", role=role, calls=NOT_FOUND_MAX, request_id=request_id_of(scope))


def network_of(client: tuple[str, int] | None) -> str:
    """The address of the other end of a connection; of IPv6, its network."""
    try:
        address = ipaddress.ip_address(client[0] if client else "")
    except ValueError:  # a socket without addresses
        return ""
    if isinstance(address, ipaddress.IPv4Address):
        return str(address)
    return str(ipaddress.ip_network((address, _NETWORK_BITS), strict=False))


def _is_small(scope: Scope) -> bool:
    """Whether the body is short enough to be let in and dropped: to make a connection anew costs both sides more."""
    announced = Headers(scope=scope).get("content-length", "")
    return announced.isdecimal() and int(announced[:20]) <= DROPPED_BYTES_MAX
