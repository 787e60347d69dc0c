"""Around everything else: each request is counted, timed, traced, and told in one line of the log."""

import time

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.problems import request_id_of
from api.seen import UNDER_WAY, Seen
from infra import telemetry, tracing

log = structlog.get_logger()

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT"})
CLIENT_GONE = 499
"""Stands for the status of an answer that nobody was there to take."""
NO_ROUTE = "none"
"""Of requests that met no route: what they asked for is not repeated."""
PROBES = frozenset({"/healthz", "/readyz", "/metrics"})
"""Asked every few seconds: logged at debug only."""


class Observed:
    """Watches one app."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began_s, status = time.perf_counter(), CLIENT_GONE
        method = scope["method"] if scope["method"] in METHODS else "other"
        seen = Seen()
        token = UNDER_WAY.set(seen)

        async def send_seen(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            with tracing.request(method, scope["headers"]) as asking:
                await self._app(scope, receive, send_seen)
                route = seen.route or NO_ROUTE
                if asking:
                    asking.answered(route, status)
        finally:
            UNDER_WAY.reset(token)
        seconds = time.perf_counter() - began_s
        telemetry.answered(method, route, status, seconds)
        known = {"role": seen.role, "position": seen.position, "trace_id": asking.trace_id if asking else ""}
        tell = log.debug if route in PROBES else log.info
        if seen.protected:
            log.warning(seen.protected, route=route, status=status, request_id=request_id_of(scope), role=seen.role)
        tell(
            "request",
            method=method,
            route=route,
            status=status,
            ms=round(seconds * 1000, 1),
            request_id=request_id_of(scope),
            **{name: value for name, value in known.items() if value},
        )
