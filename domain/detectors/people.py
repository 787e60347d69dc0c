"""Who was there, and may that be?"""

from collections.abc import Iterator, Sequence
from datetime import datetime

from domain.detectors.found import FoundException, VisitCase, causes, plan_cause
from domain.exception_catalogue import ExceptionCode
from domain.facts import Attendance, PlannedVisit, ServiceRegistered, VisitFacts, VisitFailed
from domain.ids import ClientId, FactId
from domain.presence import attendance_minutes, clients_of

Naming = PlannedVisit | Attendance | ServiceRegistered | VisitFailed


def unknown_clients(case: VisitCase) -> Iterator[FoundException]:
    """CLIENT_UNKNOWN: the ledger does not know a client, or an attendance names none."""
    known = case.context.known_clients
    fact_ids = [_naming(fact) for client_ids, fact in _named_clients(case.visit) if not known.issuperset(client_ids)]
    if fact_ids:
        yield case.found(ExceptionCode.CLIENT_UNKNOWN, fact_ids, minutes=case.staff_minutes, since=_since(case.visit))


def unknown_workers(case: VisitCase) -> Iterator[FoundException]:
    """WORKER_UNKNOWN: the ledger does not know a worker."""
    visit, known = case.visit, case.context.known_workers
    fact_ids = [stay.attendance_id for stay in visit.attendances if stay.worker_id not in known]
    fact_ids += [service.fact_id for service in visit.services if service.worker_id not in known]
    fact_ids += [failure.fact_id for failure in visit.failures if failure.worker_id not in known]
    if fact_ids:
        yield case.found(ExceptionCode.WORKER_UNKNOWN, fact_ids, minutes=case.staff_minutes, since=_since(case.visit))


def absent_people(case: VisitCase) -> Iterator[FoundException]:
    """CLIENT_ABSENT and WORKER_ABSENT: somebody was away, or dead, when the visit was registered ([A]; it is accepted)."""
    if not case.context.absences:
        return
    for stay in case.visit.attendances:
        if any(case.context.absence("client", client_id, stay.starts_at) for client_id in stay.client_ids):
            yield _of_stay(case, ExceptionCode.CLIENT_ABSENT, stay)
        if case.context.absence("worker", stay.worker_id, stay.starts_at):
            yield _of_stay(case, ExceptionCode.WORKER_ABSENT, stay)


def other_workers(case: VisitCase) -> Iterator[FoundException]:
    """OTHER_WORKER: not one of those assigned. A visit that nobody was assigned to is open to all."""
    assigned = case.plan.worker_ids if case.plan else ()
    for stay in case.visit.attendances if assigned else ():
        if stay.worker_id not in assigned:
            yield _of_stay(case, ExceptionCode.OTHER_WORKER, stay)


def unplanned(case: VisitCase) -> Iterator[FoundException]:
    """UNPLANNED: something is registered where no plan stands. An alarm is unplanned by nature [S:KUNDTID]."""
    visit = case.visit
    if case.plan is not None:
        return
    stays = [stay for stay in visit.attendances if stay.kind not in case.policies.alarm_kinds]
    fact_ids = [fact_id for stay in stays for fact_id in causes(stay)]
    if not visit.attendances:
        fact_ids = [fact.fact_id for fact in _outcomes(visit)]
    if fact_ids:
        yield case.found(ExceptionCode.UNPLANNED, fact_ids, minutes=case.staff_minutes, since=_since(visit))


def _of_stay(case: VisitCase, code: ExceptionCode, stay: Attendance) -> FoundException:
    return case.found(code, causes(stay), minutes=attendance_minutes(stay), since=stay.starts_at)


def _named_clients(visit: VisitFacts) -> Iterator[tuple[Sequence[ClientId], Naming]]:
    """The clients that each fact of the visit names."""
    if visit.planned is not None:
        yield visit.planned.client_ids, visit.planned
    for stay in visit.attendances:
        yield stay.client_ids or clients_of(visit, stay), stay
    for service in visit.services:
        if service.client_id is not None:
            yield (service.client_id,), service
    for failure in visit.failures:
        yield failure.client_ids, failure


def _naming(fact: Naming) -> FactId:
    """The id of a fact that names somebody."""
    match fact:
        case PlannedVisit():
            return plan_cause(fact)
        case Attendance():
            return fact.attendance_id
        case ServiceRegistered() | VisitFailed():
            return fact.fact_id


def _outcomes(visit: VisitFacts) -> tuple[ServiceRegistered | VisitFailed, ...]:
    return (*visit.services, *visit.failures)


def _since(visit: VisitFacts) -> datetime | None:
    """When the visit began, by what was registered, else by the plan."""
    registered = [stay.starts_at for stay in visit.attendances] or [fact.at for fact in _outcomes(visit)]
    return min(registered, default=visit.planned.starts_at if visit.planned else None)
