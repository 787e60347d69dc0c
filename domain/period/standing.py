"""In whose month does something stand? A client's day belongs to the unit responsible for the client, and to its provider."""

from collections.abc import Iterator
from datetime import date, datetime

from domain.context import Context
from domain.facts import VisitFacts
from domain.ids import ClientId, ProviderId, UnitId
from domain.local_time import Month, local_day
from domain.pay.lines import PayLine
from domain.period.values import Accountable
from domain.presence import clients_of

ClientDay = tuple[ClientId, date]


def client_days(visit: VisitFacts, zone: str) -> set[ClientDay]:
    """Every client and local day that the visit speaks of: as planned, registered, or failed."""
    return {(client_id, local_day(at, zone)) for client_id, at in _moments(visit) if client_id}


def _moments(visit: VisitFacts) -> Iterator[tuple[ClientId, datetime]]:
    planned = visit.planned
    everybody = planned.client_ids if planned else ()
    if planned:
        yield from ((client_id, planned.starts_at) for client_id in planned.client_ids)
    for stay in visit.attendances:
        ends = [at for at in (stay.arrived_at, stay.departed_at) if at]
        yield from ((client_id, at) for client_id in clients_of(visit, stay) for at in ends)
    for service in visit.services:
        clients = (service.client_id,) if service.client_id else everybody
        yield from ((client_id, service.at) for client_id in clients)
    for failure in visit.failures:
        yield from ((client_id, failure.at) for client_id in failure.client_ids or everybody)


def is_accountable(
    accountable: Accountable,
    client_id: ClientId,
    day: date,
    context: Context,
    *,
    unit_id: UnitId,
    provider_id: ProviderId,
) -> bool:
    """Whether the client's day is the unit's or provider's to account for. `unit_id` and `provider_id` stand in where the
    ledger knows no unit that is responsible for the client."""
    responsible = context.client_unit(client_id, day) or unit_id
    if accountable.unit_id:
        return responsible == accountable.unit_id
    return (context.provider_of(responsible) or provider_id) == accountable.provider_id


def accounts_for(accountable: Accountable, line: PayLine, context: Context) -> bool:
    """Whether a line of pay is the unit's or provider's to account for."""
    return is_accountable(
        accountable, line.client_id, line.day, context, unit_id=line.client_unit_id, provider_id=line.provider_id
    )


def clients_in(accountable: Accountable, month: Month, context: Context) -> set[ClientId]:
    """The clients in the unit's or provider's care on any day of the month."""
    return {
        ClientId(person_id)
        for (kind, person_id), held in context.memberships.items()
        if kind == "client_unit"
        for each in held
        if each.from_on < month.until_on and (each.until_on is None or each.until_on > month.first_on)
        if accountable.unit_id == each.group_id
        or (accountable.provider_id and context.provider_of(UnitId(each.group_id)) == accountable.provider_id)
    }
