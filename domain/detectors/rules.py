"""Is there a rulebook for the visit's day?"""

from collections.abc import Collection, Iterator
from datetime import datetime

from domain.detectors.found import FoundException, VisitCase, causes, service_causes
from domain.exception_catalogue import ExceptionCode
from domain.facts import VisitFacts


def missing_rules(cases: Collection[VisitCase]) -> Iterator[FoundException]:
    """RULEBOOK_MISSING: something was registered on a day that no edition holds on. It is computed with every policy at its
    default, and not paid until an edition for that day is adopted.
    """
    for case in cases:
        visit = case.visit
        if not _has_any_until(visit, case.rulebook.unbroken_after):
            continue
        without_rules = [at for at in _registered_at(visit) if not case.rulebook.holds_on(case.day(at))]
        if without_rules:
            fact_ids = [fact_id for stay in visit.attendances for fact_id in causes(stay)]
            fact_ids += [fact_id for service in visit.services for fact_id in service_causes(service)]
            fact_ids += [failure.fact_id for failure in visit.failures]
            minutes, since = case.staff_minutes, min(without_rules)
            yield case.found(ExceptionCode.RULEBOOK_MISSING, fact_ids, minutes=minutes, since=since)


def _has_any_until(visit: VisitFacts, last_at: datetime) -> bool:
    """Whether anything was registered at that instant or before: hardly ever, so nothing is put together to tell."""
    for stay in visit.attendances:
        arrived_at, departed_at = stay.arrived_at, stay.departed_at
        if (arrived_at is not None and arrived_at <= last_at) or (departed_at is not None and departed_at <= last_at):
            return True
    for service in visit.services:
        if service.at <= last_at:
            return True
    return any(failure.at <= last_at for failure in visit.failures) if visit.failures else False


def _registered_at(visit: VisitFacts) -> Iterator[datetime]:
    for stay in visit.attendances:
        yield from (end for end in (stay.arrived_at, stay.departed_at) if end is not None)
    yield from (service.at for service in visit.services)
    yield from (failure.at for failure in visit.failures)
