"""Which clients a visit concerns, and on which days."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

from domain.facts import Fact, VisitFacts
from domain.ids import ClientId, VisitId
from domain.presence import NOBODY, STAY_MAX, clients_of

ONE_DAY = timedelta(days=1)


class ClientVisit(Fact, frozen=True):
    """That something of a visit is told of a client on a day: how a client's visits are found among all others."""

    KEY = ("visit_id", "client_id", "day")
    visit_id: VisitId
    client_id: ClientId
    """Empty where nobody is named."""
    day: date
    """UTC, since which local day it is depends on the rulebook."""


def client_visits(visit: VisitFacts) -> tuple[ClientVisit, ...]:
    """A fact for each client that the visit names and each UTC day on which anything of it is told."""
    days = _days(visit)
    return tuple(
        ClientVisit(visit_id=visit.visit_id, client_id=client_id, day=day)
        for client_id in sorted(concerned(visit))
        for day in sorted(days)
    )


def concerned(visit: VisitFacts) -> set[ClientId]:
    """The clients that plan, stays, services or failures name; NOBODY where a stay, or the visit, names none."""
    clients = set(visit.planned.client_ids) if visit.planned else set[ClientId]()
    for stay in visit.attendances:
        clients.update(clients_of(visit, stay))
    clients.update(service.client_id for service in visit.services if service.client_id)
    for failure in visit.failures:
        clients.update(failure.client_ids)
    return clients or {NOBODY}


def _days(visit: VisitFacts) -> set[date]:
    told = [service.at for service in visit.services] + [failure.at for failure in visit.failures]
    days = {at.astimezone(UTC).date() for at in told}
    if visit.planned is not None:
        days.update(_from_to(visit.planned.starts_at, visit.planned.ends_at))
    for stay in visit.attendances:
        days.update(_from_to(stay.arrived_at or stay.starts_at, stay.departed_at or stay.starts_at))
    return days


def _from_to(starts_at: datetime, ends_at: datetime) -> Iterator[date]:
    """The days of a stretch. Of one that cannot be true, since it is too long or ends before it begins, both ends."""
    first_on, last_on = starts_at.astimezone(UTC).date(), ends_at.astimezone(UTC).date()
    yield first_on
    if last_on - first_on <= STAY_MAX + ONE_DAY:
        for number in range(1, (last_on - first_on).days):
            yield first_on + timedelta(days=number)
    yield last_on
