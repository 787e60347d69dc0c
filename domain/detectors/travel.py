"""Could the worker have come from the one place to the other in the time between?"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from math import ceil

from domain.detectors.found import FoundException, causes
from domain.exception_catalogue import ExceptionCode
from domain.facts import Attendance, VisitFacts
from domain.ids import FactId
from domain.local_time import minutes_between
from domain.rulebook.rulebook import Rulebook

SECONDS_PER_HOUR, MINUTES_PER_HOUR = 3600, 60


def impossible_travel(visits: Iterable[VisitFacts], rulebook: Rulebook) -> Iterator[FoundException]:
    """IMPOSSIBLE_TRAVEL: an arrival too far from where the same worker's phone was shortly before, for any car.

    Held against each other are two positions of one worker at two times, whatever lies between, so that it makes no
    difference in which order they were learned of. A corrected time is a person's word, and no position was taken then.
    """
    stays = [stay for visit in visits for stay in visit.attendances]
    ends = dict(_ends(stays)) if any(stay.km_from_previous for stay in stays) else {}
    for stay in stays:
        previous = ends.get(stay.previous_fact_id) if stay.previous_fact_id else None
        if stay.km_from_previous and stay.arrived_at and previous is not None:
            left_at, other = previous
            if not stay.corrected and not other.corrected and other.worker_id == stay.worker_id:
                yield from _too_fast(stay, stay.km_from_previous, stay.arrived_at, left_at, other, rulebook)


def _too_fast(
    stay: Attendance, km: int, arrived_at: datetime, left_at: datetime, other: Attendance, rulebook: Rulebook
) -> Iterator[FoundException]:
    """The minutes at stake are those that the fastest way would have taken longer."""
    kmh_max = rulebook.policies_at(arrived_at).travel_kmh_max
    seconds = max(0.0, (arrived_at - left_at).total_seconds())
    if kmh_max and km * SECONDS_PER_HOUR > kmh_max * seconds:
        needed = ceil(km * MINUTES_PER_HOUR / kmh_max)
        yield FoundException(
            code=ExceptionCode.IMPOSSIBLE_TRAVEL,
            subject_kind="worker",
            subject_id=stay.worker_id,
            fact_ids=tuple(sorted({*causes(stay), *causes(other)})),
            visit_ids=tuple(sorted({stay.visit_id, other.visit_id})),
            minutes=max(0, needed - max(0, minutes_between(left_at, arrived_at))),
            since=arrived_at,
        )


def _ends(stays: Iterable[Attendance]) -> Iterator[tuple[FactId, tuple[datetime, Attendance]]]:
    for stay in stays:
        if stay.arrival_fact_id and stay.arrived_at:
            yield stay.arrival_fact_id, (stay.arrived_at, stay)
        if stay.departure_fact_id and stay.departed_at:
            yield stay.departure_fact_id, (stay.departed_at, stay)
