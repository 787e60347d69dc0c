"""Work for a client elsewhere: shopping or laundry that was registered with minutes, outside any presence at the home.

It is direct client time [S:GBG]. That a service was done elsewhere shows by when it was registered ([A]): at a moment when
its worker was not at the client. Personal care is never done without the client.
"""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from domain.apportion import apportion
from domain.context import Context
from domain.facts import ServiceRegistered, VisitFacts
from domain.ids import ClientId, ServiceCode
from domain.local_time import local_day, minutes_between, to_minute
from domain.organisation.values import ServiceCategory
from domain.presence import NOBODY, Presence
from domain.rulebook.rulebook import About, Rulebook
from domain.values import VisitKind

Elsewhere = list[tuple[Presence, ServiceCode]]


def split_offsite(visit: VisitFacts, context: Context, rulebook: Rulebook) -> tuple[VisitFacts, Elsewhere]:
    """Take the work elsewhere out of a visit: what is left to divide the time at the home by, and the minutes elsewhere."""
    for service in visit.services:
        if service.minutes is not None:
            break
    else:
        return visit, []
    elsewhere: Elsewhere = []
    at_home = []
    for service in visit.services:
        minutes = _minutes_elsewhere(visit, service, context, rulebook)
        elsewhere += _presences(visit, service, minutes, context, rulebook)
        left = (service.minutes or 0) - minutes
        if not minutes:
            at_home.append(service)
        elif left > 0:
            at_home.append(msgspec.structs.replace(service, minutes=left))
    return (msgspec.structs.replace(visit, services=tuple(at_home)) if elsewhere else visit), elsewhere


def _minutes_elsewhere(visit: VisitFacts, service: ServiceRegistered, context: Context, rulebook: Rulebook) -> int:
    """All of them where the worker was not at the home at all, or came later; at most the time since the worker left."""
    minutes, at = service.minutes or 0, to_minute(service.at)
    if not minutes or not service.performed:
        return 0
    stays = [stay for stay in visit.attendances if stay.worker_id == service.worker_id]
    ends = [(stay.arrived_at, stay.departed_at) for stay in stays if stay.arrived_at and stay.departed_at]
    if len(ends) < len(stays) or any(to_minute(arrived) <= at <= to_minute(departed) for arrived, departed in ends):
        return 0
    if not _may_be_elsewhere(service, context, rulebook):
        return 0
    left = [departed for _, departed in ends if departed <= at]
    return min(minutes, minutes_between(max(left), at)) if left else minutes


def _may_be_elsewhere(service: ServiceRegistered, context: Context, rulebook: Rulebook) -> bool:
    day = local_day(service.at, rulebook.zone)
    defined = context.service(service.service_code, day)
    category = defined.category if defined else ""
    policies = rulebook.on(day).policies_for(About(service.service_code, category))
    return policies.offsite_counts and category != ServiceCategory.PERSONAL_CARE


def _presences(
    visit: VisitFacts, service: ServiceRegistered, minutes: int, context: Context, rulebook: Rulebook
) -> Elsewhere:
    """The minutes as if the worker had been with the client; of a household each has an equal part."""
    if not minutes:
        return []
    day = local_day(service.at, rulebook.zone)
    clients = context.oldest_first(_clients(visit, service), day)
    parts = apportion(minutes, [1] * len(clients))
    kind = visit.planned.kind if visit.planned else _kind_seen(visit, service.at)
    return [
        (Presence(day, service.worker_id, (client_id,), kind, part, 0), service.service_code)
        for client_id, part in zip(clients, parts, strict=True)
        if part
    ]


def _clients(visit: VisitFacts, service: ServiceRegistered) -> Sequence[ClientId]:
    if service.client_id:
        return (service.client_id,)
    planned = visit.planned.client_ids if visit.planned else ()
    return planned or next((stay.client_ids for stay in visit.attendances if stay.client_ids), (NOBODY,))


def _kind_seen(visit: VisitFacts, at: datetime) -> VisitKind:
    """What a visit without a plan was for: as the attendance nearest to the moment says."""
    nearest = min(visit.attendances, key=lambda stay: abs(stay.starts_at - at), default=None)
    return nearest.kind if nearest else VisitKind.EXTRA
