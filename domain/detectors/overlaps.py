"""Nobody is in two places at once: attendances held against each other across visits."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import combinations, pairwise
from operator import itemgetter
from typing import NamedTuple, TypeVar

from domain.detectors.found import FoundException, causes
from domain.exception_catalogue import ExceptionCode
from domain.facts import Attendance, VisitFacts
from domain.ids import ClientId, FactId, WorkerId
from domain.local_time import minutes_between, to_minute
from domain.presence import NOBODY, attendance_minutes, clients_of
from domain.rulebook.rulebook import Rulebook


class _Stay(NamedTuple):
    """An attendance with both ends as they were stamped, and the visit it belongs to."""

    arrived_at: datetime
    departed_at: datetime
    stay: Attendance
    visit: VisitFacts


class _There(NamedTuple):
    """An attendance as a stretch of whole minutes, with the visit it belongs to."""

    starts_at: datetime
    ends_at: datetime
    attendance_id: FactId
    stay: Attendance
    visit: VisitFacts


Stretch = TypeVar("Stretch", _Stay, _There)


def overlaps(visits: Iterable[VisitFacts], rulebook: Rulebook) -> Iterator[FoundException]:
    """OVERLAP_WORKER: one worker in two visits at once. OVERLAP_CLIENT: more workers at a client than planned."""
    visits = list(visits)
    yield from worker_overlaps(visits)
    yield from client_overlaps(visits, rulebook)


def worker_overlaps(visits: Iterable[VisitFacts]) -> Iterator[FoundException]:
    """OVERLAP_WORKER: one worker in two visits at once."""
    by_worker: defaultdict[WorkerId, list[_Stay]] = defaultdict(list)
    for visit in visits:
        for stay in visit.attendances:
            if stay.arrived_at and stay.departed_at:
                by_worker[stay.worker_id].append(_Stay(stay.arrived_at, stay.departed_at, stay, visit))
    for worker_id, stays in by_worker.items():
        for cluster in _at_once(stays):
            yield from _two_visits_at_once(worker_id, cluster)


def client_overlaps(visits: Iterable[VisitFacts], rulebook: Rulebook) -> Iterator[FoundException]:
    """OVERLAP_CLIENT: more workers at a client than planned."""
    by_client: defaultdict[ClientId, list[_Stay]] = defaultdict(list)
    for visit in visits:
        for stay in visit.attendances:
            if stay.arrived_at and stay.departed_at:
                there = _Stay(stay.arrived_at, stay.departed_at, stay, visit)
                for client_id in stay.client_ids or clients_of(visit, stay):
                    by_client[client_id].append(there)
    by_client.pop(NOBODY, None)
    for client_id, stays in by_client.items():
        for cluster in _at_once(stays):
            yield from _too_many_workers(client_id, cluster, rulebook)


def _at_once(stays: list[_Stay]) -> Iterator[list[_There]]:
    """Put together what hangs together in time. Minutes are cut only for those whose stamps touch: nearly all stand alone."""
    stays.sort(key=itemgetter(0))
    for near in _clusters(stays):
        yield from _clusters(sorted(_stretches(near), key=itemgetter(0, 1, 2)))


def _stretches(stays: Iterable[_Stay]) -> list[_There]:
    return [
        _There(to_minute(arrived_at), to_minute(departed_at), stay.attendance_id, stay, visit)
        for arrived_at, departed_at, stay, visit in stays
        if attendance_minutes(stay)
    ]


def _expected(there: _There, rulebook: Rulebook) -> tuple[str, int]:
    """The errand somebody is on, and how many workers it takes. A plan expects its workers together; without one, an alarm
    expects each who came, and else nobody is."""
    visit, stay = there.visit, there.stay
    if visit.planned is not None and visit.planned.cancelled_by is None:
        return visit.visit_id, visit.planned.workers_needed
    return stay.attendance_id, int(stay.kind in rulebook.policies_at(visit.stands_at).alarm_kinds)


def _clusters(in_order: Sequence[Stretch]) -> Iterator[list[Stretch]]:
    """Put together what hangs together in time, from the first field to the second; what stands alone is left out."""
    if not in_order:
        return
    cluster, ends_at = [in_order[0]], in_order[0][1]
    for each in in_order[1:]:
        if each[0] < ends_at:
            cluster.append(each)
            ends_at = max(ends_at, each[1])
            continue
        if len(cluster) > 1:
            yield cluster
        cluster, ends_at = [each], each[1]
    if len(cluster) > 1:
        yield cluster


def _two_visits_at_once(worker_id: WorkerId, cluster: Sequence[_There]) -> Iterator[FoundException]:
    for this, that in combinations(cluster, 2):
        starts_at, ends_at = max(this.starts_at, that.starts_at), min(this.ends_at, that.ends_at)
        if starts_at < ends_at and this.stay.visit_id != that.stay.visit_id:
            minutes = minutes_between(starts_at, ends_at)
            yield _found(
                ExceptionCode.OVERLAP_WORKER, "worker", worker_id, [this, that], minutes=minutes, since=starts_at
            )


def _too_many_workers(client_id: ClientId, cluster: Sequence[_There], rulebook: Rulebook) -> Iterator[FoundException]:
    """One exception for all that hangs together, with the worker-minutes beyond what was expected."""
    errands = dict(_expected(there, rulebook) for there in cluster)
    if len(errands) == 1 and len(cluster) <= sum(errands.values()):
        return
    involved: list[_There] = []
    crowded: list[tuple[datetime, int]] = []
    for starts_at, ends_at in pairwise(sorted({end for there in cluster for end in there[:2]})):
        present = [there for there in cluster if there.starts_at <= starts_at < there.ends_at]
        expected = sum(dict(_expected(there, rulebook) for there in present).values())
        excess = len({there.stay.worker_id for there in present}) - max(1, expected)
        if excess > 0:
            involved += present
            crowded.append((starts_at, excess * minutes_between(starts_at, ends_at)))
    if crowded:
        minutes, since = sum(length for _, length in crowded), crowded[0][0]
        yield _found(ExceptionCode.OVERLAP_CLIENT, "client", client_id, involved, minutes=minutes, since=since)


def _found(
    code: ExceptionCode, kind: str, subject_id: str, involved: Iterable[_There], *, minutes: int, since: datetime
) -> FoundException:
    stays = [there.stay for there in involved]
    return FoundException(
        code=code,
        subject_kind=kind,
        subject_id=subject_id,
        fact_ids=tuple(sorted({fact_id for stay in stays for fact_id in causes(stay)})),
        visit_ids=tuple(sorted({stay.visit_id for stay in stays})),
        minutes=minutes,
        since=since,
    )
