"""Was the worker allowed to, and does what was read at the door prove what it should?"""

from collections.abc import Collection, Iterator
from datetime import datetime

from domain.detectors.found import FoundException, VisitCase, causes, service_causes
from domain.exception_catalogue import ExceptionCode
from domain.facts import Attendance, ServiceRegistered
from domain.organisation.values import ServiceCategory
from domain.performed_time import visit_performed_time
from domain.presence import attendance_minutes, clients_of


def missing_delegations(cases: Collection[VisitCase]) -> Iterator[FoundException]:
    """DELEGATION_MISSING: a health task was done by somebody without a delegation of it at that moment, and without a
    title that needs none. An unknown worker is another exception."""
    for case in cases:
        health_tasks = case.context.health_tasks
        for service in case.visit.services if health_tasks else ():
            if service.service_code in health_tasks and service.performed and not _may_do(case, service):
                rows = visit_performed_time(case.visit, context=case.context, rulebook=case.rulebook)
                minutes = sum(row.staff_minutes for row in rows if row.service_code == service.service_code)
                fact_ids = service_causes(service)
                yield case.found(ExceptionCode.DELEGATION_MISSING, fact_ids, minutes=minutes, since=service.at)


def unknown_tags(cases: Collection[VisitCase]) -> Iterator[FoundException]:
    """TAG_UNKNOWN: the tag that was read is at none of the visited clients' homes that day. It is looked at only where
    the ledger knows tags: of one of these clients, or this tag as somebody's [A]."""
    for case in cases:
        for stay in case.visit.attendances:
            is_read = stay.arrival_tag_id or stay.departure_tag_id
            if is_read and any(_is_wrong(case, stay, tag_id, at) for tag_id, at in _tags_read(stay)):
                minutes, since = attendance_minutes(stay), stay.starts_at
                yield case.found(ExceptionCode.TAG_UNKNOWN, causes(stay), minutes=minutes, since=since)


def _may_do(case: VisitCase, service: ServiceRegistered) -> bool:
    context, day = case.context, case.day(service.at)
    defined = context.service(service.service_code, day)
    if defined is None or defined.category != ServiceCategory.HEALTH or not context.knows_worker(service.worker_id):
        return True
    return context.may_do_health_task(service.worker_id, service.service_code, day)


def _tags_read(stay: Attendance) -> Iterator[tuple[str, datetime]]:
    if stay.arrived_at is not None and stay.arrival_tag_id:
        yield stay.arrival_tag_id, stay.arrived_at
    if stay.departed_at is not None and stay.departure_tag_id:
        yield stay.departure_tag_id, stay.departed_at


def _is_wrong(case: VisitCase, stay: Attendance, tag_id: str, at: datetime) -> bool:
    client_ids = clients_of(case.visit, stay)
    is_known = tag_id in case.context.tags or not case.context.tagged.isdisjoint(client_ids)
    return is_known and not any(case.context.has_tag(client_id, tag_id, case.day(at)) for client_id in client_ids)
