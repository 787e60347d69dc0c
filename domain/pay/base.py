"""Base minutes of a performed service, and what a greeting allowance and a minimum add to them (rules.md 2.1, 7.3)."""

from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from domain.apportion import apportion
from domain.context import Context
from domain.facts import VisitFacts
from domain.ids import ServiceCode
from domain.pay.bands import is_within
from domain.pay.item import PayItem
from domain.pay.lines import PayKind
from domain.pay.standard_time import is_nested, minutes_of, standard_entry
from domain.rulebook.policies import Policies
from domain.rulebook.values import CompensationModel, PaidAs
from domain.values import Source


def set_base(item: PayItem, visit: VisitFacts, done: Collection[ServiceCode | None], context: Context) -> None:
    """Say from how many minutes the payment of a service starts: standard, fixed, reported or measured ones.

    What is paid once a visit stands on the service's first day. Alarms are always paid by what was measured.
    """
    policies = item.terms.policies
    stated: int | None = None
    if policies.paid_as is not PaidAs.PERFORMED and item.kind is not PayKind.ALARM:
        if policies.paid_as is PaidAs.FIXED:
            stated = policies.fixed_minutes
        elif policies.paid_as is PaidAs.STANDARD_TIME:
            stated = _standard(item, done, context)
    item.is_measured = stated is None
    if stated is None and policies.compensation_model is CompensationModel.PERFORMED_REPORTED:
        stated = _reported(item, visit)
    item.base = item.performed if stated is None else stated if item.is_first else 0
    item.payable = item.base


def add_allowances(items: Sequence[PayItem], visit: VisitFacts, zone: str) -> None:
    """Add the greeting to the visit's measured minutes, then what they lack of the minimum ([A] in that order): once a
    visit, divided between the services and clients it was measured for."""
    measured = [item for item in items if item.terms.has_allowance and item.is_measured and item.is_first]
    if not measured:
        return
    total = sum(item.base for item in items)
    greeting = max(item.terms.policies.greeting_allowance_minutes for item in measured)
    minimum = max(_minimum(item.terms.policies, item, visit, zone) for item in measured)
    added = max(total + greeting, minimum) - total
    for item, part in zip(measured, apportion(added, [item.base for item in measured]), strict=True):
        item.payable += part


def local_clock(minute: int, zone: str) -> datetime:
    """The time on the wall at a minute since 1970."""
    return datetime.fromtimestamp(minute * 60, tz=UTC).astimezone(ZoneInfo(zone))


def _minimum(policies: Policies, item: PayItem, visit: VisitFacts, zone: str) -> int:
    """The minimum of the hour that the visit began in, [A] rules.md 2.1, and of the way it was registered."""
    source = _first_source(visit)
    wall = local_clock(item.visit_starts, zone)
    fitting = [
        entry.minutes
        for entry in policies.minimum_minutes
        if is_within(entry.window, wall) and (not entry.sources or source in entry.sources)
    ]
    return max(fitting, default=0)


def _first_source(visit: VisitFacts) -> Source | None:
    return min(visit.attendances, key=lambda stay: stay.starts_at).arrival_source if visit.attendances else None


def _standard(item: PayItem, done: Collection[ServiceCode | None], context: Context) -> int | None:
    code, policies = item.whose.service_code, item.terms.policies
    if code is None:
        return None
    entry = standard_entry(item.whose.client_id, code, item.day, policies, context)
    if entry is not None:
        item.week_max = entry.minutes_per_week_max
        if entry.nested_in and is_nested(entry, {other for other in done if other is not None and other != code}):
            return 0
    return minutes_of(entry, item.whose.client_id, code, item.day, context)


def _reported(item: PayItem, visit: VisitFacts) -> int | None:
    """The minutes that workers stated for the service; None where nobody did. Of a household's each has an equal part."""
    clients = max(1, len({client_id for stay in visit.attendances for client_id in stay.client_ids}))
    stated = [
        service.minutes if service.client_id else service.minutes // clients
        for service in visit.services
        if service.performed
        and service.minutes is not None
        and service.service_code == item.whose.service_code
        and service.client_id in {item.whose.client_id, None}
    ]
    return sum(stated) if stated else None
