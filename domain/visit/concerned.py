"""Whom a visit concerns, and on which days."""

from collections.abc import Collection, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import assert_never

from domain.facts import Attendance, Fact, PlannedVisit, ServiceRegistered, VisitFacts, VisitFailed
from domain.ids import ClientId, VisitId, WorkerId
from domain.presence import NOBODY, STAY_MAX
from domain.visit.entries import Arrival, AttendanceFix, Departure, Failure, ServiceFix, ServiceOutcome
from domain.visit.events import ServiceValues
from domain.visit.history import VisitHistory

ONE_DAY = timedelta(days=1)


class ClientVisit(Fact, frozen=True):
    """That something of a visit is told of a client on a day: how a client's visits are found among all others."""

    KEY = ("visit_id", "client_id", "day")
    visit_id: VisitId
    client_id: ClientId
    """Empty where nobody is named."""
    day: date
    """UTC, since which local day it is depends on the rulebook."""


def client_visits(
    visit_id: VisitId,
    plans: Sequence[PlannedVisit],
    stays: Sequence[Attendance],
    services: Sequence[ServiceRegistered],
    failures: Sequence[VisitFailed],
) -> tuple[ClientVisit, ...]:
    """A fact for each client that a visit's facts name and each UTC day on which anything of it is told."""
    return told_of(visit_id, *whom_and_when(plans, stays, services, failures))


def whom_and_when(
    plans: Sequence[PlannedVisit],
    stays: Sequence[Attendance],
    services: Sequence[ServiceRegistered],
    failures: Sequence[VisitFailed],
) -> tuple[set[ClientId], set[date]]:
    """The clients that a visit's facts name, and the UTC days on which anything of it is told."""
    return _named(plans, stays, services, failures), _days(plans, stays, services, failures)


def told_of(visit_id: VisitId, client_ids: Collection[ClientId], days: Collection[date]) -> tuple[ClientVisit, ...]:
    """A fact for each of these clients and days."""
    ordered = sorted(days)
    return tuple([ClientVisit(visit_id, client_id, day) for client_id in sorted(client_ids) for day in ordered])


def concerned(visit: VisitFacts) -> set[ClientId]:
    """The clients that plan, stays, services or failures name; NOBODY where a stay, or the visit, names none."""
    plans = () if visit.planned is None else (visit.planned,)
    return _named(plans, visit.attendances, visit.services, visit.failures)


def ever_named(history: VisitHistory) -> set[ClientId]:
    """The clients that the plan, or anything that was ever said of the visit, names: also what a correction took back."""
    named = set(history.plan.client_ids) if history.plan else set[ClientId]()
    for entry in history.entries:
        match entry:
            case Arrival(client_ids=client_ids) | Failure(client_ids=client_ids):
                named.update(client_ids)
            case AttendanceFix(becomes=becomes):
                named.update(becomes.client_ids)
            case ServiceOutcome(client_id=client_id) | ServiceFix(becomes=ServiceValues(client_id=client_id)):
                named.update((client_id,) if client_id else ())
            case Departure():
                pass
            case _:
                assert_never(entry)
    return named


def is_placed(visit: VisitFacts, *, worker_id: str | None, unit_id: str | None) -> bool:
    """Whether any one fact puts the visit to the worker and the unit, as reports find visits; None: no matter which. What is
    told of a service or a failure names no unit."""
    named: list[tuple[Sequence[str], str | None]] = [((stay.worker_id,), stay.unit_id) for stay in visit.attendances]
    named += [((service.worker_id,), None) for service in visit.services]
    named += [((failure.worker_id,), None) for failure in visit.failures]
    if visit.planned is not None:
        named.append((visit.planned.worker_ids, visit.planned.unit_id))
    return any((worker_id is None or worker_id in workers) and unit_id in (None, unit) for workers, unit in named)


def workers_named(visit: VisitFacts) -> set[WorkerId]:
    """The workers that plan, stays, services or failures name."""
    workers = {stay.worker_id for stay in visit.attendances}
    workers.update([service.worker_id for service in visit.services])
    workers.update([failure.worker_id for failure in visit.failures])
    if visit.planned is not None:
        workers.update(visit.planned.worker_ids)
    return workers


def _named(
    plans: Sequence[PlannedVisit],
    stays: Sequence[Attendance],
    services: Sequence[ServiceRegistered],
    failures: Sequence[VisitFailed],
) -> set[ClientId]:
    served = {service.client_id for service in services if service.client_id}
    clients = set(served)
    for plan in plans:
        clients.update(plan.client_ids)
    for stay in stays:
        clients.update(stay.client_ids or served or (NOBODY,))
    for failure in failures:
        clients.update(failure.client_ids)
    return clients or {NOBODY}


def _days(
    plans: Sequence[PlannedVisit],
    stays: Sequence[Attendance],
    services: Sequence[ServiceRegistered],
    failures: Sequence[VisitFailed],
) -> set[date]:
    days: set[date] = set()
    for service in services:
        days.add(service.at.astimezone(UTC).date())
    for failure in failures:
        days.add(failure.at.astimezone(UTC).date())
    for plan in plans:
        days.update(_from_to(plan.starts_at, plan.ends_at))
    for stay in stays:
        starts_at = stay.starts_at
        days.update(_from_to(starts_at, stay.departed_at or starts_at))
    return days


def _from_to(starts_at: datetime, ends_at: datetime) -> Sequence[date]:
    """The days of a stretch. Of one that cannot be true, since it is too long or ends before it begins, both ends."""
    first_on, last_on = starts_at.astimezone(UTC).date(), ends_at.astimezone(UTC).date()
    if first_on == last_on:
        return (first_on,)
    length = last_on - first_on
    between = range(1, length.days) if length <= STAY_MAX + ONE_DAY else ()
    return (first_on, *(first_on + timedelta(days=number) for number in between), last_on)
