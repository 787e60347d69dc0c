"""The demo's month, loaded beside a server that answers already, and how far it has come."""

import threading
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import structlog

from api.bootstrap import House
from api.demo.loading import DemoTooEarlyError, run_demo
from api.demo.municipality import make_municipality
from api.demo.scope import Scope
from api.demo.summary import DemoRefusedError

log = structlog.get_logger()

DONE = "demo.loaded"
"""A file beside the log that says the story was told to its end: a load that was cut short is not gone on with."""


class DemoInterruptedError(Exception):
    """The folder holds half a demo, or something else. The text says what to do."""


@dataclass(slots=True)
class DemoStatus:
    """How far the demo has come: `share` from 0 to 1, `at` the story's time."""

    share: float = 0.0
    at: datetime | None = None
    loaded: bool = False
    failure: str = ""


class DemoLoad:
    """Loads the demo in a thread, unless the folder has it already."""

    def __init__(self, house: House, scope: Scope) -> None:
        self._house, self.scope = house, scope
        self.status = DemoStatus()
        self._thread = threading.Thread(target=self._load, name="demo", daemon=True)

    def start(self) -> None:
        """Begin, on a running house. Raises `DemoInterruptedError`."""
        if check_empty(self._house):
            self._thread.start()
        else:
            self.status.share, self.status.loaded = 1.0, True

    def _load(self) -> None:
        try:
            run_demo(self._house, make_municipality(self.scope), progress=self._step)
        except (DemoTooEarlyError, DemoRefusedError) as error:
            self.status.failure = str(error)
            return
        except Exception as error:
            log.error("demo_failed", why=type(error).__name__)
            self.status.failure = "The load failed; the server's log says why."
            return
        mark_loaded(self._house)
        self.status.loaded = True

    def _step(self, share: float, at: datetime) -> None:
        self.status.share, self.status.at = share, at


def check_empty(house: House) -> bool:
    """True where a demo can be loaded, False where one is. Raises `DemoInterruptedError` for anything else."""
    if house.log.head()[0] == 0:
        return True
    if _mark(house).exists():
        return False
    raise DemoInterruptedError(
        f"The folder {house.settings.data_dir} holds a demo that was cut short, or a ledger of your own. "
        "Choose another with --data, or remove it."
    )


def mark_loaded(house: House) -> None:
    """Say that the folder holds a whole demo."""
    _mark(house).touch()


def _mark(house: House) -> Path:
    return house.settings.data_dir / DONE
