"""Was a service given, and is it one that was ordered?"""

from collections.abc import Collection, Iterable, Iterator
from datetime import date

from domain.detectors.found import FoundException, VisitCase, causes, service_causes
from domain.exception_catalogue import ExceptionCode
from domain.facts import ServiceRegistered
from domain.ids import ClientId
from domain.organisation.values import UnitKind
from domain.performed_time import visit_performed_time
from domain.presence import uncounted
from domain.rulebook.rulebook import About


def missing_services(cases: Collection[VisitCase]) -> Iterator[FoundException]:
    """SERVICE_MISSING: the visit is over and no service is given; it is not paid [S:INTRA16].

    A declined service has an outcome too, and where the visit failed there was none to give. An alarm says itself what it was.
    """
    for case in cases:
        visit = case.visit
        if visit.services:
            continue
        stays = [stay for stay in visit.attendances if stay.kind not in case.policies.alarm_kinds]
        departures = [stay.departed_at for stay in stays if stay.departed_at is not None]
        is_over = len(departures) == len(stays)
        if is_over and any(uncounted(visit, stay) is None for stay in stays):
            fact_ids = [fact_id for stay in stays for fact_id in causes(stay)]
            minutes, since = case.staff_minutes, max(departures)
            yield case.found(ExceptionCode.SERVICE_MISSING, fact_ids, minutes=minutes, since=since)


def unordered_services(cases: Collection[VisitCase]) -> Iterator[FoundException]:
    """SERVICE_CODE_UNKNOWN: not in the catalogue of its day. SERVICE_NOT_ORDERED: in no order that holds on its day.

    No order is needed for an alarm, nor for a visit of a region: home instruction is given without assessment [S:SEED0].
    """
    for case in cases:
        context = case.context
        for service in case.visit.services:
            if not service.performed:
                continue
            day, client_id = case.day(service.at), service.client_id
            if context.service(service.service_code, day) is None:
                yield _of_service(case, ExceptionCode.SERVICE_CODE_UNKNOWN, service)
            elif client_id is not None and context.has_ordered(client_id, service.service_code, day):
                continue
            elif not _is_ordered(case, service, day):
                yield _of_service(case, ExceptionCode.SERVICE_NOT_ORDERED, service)


def _is_ordered(case: VisitCase, service: ServiceRegistered, day: date) -> bool:
    """A service for a household is ordered when one of its clients has it. An unknown client is another exception."""
    context = case.context
    clients = [client_id for client_id in _clients(case, service) if context.knows_client(client_id)]
    if any(context.has_ordered(client_id, service.service_code, day) for client_id in clients):
        return True
    if not clients or _needs_no_order(case) or not _asks_for_order(case, service):
        return True
    # What a care manager lets be paid without an order needs no order to be fixed ([A] rules.md 5.5).
    return any(each.is_extra and each.client_id in clients for each in case.visit.excess)


def _clients(case: VisitCase, service: ServiceRegistered) -> Iterable[ClientId]:
    if service.client_id is not None:
        return (service.client_id,)
    return {client_id for stay in case.visit.attendances for client_id in stay.client_ids}


def _asks_for_order(case: VisitCase, service: ServiceRegistered) -> bool:
    """Whether the rulebook wants an order, or a care manager's word, before the service is paid. What a client buys
    privately is never ordered [S:KUNDTID]."""
    edition, day = case.rulebook.at(service.at), case.day(service.at)
    defined = case.context.service(service.service_code, day)
    about = About(service.service_code, defined.category if defined else "", defined.legal_basis if defined else "")
    policies = edition.policies_for(about)
    return policies.order_required and policies.extra_needs_approval and policies.client_time


def _needs_no_order(case: VisitCase) -> bool:
    visit = case.visit
    if any(stay.kind in case.policies.alarm_kinds for stay in visit.attendances):
        return True
    unit = case.context.units.get(visit.planned.unit_id) if visit.planned else None
    return unit is not None and unit.kind == UnitKind.REGION


def _of_service(case: VisitCase, code: ExceptionCode, service: ServiceRegistered) -> FoundException:
    """What is at stake is the time that was given to the service."""
    rows = visit_performed_time(case.visit, context=case.context, rulebook=case.rulebook)
    minutes = sum(row.staff_minutes for row in rows if row.service_code == service.service_code)
    return case.found(code, service_causes(service), minutes=minutes, since=service.at)
