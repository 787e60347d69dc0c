"""A process that folds: it leads what nobody else does, and stands by for the rest."""

import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Protocol

import structlog

from infra.lease import Lease

LOOK_S = 0.25
"""How often a lease that is ours is looked after, and one that is not is asked for, by a process that leads nothing."""
SECOND_LEASE_S = 1.0
"""How often a process asks for another one that leads something already: who leads nothing comes first, so that two processes
share two projections, and still one takes over everything when it is left alone."""

log = structlog.get_logger(__name__)


class Running(Protocol):
    """What goes on in a thread of its own while a projection is led."""

    failure: Exception | None
    """Why it has stopped for good."""

    def start(self) -> None:
        """Begin."""
        ...

    def close(self) -> None:
        """End after the batch in hand."""
        ...


class Beside(Protocol):
    """What goes on beside it, and can fail without harm."""

    def start(self) -> None:
        """Begin."""
        ...

    def close(self) -> None:
        """End after the batch in hand."""
        ...


@dataclass
class Lead:
    """One projection, led while its lease is held. `make` gives a projector that has not begun, for each time anew: it finds
    where the one before it came to."""

    name: str
    lease: Lease
    make: Callable[[], Running]
    beside: Sequence[Beside] = ()
    _running: Running | None = field(default=None, init=False)

    @property
    def is_led(self) -> bool:
        """Whether this process leads it."""
        return self._running is not None

    @property
    def failure(self) -> Exception | None:
        """Why it cannot be led by this process."""
        return self._running.failure if self._running else None

    def take(self) -> bool:
        """Lead it if nobody does; says whether we do now."""
        if not self.lease.take():
            return False
        log.info("leads", projection=self.name)
        self._running = self.make()
        for each in (self._running, *self.beside):
            each.start()
        return True

    def look_after(self) -> None:
        """Stand down where the lease is lost."""
        if self._running is not None and not self.lease.holds():
            log.warning("lease_lost", projection=self.name)
            self.stand_down()

    def stand_down(self) -> None:
        """End after the batch in hand, and leave it to others."""
        if self._running is not None:
            for each in (*self.beside, self._running):
                each.close()
            self._running = None
            log.info("stands_down", projection=self.name)
        with suppress(OSError):
            self.lease.release()


class Leads:
    """All that a process may lead."""

    def __init__(self, leads: Sequence[Lead]) -> None:
        self._leads = leads
        self._asked_s = 0.0

    def run(self, stopping: threading.Event) -> Exception | None:
        """Lead and stand by until asked to stop. Gives why, where an event or the program has stopped it."""
        try:
            while not stopping.is_set():
                for lead in self._leads:
                    lead.look_after()
                failure = next((lead.failure for lead in self._leads if lead.failure), None)
                if failure is not None:
                    return failure
                self._ask()
                stopping.wait(LOOK_S)
            return None
        finally:
            for lead in self._leads:
                lead.stand_down()

    def _ask(self) -> None:
        """Ask for what others may have left, and take one at most."""
        leads_any = any(lead.is_led for lead in self._leads)
        if leads_any and time.monotonic() - self._asked_s < SECOND_LEASE_S:
            return
        self._asked_s = time.monotonic()
        for lead in self._leads:
            if not lead.is_led and lead.take():
                break
