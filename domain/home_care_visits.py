"""Which visits are home care for staff continuity, and whom the client met in them (rules.md 9.1).

Nothing marks a student or supervisor as an observer, so nobody is left out as one.
"""

from collections.abc import Iterator
from datetime import date, datetime

import msgspec

from domain.context import Context
from domain.continuity_definition import ContinuityDefinition
from domain.facts import Attendance, VisitFacts
from domain.ids import ClientId, ServiceCode, WorkerId
from domain.local_time import local_day
from domain.order.values import LegalBasis
from domain.presence import NOBODY, is_implausible, served_clients
from domain.rulebook.rulebook import Rulebook


class Encounter(msgspec.Struct, frozen=True):
    """A client's part of one visit: when it began, on which local day, and the workers who were there."""

    client_id: ClientId
    starts_at: datetime
    day: date
    worker_ids: tuple[WorkerId, ...]


def encounters(
    visit: VisitFacts, *, context: Context, rulebook: Rulebook, definition: ContinuityDefinition
) -> Iterator[Encounter]:
    """Whom each client of the visit met.

    Both workers of a double-staffed visit, and for both clients of a household [A]. An open visit counts, for the worker
    was there; one with nothing done, or with times that cannot be true, does not [A].
    """
    found: dict[ClientId, list[Attendance]] = {}
    for stay in visit.attendances:
        if stay.kind not in definition.excluded_kinds and not is_implausible(stay):
            for client_id in served_clients(visit, stay):
                found.setdefault(client_id, []).append(stay)
    for client_id, stays in found.items():
        day = local_day(stays[0].starts_at, rulebook.zone)
        there = [stay for stay in stays if _is_home_care(visit, stay, client_id, day, context, definition)]
        if there and client_id != NOBODY:
            starts_at = min(stay.starts_at for stay in there)
            worker_ids = tuple(dict.fromkeys(stay.worker_id for stay in there))
            if starts_at != stays[0].starts_at:
                day = local_day(starts_at, rulebook.zone)
            yield Encounter(client_id, starts_at, day, worker_ids)


def _is_home_care(
    visit: VisitFacts,
    stay: Attendance,
    client_id: ClientId,
    day: date,
    context: Context,
    definition: ContinuityDefinition,
) -> bool:
    """Whether anything that the worker did for the client is home care; what nobody named a service of is [A]."""
    codes = _services(visit, stay.worker_id, client_id)
    return not codes or any(_counts(code, client_id, day, context, definition) for code in codes)


def _services(visit: VisitFacts, worker_id: WorkerId, client_id: ClientId) -> set[ServiceCode]:
    """What the worker did for the client; where they registered nothing, what was done, else what was planned [A]."""
    done = [each for each in visit.services if each.performed and each.client_id in (client_id, None)]
    own = {each.service_code for each in done if each.worker_id == worker_id}
    planned = visit.planned.services if visit.planned and not done else ()
    return (
        own
        or {each.service_code for each in done}
        or {each.service_code for each in planned if each.client_id == client_id}
    )


def _counts(
    code: ServiceCode, client_id: ClientId, day: date, context: Context, definition: ContinuityDefinition
) -> bool:
    defined = context.service(code, day)
    category = defined.category if defined else ""
    if category in definition.ordered_categories:
        return any(
            line.service_code == code and line.legal_basis == LegalBasis.SOL for line in context.orders(client_id, day)
        )
    return category not in definition.excluded_categories
