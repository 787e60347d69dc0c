"""Running the web app in this process."""

import socket
from collections.abc import Callable

import uvicorn

from api.app import create_app
from api.bootstrap import House
from api.demo_load import DemoLoad

BACKLOG = 512
GRACE_S = 10
"""How long requests under way may take when the server is asked to end."""


def serve(house: House, *, announce: Callable[[str], None], demo: DemoLoad | None = None) -> None:
    """Serve until asked to end. `announce` is told the address once it is bound, before the first answer."""
    listening = socket.create_server((house.settings.host, house.settings.port), backlog=BACKLOG)
    # asyncio sets this only on sockets that name their protocol; without it each answer waits for a delayed acknowledgement.
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    host, port = listening.getsockname()[:2]
    announce(f"http://{host}:{port}")
    config = uvicorn.Config(
        create_app(house, demo=demo), log_level="warning", access_log=False, timeout_graceful_shutdown=GRACE_S
    )
    uvicorn.Server(config).run(sockets=[listening])
