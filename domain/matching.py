"""Which planned visit was it? For registrations that name none, as a file from another system brings them.

A registration is matched by its client, then by its worker, then by the nearest start. One registration takes one worker's
place in one visit. What stays unmatched is UNPLANNED, and an office decision can change any match.
"""

from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from enum import StrEnum

import msgspec

from domain.facts import PlannedVisit
from domain.ids import ClientId, VisitId, WorkerId
from domain.local_time import minutes_between
from domain.rulebook.rulebook import Rulebook
from domain.values import VisitKind

SECONDS_IN_MINUTE = 60


class Registration(msgspec.Struct, frozen=True, kw_only=True):
    """What a registration says of itself."""

    registration_key: str
    client_ids: tuple[ClientId, ...]
    worker_id: WorkerId
    starts_at: datetime
    kind: VisitKind = VisitKind.PLANNED


class MatchReason(StrEnum):
    """Why a registration is that visit, or none."""

    CLIENT_AND_WORKER = "client_and_worker"
    """The client's visit that this worker is assigned to; of several the nearest in time."""
    CLIENT = "client"
    """The client's visit nearest in time, made by another worker than the assigned."""
    ALARM = "alarm"
    """An alarm is unplanned by nature."""
    NO_VISIT_OF_CLIENT = "no_visit_of_client"
    TOO_FAR_IN_TIME = "too_far_in_time"
    """The client has visits, and none starts within the limit."""
    TAKEN = "taken"
    """Others stand nearer to every visit that it could have been."""


class Match(msgspec.Struct, frozen=True):
    """What a registration was found to be. `minutes_apart` is its start minus the planned start."""

    registration_key: str
    visit_id: VisitId | None
    reason: MatchReason
    minutes_apart: int | None = None


class _Pair(msgspec.Struct, frozen=True, order=True):
    """A registration and a visit that it could be, in order of how well they fit; the keys only make the order total."""

    is_other_worker: bool
    seconds_apart: int
    registration_key: str
    visit_id: VisitId
    worker_id: WorkerId


Plans = Mapping[ClientId, Sequence[PlannedVisit]]


def match(registrations: Sequence[Registration], planned: Iterable[PlannedVisit], rulebook: Rulebook) -> list[Match]:
    """Match what fits, the best pair first. The answer is in the registrations' order and does not depend on it."""
    plans = {plan.visit_id: plan for plan in planned if plan.cancelled_by is None}
    by_client: defaultdict[ClientId, list[PlannedVisit]] = defaultdict(list)
    for plan in plans.values():
        for client_id in plan.client_ids:
            by_client[client_id].append(plan)
    pairs = [pair for each in registrations for pair in _pairs(each, by_client, rulebook)]
    taken = _take(sorted(pairs), plans)
    could_be = {pair.registration_key for pair in pairs}
    return [
        _matched(each, plans[pair.visit_id], pair)
        if (pair := taken.get(each.registration_key))
        else _unmatched(each, by_client, could_be, rulebook)
        for each in registrations
    ]


def _pairs(registration: Registration, by_client: Plans, rulebook: Rulebook) -> Iterator[_Pair]:
    """The client's visits that start within the limit."""
    if registration.kind in rulebook.policies_at(registration.starts_at).alarm_kinds:
        return
    for plan in _of_clients(registration, by_client):
        seconds = abs(round((registration.starts_at - plan.starts_at).total_seconds()))
        if seconds <= SECONDS_IN_MINUTE * rulebook.policies_at(registration.starts_at).match_limit_minutes:
            is_other = registration.worker_id not in plan.worker_ids
            yield _Pair(is_other, seconds, registration.registration_key, plan.visit_id, registration.worker_id)


def _of_clients(registration: Registration, by_client: Plans) -> Iterable[PlannedVisit]:
    plans = [plan for client_id in registration.client_ids for plan in by_client.get(client_id, ())]
    return {plan.visit_id: plan for plan in plans}.values()


def _take(pairs: Iterable[_Pair], plans: Mapping[VisitId, PlannedVisit]) -> dict[str, _Pair]:
    """Give each registration the best visit that still has a place. A visit has one for each worker it needs, and a
    worker takes one."""
    taken: dict[str, _Pair] = {}
    workers: defaultdict[VisitId, set[WorkerId]] = defaultdict(set)
    for pair in pairs:
        plan, there = plans[pair.visit_id], workers[pair.visit_id]
        has_place = len(there) < max(1, plan.workers_needed, len(plan.worker_ids))
        if pair.registration_key not in taken and has_place and pair.worker_id not in there:
            taken[pair.registration_key] = pair
            there.add(pair.worker_id)
    return taken


def _matched(registration: Registration, plan: PlannedVisit, pair: _Pair) -> Match:
    reason = MatchReason.CLIENT if pair.is_other_worker else MatchReason.CLIENT_AND_WORKER
    apart = minutes_between(plan.starts_at, registration.starts_at)
    return Match(registration.registration_key, plan.visit_id, reason, apart)


def _unmatched(registration: Registration, by_client: Plans, could_be: Container[str], rulebook: Rulebook) -> Match:
    key = registration.registration_key
    if registration.kind in rulebook.policies_at(registration.starts_at).alarm_kinds:
        return Match(key, None, MatchReason.ALARM)
    apart = [minutes_between(plan.starts_at, registration.starts_at) for plan in _of_clients(registration, by_client)]
    nearest = min(apart, key=lambda minutes: (abs(minutes), minutes), default=None)
    if key in could_be:
        return Match(key, None, MatchReason.TAKEN, nearest)
    if not apart:
        return Match(key, None, MatchReason.NO_VISIT_OF_CLIENT)
    return Match(key, None, MatchReason.TOO_FAR_IN_TIME, nearest)
