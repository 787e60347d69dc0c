"""How often somebody has called lately, counted in this process: each server counts for itself.

The rates and their arithmetic are those of the library `limits`; where its counts are kept is ours. Its own memory grows
with every name that is sent, and a thread goes through all of it a hundred times a second.
"""

import time
from collections import OrderedDict
from collections.abc import Callable
from math import floor

from limits import RateLimitItem, parse_many
from limits.storage import SlidingWindowCounterSupport, Storage
from limits.storage.base import TimestampedSlidingWindow
from limits.strategies import SlidingWindowCounterRateLimiter

KEYS_MAX = 50_000
"""Counts kept at once, some 18 MB. A caller has up to two for each rate."""


class RecentCounts(Storage, SlidingWindowCounterSupport, TimestampedSlidingWindow):
    """Counts by key, of which the one that has been still longest is forgotten when there are too many. One thread's."""

    def __init__(self, *, keys_max: int = KEYS_MAX, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._keys_max, self._clock = keys_max, clock
        self._counts: OrderedDict[str, tuple[int, float]] = OrderedDict()

    @property
    def base_exceptions(self) -> type[Exception]:
        """What can go wrong with memory: nothing that is worth a name."""
        return RuntimeError

    def incr(self, key: str, expiry: float, amount: int = 1) -> int:
        """Count, and give the count. It is forgotten `expiry` seconds after its first."""
        count, until = self._counts.get(key, (0, 0.0))
        if until <= self._clock():
            count, until = 0, self._clock() + expiry
        self._counts[key] = count + amount, until
        if len(self._counts) > self._keys_max:
            self._counts.popitem(last=False)
        return count + amount

    def get(self, key: str) -> int:
        """The count; 0 of what is over or forgotten. Whoever is asked about has called, and is not still."""
        if key not in self._counts:
            return 0
        self._counts.move_to_end(key)
        count, until = self._counts[key]
        return count if until > self._clock() else 0

    def get_expiry(self, key: str) -> float:
        """When a count is over, by this clock."""
        return self._counts.get(key, (0, self._clock()))[1]

    def check(self) -> bool:
        """Memory is there."""
        return True

    def reset(self) -> int:
        """Forget everything, and say how much it was."""
        forgotten = len(self._counts)
        self._counts.clear()
        return forgotten

    def clear(self, key: str) -> None:
        """Forget one count."""
        self._counts.pop(key, None)

    def acquire_sliding_window_entry(self, key: str, limit: int, expiry: int, amount: int = 1) -> bool:
        """Count unless that would be more than `limit` in `expiry` seconds; what is refused does not count."""
        before, before_ttl, now, _ = self.get_sliding_window(key, expiry)
        if floor(before * before_ttl / expiry + now) + amount > limit:
            return False
        self.incr(self.sliding_window_keys(key, expiry, self._clock())[1], 2 * expiry, amount)
        return True

    def get_sliding_window(self, key: str, expiry: int) -> tuple[int, float, int, float]:
        """The window before and this one: the count of each and the seconds that it goes on to weigh."""
        at = self._clock()
        before, now = self.sliding_window_keys(key, expiry, at)
        left = expiry - at % expiry
        return self.get(before), left, self.get(now), left + expiry

    def clear_sliding_window(self, key: str, expiry: int) -> None:
        """Forget both windows of a key."""
        for window in self.sliding_window_keys(key, expiry, self._clock()):
            self.clear(window)


class RateLimit:
    """So many calls in so long, for each name of one kind. Names of different kinds do not push each other out."""

    def __init__(self, rates: str, *, counts: RecentCounts | None = None) -> None:
        """`rates` such as `40/second;1200/minute`; empty: no limit."""
        self._rates = sorted(parse_many(rates)) if rates else []
        self._counts = counts or RecentCounts()
        self._limiter = SlidingWindowCounterRateLimiter(self._counts)

    def wait_s(self, name: str) -> int:
        """Count a call. 0, or the whole seconds after which one will be served: then this one does not count."""
        refusing = next((rate for rate in self._rates if not self._limiter.hit(rate, name)), None)
        return self._free_in_s(refusing, name) if refusing else 0

    def _free_in_s(self, rate: RateLimitItem, name: str) -> int:
        """Until what the window before weighs, or this one will weigh in its place, has sunk below the rate."""
        seconds = rate.get_expiry()
        before, left, now, _ = self._counts.get_sliding_window(rate.key_for(name), seconds)
        spare = rate.amount - now
        return floor(left - spare * seconds / before if spare > 0 else left) + 1
