"""The zone of the municipality's clock, for calls that need nothing else of its rules."""

import time
from collections.abc import Callable

AGE_MAX_S = 1.0
"""Where other rules are adopted, calls go by the zone before for so long: it tells which day it is."""


class Zone:
    """Remembers the zone for a second, so that a call looks nothing up."""

    def __init__(self, read: Callable[[], str], *, clock: Callable[[], float] = time.monotonic) -> None:
        self._read, self._clock = read, clock
        self._known: tuple[float, str] | None = None

    @property
    def name(self) -> str:
        """As the read models believe it, or did a second ago. Raises what the store does."""
        now = self._clock()
        if self._known is None or now - self._known[0] > AGE_MAX_S:
            self._known = (now, self._read())
        return self._known[1]
