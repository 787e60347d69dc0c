"""Who was there, and may that be?"""

from collections.abc import Collection, Iterator
from datetime import datetime

from domain.detectors.found import FoundException, VisitCase, causes, plan_cause
from domain.exception_catalogue import ExceptionCode
from domain.facts import Attendance, ServiceRegistered, VisitFacts, VisitFailed
from domain.ids import FactId
from domain.presence import attendance_minutes, clients_of


def unknown_clients(cases: Collection[VisitCase]) -> Iterator[FoundException]:
    """CLIENT_UNKNOWN: the ledger does not know a client, or an attendance names none."""
    for case in cases:
        fact_ids = _naming_strangers(case.visit, case.context.known_clients)
        if fact_ids:
            yield _of_visit(case, ExceptionCode.CLIENT_UNKNOWN, fact_ids)


def unknown_workers(cases: Collection[VisitCase]) -> Iterator[FoundException]:
    """WORKER_UNKNOWN: the ledger does not know a worker."""
    for case in cases:
        visit, known = case.visit, case.context.known_workers
        fact_ids = [stay.attendance_id for stay in visit.attendances if stay.worker_id not in known]
        fact_ids += [outcome.fact_id for outcome in _outcomes(visit) if outcome.worker_id not in known]
        if fact_ids:
            yield _of_visit(case, ExceptionCode.WORKER_UNKNOWN, fact_ids)


def absent_people(cases: Collection[VisitCase]) -> Iterator[FoundException]:
    """CLIENT_ABSENT and WORKER_ABSENT: somebody was away, or dead, when the visit was registered ([A]; it is accepted)."""
    for case in cases:
        for stay in case.visit.attendances if case.context.absences else ():
            if any(case.context.absence("client", client_id, stay.starts_at) for client_id in stay.client_ids):
                yield _of_stay(case, ExceptionCode.CLIENT_ABSENT, stay)
            if case.context.absence("worker", stay.worker_id, stay.starts_at):
                yield _of_stay(case, ExceptionCode.WORKER_ABSENT, stay)


def other_workers(cases: Collection[VisitCase]) -> Iterator[FoundException]:
    """OTHER_WORKER: not one of those assigned. A visit that nobody was assigned to is open to all."""
    for case in cases:
        assigned = case.plan.worker_ids if case.plan else ()
        for stay in case.visit.attendances if assigned else ():
            if stay.worker_id not in assigned:
                yield _of_stay(case, ExceptionCode.OTHER_WORKER, stay)


def unplanned(cases: Collection[VisitCase]) -> Iterator[FoundException]:
    """UNPLANNED: something is registered where no plan stands. An alarm is unplanned by nature [S:KUNDTID]."""
    for case in cases:
        if case.plan is not None:
            continue
        visit = case.visit
        stays = [stay for stay in visit.attendances if stay.kind not in case.policies.alarm_kinds]
        fact_ids = [fact_id for stay in stays for fact_id in causes(stay)]
        if not visit.attendances:
            fact_ids = [fact.fact_id for fact in _outcomes(visit)]
        if fact_ids:
            yield _of_visit(case, ExceptionCode.UNPLANNED, fact_ids)


def _of_visit(case: VisitCase, code: ExceptionCode, fact_ids: Collection[FactId]) -> FoundException:
    return case.found(code, fact_ids, minutes=case.staff_minutes, since=_since(case.visit))


def _of_stay(case: VisitCase, code: ExceptionCode, stay: Attendance) -> FoundException:
    return case.found(code, causes(stay), minutes=attendance_minutes(stay), since=stay.starts_at)


def _naming_strangers(visit: VisitFacts, known: frozenset[str]) -> list[FactId]:
    """The facts that name a client who is not known, or that nobody says the client of."""
    plan = visit.planned
    found = [plan_cause(plan)] if plan is not None and not known.issuperset(plan.client_ids) else []
    for stay in visit.attendances:
        if not known.issuperset(stay.client_ids or clients_of(visit, stay)):
            found.append(stay.attendance_id)
    for service in visit.services:
        if service.client_id not in known and service.client_id is not None:
            found.append(service.fact_id)
    for failure in visit.failures:
        if not known.issuperset(failure.client_ids):
            found.append(failure.fact_id)
    return found


def _outcomes(visit: VisitFacts) -> tuple[ServiceRegistered | VisitFailed, ...]:
    return (*visit.services, *visit.failures) if visit.failures else visit.services


def _since(visit: VisitFacts) -> datetime | None:
    """When the visit began, by what was registered, else by the plan."""
    registered = [stay.starts_at for stay in visit.attendances] or [fact.at for fact in _outcomes(visit)]
    return min(registered, default=visit.planned.starts_at if visit.planned else None)
