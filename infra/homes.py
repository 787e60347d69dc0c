"""Where clients live, for deriving the place of a fact when it is accepted. The only reader of home positions."""

import time
from collections import OrderedDict
from collections.abc import Callable, Iterable

from domain.event import DomainEvent, RecordedEvent
from domain.ids import stream_of
from domain.ports import Erased, Opener, Sealed

CLIENTS_MAX = 10_000
AGE_MAX_S = 30.0
"""A moved client is placed by the new home, and an erased one by none, within a minute: keys are remembered for as long."""

Home = tuple[float, float] | None


class Homes:
    """Remembers opened home positions for half a minute, so that a sync opens none that it needs twice."""

    def __init__(
        self,
        history_of: Callable[[str], Iterable[RecordedEvent]],
        opener: Opener,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._history_of, self._opener, self._clock = history_of, opener, clock
        self._known: OrderedDict[str, tuple[float, Home]] = OrderedDict()

    def of(self, client_id: str) -> Home:
        """Latitude and longitude of a client's home; None when it is unknown or erased."""
        read_at, home = self._known.get(client_id, (float("-inf"), None))
        if self._clock() - read_at > AGE_MAX_S:
            home = self._read(client_id)
            self._known.pop(client_id, None)  # so that it comes last
            self._known[client_id] = (self._clock(), home)
            while len(self._known) > CLIENTS_MAX:
                self._known.popitem(last=False)
        return home

    def forget(self, client_id: str) -> int:
        """Read a client's home anew when it is asked for next, and say how many were remembered: one, or none."""
        return 0 if self._known.pop(client_id, None) is None else 1

    def _read(self, client_id: str) -> Home:
        home: Home = None
        for recorded in self._history_of(stream_of("client", client_id)):
            envelope: Sealed | None = getattr(recorded.event, "home_position", None)
            if envelope is not None:
                home = self._opened(recorded.event, envelope)
        return home

    def _opened(self, event: DomainEvent, envelope: Sealed) -> Home:
        clear = self._opener.open(envelope, place=event.place_of("home_position"))
        if isinstance(clear, Erased):
            return None
        lat, _, lon = clear.partition(",")
        return float(lat), float(lon)
