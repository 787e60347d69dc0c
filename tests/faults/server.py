"""A server process that can be killed: the real app on real files and a real socket.

Each start is a process of its own. It is forked from one that has the modules loaded already, and the codec of their events
made, since a campaign starts hundreds; nothing else is shared with it.
"""

import multiprocessing
import os
import signal
import threading
import time
from dataclasses import replace
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess

import httpx2

from infra.settings import Settings

READY_WITHIN_S = 30.0
FORKS = multiprocessing.get_context("forkserver")
"""Makes the processes of all that is killed here."""
FORKS.set_forkserver_preload(["api.serving", "infra.working", "tests.faults.preloaded"])
BOOKS = threading.Lock()
"""Whoever starts a process or waits for its end looks after all others too, which two threads may not do at once."""


class ServerProcess:
    """`visitledger serve` as a process of its own, over one data folder and store."""

    def __init__(self, settings: Settings) -> None:
        self._settings = replace(settings, port=0, log_level="error")
        self._process: BaseProcess | None = None
        self.url = ""

    @property
    def process_id(self) -> int:
        """Which process it is, while it runs."""
        assert self._process is not None
        assert self._process.pid is not None
        return self._process.pid

    def start(self) -> None:
        """Start it and wait until it answers."""
        told, telling = FORKS.Pipe(duplex=False)
        self._process = FORKS.Process(target=_serve, args=(self._settings, telling), daemon=True)
        with BOOKS:
            self._process.start()
        telling.close()
        if not told.poll(READY_WITHIN_S):
            raise TimeoutError("the server did not start")
        self.url = told.recv()
        told.close()
        self._wait_until_ready()

    def kill(self) -> None:
        """`kill -9`: no handler runs, nothing is flushed."""
        self._end(signal.SIGKILL)

    def stop(self) -> int | None:
        """Ask it to end, and give its exit status."""
        return self._end(signal.SIGTERM)

    def _end(self, how: signal.Signals) -> int | None:
        assert self._process is not None
        assert self._process.pid is not None
        os.kill(self._process.pid, how)
        wait([self._process.sentinel], READY_WITHIN_S)
        with BOOKS:
            self._process.join(READY_WITHIN_S)
            status = self._process.exitcode
            self._process.close()
        self._process = None
        return status

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + READY_WITHIN_S
        while time.monotonic() < deadline:
            try:
                if httpx2.get(f"{self.url}/healthz", timeout=1).status_code == httpx2.codes.OK:
                    return
            except httpx2.TransportError:
                time.sleep(0.02)
        raise TimeoutError(f"the server did not answer within {READY_WITHIN_S:.0f} s")


def _serve(settings: Settings, telling: Connection) -> None:
    from api.bootstrap import build
    from api.serving import serve
    from infra.logs import configure_logs

    def tell(url: str) -> None:
        telling.send(url)
        telling.close()

    configure_logs(settings.log_level)
    house = build(settings)
    serve(house, announce=tell)
