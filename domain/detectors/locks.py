"""Does it concern a month that is closed?"""

from collections.abc import Iterable, Iterator

from domain.context import Context
from domain.detectors.found import FoundException, VisitCase, case_of, causes
from domain.exception_catalogue import ExceptionCode
from domain.facts import VisitFacts
from domain.ids import ClientId, UnitId
from domain.local_time import month_of
from domain.period.facts import PeriodClosing
from domain.presence import attendance_minutes, clients_of
from domain.rulebook.rulebook import Rulebook


def late_for_lock(
    visits: Iterable[VisitFacts], closings: Iterable[PeriodClosing], *, context: Context, rulebook: Rulebook
) -> Iterator[FoundException]:
    """AFTER_LOCK: an attendance of a closed month was registered or corrected after the closing. The position alone
    decides, so nobody has to be kept from writing while a month is closed."""
    periods = [closing for closing in closings if closing.is_closed]
    for visit in visits if periods else ():
        case = case_of(visit, context, rulebook)
        for stay in visit.attendances:
            month = str(month_of(case.day(stay.starts_at)))
            locked = [each for each in periods if each.month == month and each.position < stay.position]
            if any(_concerns(case, client_id, each) for each in locked for client_id in clients_of(visit, stay)):
                yield case.found(
                    ExceptionCode.AFTER_LOCK, causes(stay), minutes=attendance_minutes(stay), since=stay.starts_at
                )


def _concerns(case: VisitCase, client_id: ClientId, closing: PeriodClosing) -> bool:
    """Whether the client's help of that day is the unit's or the provider's to account for."""
    visit, context = case.visit, case.context
    stands_at = visit.stands_at
    assert stands_at is not None, "a visit with an attendance stands in time"
    day = case.day(stands_at)
    planned = visit.planned.unit_id if visit.planned else ""
    unit_id = context.client_unit(client_id, day) or UnitId(planned)
    provider_id = context.provider_of(unit_id) or context.ordered_provider(client_id, day)
    return closing.accountable_id in {unit_id, provider_id}
