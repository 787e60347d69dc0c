"""Is there a rulebook for the visit's day?"""

from collections.abc import Iterator

from domain.detectors.found import FoundException, VisitCase, causes, service_causes
from domain.exception_catalogue import ExceptionCode


def missing_rules(case: VisitCase) -> Iterator[FoundException]:
    """RULEBOOK_MISSING: something was registered on a day that no edition holds on. It is computed with every policy at its
    default, and not paid until an edition for that day is adopted.
    """
    visit = case.visit
    at = [end for stay in visit.attendances for end in (stay.arrived_at, stay.departed_at) if end is not None]
    at += [service.at for service in visit.services]
    at += [failure.at for failure in visit.failures]
    if not at or min(at).date() > case.rulebook.unbroken_from:  # a local day may be one earlier than UTC's
        return
    without_rules = [end for end in at if not case.rulebook.holds_on(case.day(end))]
    if without_rules:
        fact_ids = [fact_id for stay in visit.attendances for fact_id in causes(stay)]
        fact_ids += [fact_id for service in visit.services for fact_id in service_causes(service)]
        fact_ids += [failure.fact_id for failure in visit.failures]
        yield case.found(ExceptionCode.RULEBOOK_MISSING, fact_ids, minutes=case.staff_minutes, since=min(without_rules))
