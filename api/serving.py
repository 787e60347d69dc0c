"""Running the web app in this process."""

import os
import socket
from collections.abc import Callable

import uvicorn
from fastapi import FastAPI

from api.app import create_app
from api.bootstrap import House
from api.demo_load import DemoLoad
from api.headers_in_time import headers_within
from infra.setting_values import SettingError
from infra.settings import REQUEST_SECONDS_MAX
from infra.tracing import tracing

BACKLOG = 512
GRACE_S = 10
"""How long requests under way may take when the server is asked to end."""


def serve(house: House, *, announce: Callable[[str], None], demo: DemoLoad | None = None) -> None:
    """Serve until asked to end. `announce` is told the address once it is bound, before the first answer."""
    settings = house.settings
    with tracing():
        serve_app(
            create_app(house, demo=demo),
            host=settings.host,
            port=settings.port,
            announce=announce,
            headers_seconds_max=settings.request_seconds_max,
        )


def serve_app(
    app: FastAPI,
    *,
    host: str,
    port: int,
    announce: Callable[[str], None],
    headers_seconds_max: float = REQUEST_SECONDS_MAX,
) -> None:
    """Serve any app as the product is served."""
    listening = listen(host, port)
    bound_host, bound_port = listening.getsockname()[:2]
    announce(f"http://{bound_host}:{bound_port}")
    server_of(app, headers_seconds_max=headers_seconds_max).run(sockets=[listening])


def listen(host: str, port: int) -> socket.socket:
    """The socket that the product listens on. Raises `SettingError` where it cannot be had, as when another has it."""
    try:
        listening = socket.create_server((host, port), backlog=BACKLOG)
    except OSError as error:
        reason = os.strerror(error.errno) if error.errno and error.errno > 0 else "no such address"
        takes = (
            "VISITLEDGER_HOST and VISITLEDGER_PORT (--host, --port) take a free address of this machine; port 0 is any"
        )
        raise SettingError(f"{takes}. {reason}.") from None
    # asyncio sets this only on sockets that name their protocol; without it each answer waits for a delayed acknowledgement.
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listening


def server_of(app: FastAPI, *, headers_seconds_max: float) -> uvicorn.Server:
    """The product's server. Whoever runs it in a thread ends it with `should_exit`."""
    return uvicorn.Server(
        uvicorn.Config(
            app,
            http=headers_within(headers_seconds_max),
            ws="none",
            log_config=None,  # as everything else: infra/logs.py
            log_level="warning",
            access_log=False,
            timeout_graceful_shutdown=GRACE_S,
        )
    )
