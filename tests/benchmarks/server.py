"""The app in a process of its own, served as the product serves it, with the echo beside its routes.

python -m tests.benchmarks.server <data folder> <store's url> <rates of a caller, a device, an address> [unsecured]
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

from api.app import create_app
from api.bootstrap import House, build
from api.serving import serve_app
from infra.logs import configure_logs
from infra.process import sparing_the_collector
from infra.settings import PROCESS, Rates, Settings
from tests.benchmarks import echo
from tests.benchmarks.measuring import memory_mb
from tests.benchmarks.unsecured import unsecured

HOST = "127.0.0.1"
STOP_WITHIN_S = 30.0
IDLE_WITHIN_S = 60.0
SECURED, UNSECURED = "secured", "unsecured"
WIRINGS: Mapping[str, Callable[[Settings], House]] = {SECURED: build, UNSECURED: unsecured}


class Server:
    """A running server."""

    def __init__(self, process_id: int, port: int) -> None:
        self._process_id = process_id
        self.port = port

    def wait_until_idle(self) -> None:
        """Wait until the read models have caught up, so that one slice's work does not run into the next."""
        deadline = time.monotonic() + IDLE_WITHIN_S
        while time.monotonic() < deadline:
            readiness = self._readiness()
            if readiness.get("lag_events") == readiness.get("queued") == 0:
                return
            time.sleep(0.05)
        raise TimeoutError("the server's read models did not catch up")

    def resident_mb(self) -> float:
        """Say how much memory it has now, in MB; 0 where the system does not tell."""
        return memory_mb(self._process_id, "VmRSS")

    def _readiness(self) -> dict[str, int]:
        try:
            with urlopen(f"http://{HOST}:{self.port}/readyz", timeout=10) as answer:
                readiness: dict[str, int] = json.load(answer)
        except HTTPError as not_ready:
            not_ready.close()
            return {}
        return readiness


@contextmanager
def running(settings: Settings, *, wired: str = SECURED) -> Iterator[Server]:
    """Start the app over a store, wired as the product's or not, and stop it afterwards."""
    rates = settings.rates
    place = [str(settings.data_dir), settings.store_url]
    command = [sys.executable, "-m", __name__, *place, rates.caller, rates.device, rates.address, wired]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            server = Server(process.pid, int(process.stdout.readline()))
            server.wait_until_idle()
            yield server
        finally:
            process.terminate()
            process.wait(STOP_WITHIN_S)


def main(data_dir: str, store_url: str, caller: str, device: str, address: str, wired: str = SECURED) -> None:
    """Serve until asked to end. The first line of output is the port."""
    # Lines are made as in production, and written where they cost the callers nothing.
    with Path(os.devnull).open("w", encoding="utf-8") as nowhere:
        configure_logs(stream=nowhere)
        rates = Rates(caller=caller, device=device, address=address)
        settings = Settings(data_dir=Path(data_dir), store_url=store_url, fold=PROCESS, rates=rates)
        _serve(WIRINGS[wired](settings))


def _serve(house: House) -> None:
    app = create_app(house)
    app.include_router(echo.router)
    with sparing_the_collector():
        serve_app(app, host=HOST, port=0, announce=lambda url: print(url.rpartition(":")[2], flush=True))


if __name__ == "__main__":
    main(*sys.argv[1:])
