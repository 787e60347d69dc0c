"""Was the worker allowed to, and does what was read at the door prove what it should?"""

from collections.abc import Iterator
from datetime import datetime

from domain.detectors.found import FoundException, VisitCase, causes, service_causes
from domain.exception_catalogue import ExceptionCode
from domain.facts import Attendance
from domain.organisation.values import ServiceCategory
from domain.performed_time import visit_performed_time
from domain.presence import attendance_minutes, clients_of


def missing_delegations(case: VisitCase) -> Iterator[FoundException]:
    """DELEGATION_MISSING: a health task was done by somebody without a delegation of it at that moment, and without a
    title that needs none. An unknown worker is another exception."""
    for service in case.visit.services:
        day = case.day(service.at)
        defined = case.context.service(service.service_code, day)
        if not service.performed or defined is None or defined.category != ServiceCategory.HEALTH:
            continue
        if not case.context.knows_worker(service.worker_id):
            continue
        if not case.context.may_do_health_task(service.worker_id, service.service_code, day):
            rows = visit_performed_time(case.visit, context=case.context, rulebook=case.rulebook)
            minutes = sum(row.staff_minutes for row in rows if row.service_code == service.service_code)
            yield case.found(
                ExceptionCode.DELEGATION_MISSING, service_causes(service), minutes=minutes, since=service.at
            )


def unknown_tags(case: VisitCase) -> Iterator[FoundException]:
    """TAG_UNKNOWN: the tag that was read is at none of the visited clients' homes that day. It is looked at only where
    the ledger knows tags: of one of these clients, or this tag as somebody's [A]."""
    for stay in case.visit.attendances:
        if any(_is_wrong(case, stay, tag_id, at) for tag_id, at in _tags_read(stay)):
            yield case.found(
                ExceptionCode.TAG_UNKNOWN, causes(stay), minutes=attendance_minutes(stay), since=stay.starts_at
            )


def _tags_read(stay: Attendance) -> Iterator[tuple[str, datetime]]:
    if stay.arrived_at is not None and stay.arrival_tag_id:
        yield stay.arrival_tag_id, stay.arrived_at
    if stay.departed_at is not None and stay.departure_tag_id:
        yield stay.departure_tag_id, stay.departed_at


def _is_wrong(case: VisitCase, stay: Attendance, tag_id: str, at: datetime) -> bool:
    client_ids = clients_of(case.visit, stay)
    is_known = tag_id in case.context.tags or not case.context.tagged.isdisjoint(client_ids)
    return is_known and not any(case.context.has_tag(client_id, tag_id, case.day(at)) for client_id in client_ids)
