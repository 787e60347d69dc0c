"""Running the web app in this process."""

import socket
from collections.abc import Callable

import uvicorn
from fastapi import FastAPI

from api.app import create_app
from api.bootstrap import House
from api.demo_load import DemoLoad

BACKLOG = 512
GRACE_S = 10
"""How long requests under way may take when the server is asked to end."""


def serve(house: House, *, announce: Callable[[str], None], demo: DemoLoad | None = None) -> None:
    """Serve until asked to end. `announce` is told the address once it is bound, before the first answer."""
    serve_app(create_app(house, demo=demo), host=house.settings.host, port=house.settings.port, announce=announce)


def serve_app(app: FastAPI, *, host: str, port: int, announce: Callable[[str], None]) -> None:
    """Serve any app as the product is served."""
    listening = socket.create_server((host, port), backlog=BACKLOG)
    # asyncio sets this only on sockets that name their protocol; without it each answer waits for a delayed acknowledgement.
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    bound_host, bound_port = listening.getsockname()[:2]
    announce(f"http://{bound_host}:{bound_port}")
    config = uvicorn.Config(app, log_level="warning", access_log=False, timeout_graceful_shutdown=GRACE_S)
    uvicorn.Server(config).run(sockets=[listening])
