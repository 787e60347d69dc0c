"""Planned time: the minutes a provider intends for each client and service."""

from collections.abc import Iterator

from domain.apportion import apportion
from domain.context import Context
from domain.facts import PlannedVisit
from domain.ids import ClientId, ServiceCode
from domain.local_time import local_day, minutes_between
from domain.rulebook.rulebook import Rulebook
from domain.rulebook.values import DoubleStaffing

Planned = tuple[ClientId, ServiceCode | None, int]


def planned_services(plan: PlannedVisit, context: Context, rulebook: Rulebook) -> Iterator[Planned]:
    """The minutes of one visit's plan by client and service.

    A plan without services counts its whole length, divided equally between its clients: service None [A]. Where each
    worker's time counts, a visit for two workers counts twice [A].
    """
    times = plan.workers_needed
    if times != 1 and rulebook.policies_at(plan.starts_at).double_staffing is not DoubleStaffing.COUNT_EACH:
        times = 1
    if plan.services:
        for service in plan.services:
            yield service.client_id, service.service_code, service.minutes * times
    else:
        client_ids = context.oldest_first(plan.client_ids, local_day(plan.starts_at, rulebook.zone))
        parts = apportion(planned_minutes(plan) * times, [1] * len(client_ids)) if client_ids else []
        for client_id, minutes in zip(client_ids, parts, strict=True):
            yield client_id, None, minutes


def planned_minutes(plan: PlannedVisit) -> int:
    """How long the visit is meant to be: its services' minutes together, else its length."""
    return sum([service.minutes for service in plan.services]) or max(0, minutes_between(plan.starts_at, plan.ends_at))
