"""A server process that can be killed: the real command line on real files."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import httpx2

READY_WITHIN_S = 30.0


class ServerProcess:
    """`visitledger serve` as a process of its own, over one data folder and store."""

    def __init__(self, data: Path, store_url: str = "") -> None:
        self._data, self._store_url = data, store_url
        self._process: subprocess.Popen[str] | None = None
        self.url = ""

    def start(self) -> None:
        """Start it and wait until it answers."""
        environment = os.environ | {"VISITLEDGER_DATA": str(self._data), "VISITLEDGER_PORT": "0"}
        if self._store_url:
            environment["VISITLEDGER_STORE"] = self._store_url
        self._process = subprocess.Popen(
            [sys.executable, "-m", "api.cli", "serve"],
            env=environment,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout is not None
        self.url = self._process.stdout.readline().strip()
        self._wait_until_ready()

    def kill(self) -> None:
        """`kill -9`: no handler runs, nothing is flushed."""
        assert self._process is not None
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()
        if self._process.stdout:
            self._process.stdout.close()
        self._process = None

    def stop(self) -> int:
        """Ask it to end, and give its exit status."""
        assert self._process is not None
        self._process.terminate()
        status = self._process.wait(timeout=READY_WITHIN_S)
        if self._process.stdout:
            self._process.stdout.close()
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
