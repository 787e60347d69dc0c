"""Where each worker's phone was lately, so that an arrival can say how far it is from the place before.

Held in memory only and for a few facts: positions are personal, and what rules need of them is the distance alone. After a
restart the first arrival of each worker has no place before it, and says none.
"""

from bisect import insort
from collections import OrderedDict
from datetime import datetime
from typing import NamedTuple

from domain.ids import FactId, WorkerId
from domain.place import Fix, km_between

FIXES_MAX = 16
"""Of each worker: a phone that was offline sends a morning at once."""
WORKERS_MAX = 20_000


class Leg(NamedTuple):
    """How far a place is from where the phone was at an earlier fact."""

    km: int
    previous_fact_id: FactId


class _Seen(NamedTuple):
    at: datetime
    fact_id: FactId
    fix: Fix


class Trail:
    """Remembers the latest fixes of each worker, by when they were taken and not by when they came in."""

    def __init__(self) -> None:
        self._seen: OrderedDict[WorkerId, list[_Seen]] = OrderedDict()

    def leg(self, worker_id: WorkerId, fact_id: FactId, at: datetime, fix: Fix) -> Leg | None:
        """Measure from the latest fix before this one, and remember this one. A faked fix measures nothing."""
        if fix.mock:
            return None
        seen = self._seen.get(worker_id, ())
        earlier = next((each for each in reversed(seen) if each.at < at and each.fact_id != fact_id), None)
        self.add(worker_id, fact_id, at, fix)
        return Leg(km_between(fix, earlier.fix), earlier.fact_id) if earlier else None

    def add(self, worker_id: WorkerId, fact_id: FactId, at: datetime, fix: Fix) -> None:
        """Remember a fix, unless it is faked: the way of the next arrival begins there."""
        seen = self._seen.setdefault(worker_id, [])
        self._seen.move_to_end(worker_id)
        if fix.mock or fact_id in [each.fact_id for each in seen]:
            return
        insort(seen, _Seen(at, fact_id, fix))  # by time, then by fact: no two are of one fact
        del seen[:-FIXES_MAX]
        while len(self._seen) > WORKERS_MAX:
            self._seen.popitem(last=False)
