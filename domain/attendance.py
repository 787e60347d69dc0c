"""Arrivals and departures are independent facts; here they become attendances.

Order of arrival in the ledger does not matter, only who, when, and which arrival a phone says that it ended.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from domain.ids import FactId, WorkerId
from domain.visit.entries import Arrival, Departure

Pair = tuple[Arrival | None, Departure | None]


def pair(arrivals: Sequence[Arrival], departures: Sequence[Departure]) -> list[Pair]:
    """Pair each worker's arrivals and departures: first those where the phone named the arrival, then by time.

    An arrival that meets another arrival of the same worker stays open, a departure without an arrival before it stays
    alone: neither is guessed away. Result in order of time.
    """
    if _is_plain(arrivals, departures):
        return [(arrivals[0], departures[0] if departures else None)]
    named, other_arrivals, other_departures = _pair_named(arrivals, departures)
    pairs: list[Pair] = list(named)
    for worker_id in sorted({fact.worker_id for fact in (*other_arrivals, *other_departures)}):
        pairs += _pair_by_time(worker_id, other_arrivals, other_departures)
    return sorted(pairs, key=_standing)


def _is_plain(arrivals: Sequence[Arrival], departures: Sequence[Departure]) -> bool:
    """Whether there is nothing to pair but what the phone paired itself: most visits, told apart because they are many."""
    if len(arrivals) != 1 or len(departures) > 1:
        return False
    return not departures or departures[0].arrival_fact_id == arrivals[0].fact_id


def _pair_named(
    arrivals: Sequence[Arrival], departures: Sequence[Departure]
) -> tuple[list[Pair], list[Arrival], list[Departure]]:
    by_id: dict[FactId, Arrival] = {arrival.fact_id: arrival for arrival in arrivals}
    named: list[Pair] = []
    rest: list[Departure] = []
    for departure in sorted(departures, key=_instant):
        arrival = by_id.pop(departure.arrival_fact_id, None) if departure.arrival_fact_id else None
        if arrival is None:
            rest.append(departure)
        else:
            named.append((arrival, departure))
    return named, list(by_id.values()), rest


def _pair_by_time(worker_id: WorkerId, arrivals: Iterable[Arrival], departures: Iterable[Departure]) -> list[Pair]:
    facts: list[Arrival | Departure] = [*arrivals, *departures]
    pairs: list[Pair] = []
    opened: Arrival | None = None
    for fact in sorted((fact for fact in facts if fact.worker_id == worker_id), key=_instant):
        if isinstance(fact, Arrival):
            if opened is not None:
                pairs.append((opened, None))
            opened = fact
        else:
            pairs.append((opened, fact))
            opened = None
    if opened is not None:
        pairs.append((opened, None))
    return pairs


def _instant(fact: Arrival | Departure) -> tuple[datetime, bool, FactId]:
    """Order by time; at one instant an arrival comes before a departure; the id only makes the order total."""
    return fact.at, isinstance(fact, Departure), fact.fact_id


def _standing(paired: Pair) -> tuple[datetime, bool, FactId]:
    fact = paired[0] or paired[1]
    assert fact is not None, "a pair has at least one end"
    return _instant(fact)
