"""The real app behind a real socket, in a thread of the test's own process, and a watchful browser page."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import httpx2
import uvicorn
from fastapi import FastAPI

from api.app import create_app
from api.bootstrap import House
from api.demo_load import DemoLoad

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

LOADED_WITHIN_S = 80.0
READY_WITHIN_S = 20.0
TELL_VIOLATIONS = "addEventListener('securitypolicyviolation', e => console.error('CSP ' + e.violatedDirective))"


@dataclass(frozen=True)
class Site:
    """A running site: where it is, and what it is made of."""

    url: str
    house: House
    app: FastAPI

    def read(self, path: str, *, role: str = "auditor", subject: str = "somebody", **asked: str) -> Any:
        """What the API answers to somebody in that role."""
        token = self.house.tokens.issue(subject=subject, role=role)
        answer = httpx2.get(self.url + path, params=asked, headers={"Authorization": f"Bearer {token}"})
        return answer.raise_for_status().json()

    def unit_totals(self, month: str, law: str) -> dict[str, dict[str, Any]]:
        """A month's totals under a law by the unit's name, as an auditor reads them."""
        names = {unit["unit_id"]: unit["name"] for unit in self.read("/v1/organisation")["facts"]["unit"]}
        rows = self.read("/v1/reconciliation", role="auditor", month=month, level="unit")["rows"]
        return {names[row["unit_id"]]: row for row in rows if row["legal_basis"] == law}


@contextmanager
def running_site(house: House, demo: DemoLoad | None = None, *, port: int = 0) -> Iterator[Site]:
    """Serve until the block ends, at any port that is free where none is named."""
    app = create_app(house, demo=demo)
    listening = socket.create_server(("127.0.0.1", port))
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", access_log=False, ws="none"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    try:
        wait_for(lambda: server.started, READY_WITHIN_S)
        yield Site(f"http://127.0.0.1:{listening.getsockname()[1]}", house, app)
    finally:
        server.should_exit = True
        thread.join()
        listening.close()


def free_port() -> int:
    """A port that nobody listens on now: for an address that must be known before there is a server."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port: int = listening.getsockname()[1]
        return port


def wait_for(is_so: Callable[[], bool], seconds: float) -> None:
    """Wait until something is so. Raises TimeoutError."""
    deadline = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > deadline:
            raise TimeoutError
        time.sleep(0.05)


@contextmanager
def opened(chromium: "Browser", *, language: str = "en-GB", width: int = 1200, elsewhere: str = "") -> "Iterator[Page]":
    """A page that fails the test when the browser complains, or is sent to another site. What pages at the address `elsewhere`
    do is not ours."""
    complaints: list[str] = []
    context = chromium.new_context(locale=language, viewport={"width": width, "height": 800})
    page = context.new_page()
    page.add_init_script(TELL_VIOLATIONS)

    def complain(text: str) -> None:
        if not elsewhere or not page.url.startswith(elsewhere):
            complaints.append(text)

    page.on("console", lambda message: complain(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complain(error.message))
    page.on("request", lambda request: None if "//127.0.0.1:" in request.url else complain(request.url))
    try:
        yield page
    finally:
        context.close()
    assert complaints == []
