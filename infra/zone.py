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
    def is_known(self) -> bool:
        """Whether nothing has to be looked up."""
        return self._known is not None and self._clock() - self._known[0] <= AGE_MAX_S

    @property
    def name(self) -> str:
        """As the read models believe it, or did a second ago. Raises what the store does."""
        known = self._known
        if known is None or self._clock() - known[0] > AGE_MAX_S:
            self._known = known = (self._clock(), self._read())
        return known[1]
