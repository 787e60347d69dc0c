"""Months that are closed: who may still decide about a visit that stands in one (rules.md 6.2, 6.3).

Facts from phones are never asked: they are late, or an adjustment. Worker and coordinator decide until the month is closed;
after that only the municipality, and what it decides becomes an adjustment in a later month.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime

from domain.client.aggregate import Client
from domain.command import Guard, Look
from domain.ids import ClientId, UnitId, VisitId
from domain.local_time import local_day, month_of
from domain.office.rules import zone_of
from domain.organisation.aggregate import ORGANISATION_ID, Organisation
from domain.period.aggregate import Period
from domain.period.errors import PeriodClosedError
from domain.period.history import PeriodHistory
from domain.period.standing import client_days
from domain.period.values import period_id
from domain.rulebook.values import AfterLock
from domain.timeline import standing_on
from domain.visit.aggregate import Visit
from domain.visit.facts import visit_facts
from domain.visit.history import VisitHistory

Judge = Callable[[PeriodHistory, VisitHistory], bool]
"""Whether a closed month forbids the decision."""


def month_open(client_ids: Iterable[ClientId] = (), *instants: datetime | None) -> Guard:
    """No month is closed that the visit stands in, or will stand in by what is decided: at these instants, for its clients
    and these.

    Raises `PeriodClosedError`.
    """
    return _guard(lambda _closed, _visit: True, tuple(client_ids), [at for at in instants if at])


def approvable() -> Guard:
    """The visit's months are open, or something of it came after the closing and the rules settle that in the next run: then
    the closed basis does not hold it, and an approval does not move it [A]. Raises `PeriodClosedError`."""
    return _guard(_covers, (), [])


def _covers(closed: PeriodHistory, visit: VisitHistory) -> bool:
    assert closed.closing is not None, "a closed month has a closing"
    is_late = any(entry.position > closed.closing.position for entry in visit.entries)
    return not is_late or closed.closing.after_lock is AfterLock.NOT_PAID


def _guard(forbids: Judge, client_ids: tuple[ClientId, ...], instants: list[datetime]) -> Guard:
    def guard(look: Look, visit: Visit) -> None:
        zone = zone_of(look(Organisation, ORGANISATION_ID))
        days = client_days(visit_facts(VisitId(visit.subject_id), visit.history), zone)
        everybody = {*client_ids, *(client_id for client_id, _ in days)}
        days |= {(client_id, local_day(at, zone)) for client_id in everybody for at in instants}
        planned = visit.history.plan.unit_id if visit.history.plan else ""
        for period in _periods(look, days, UnitId(planned)):
            if period.is_closed and forbids(period.history, visit.history):
                raise PeriodClosedError

    return guard


def _periods(look: Look, days: Iterable[tuple[ClientId, date]], planned_by: UnitId) -> Iterator[Period]:
    """The month of each client's unit and of its provider. Where no unit is known, that of the unit that planned."""
    units = look(Organisation, ORGANISATION_ID).history.units
    for client_id, day in sorted(days):
        unit_id = standing_on(look(Client, client_id).history.units, day) or planned_by
        unit = units.get(unit_id)
        for accountable_id in (unit_id, unit.provider_id if unit else ""):
            if accountable_id:
                yield look(Period, period_id(accountable_id, month_of(day)))
