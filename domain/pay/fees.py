"""What a client pays: another calculation than what a provider is paid, from the same facts (rules.md 5.3, 7.4).

Performed time, with the greeting where it is charged [S:INTRA12], at the client's fee; meals by minutes for each delivery;
visits cancelled too late; and a fee for visits that were missed. All but the last stay under the month's cap.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from enum import StrEnum

import msgspec

from domain.alarm_visits import settle_alarms
from domain.apportion import apportion
from domain.cancellation import is_cancelled_late
from domain.context import Context
from domain.facts import VisitFacts
from domain.ids import ClientId, ProviderId, ServiceCode, VisitId
from domain.local_time import Month, local_day
from domain.organisation.values import ServiceCategory
from domain.pay.missed import Missed, missed_visits
from domain.pay.rates import hours_paid
from domain.performed_time import PerformedMinutes, service_policies, visit_performed_time
from domain.planned_time import planned_services
from domain.rulebook.policies import Policies
from domain.rulebook.rulebook import Rulebook

ZERO = Decimal(0)


class FeeKind(StrEnum):
    """What a client pays for."""

    PERFORMED = "performed"
    MEAL = "meal"
    LATE_CANCELLATION = "late_cancellation"
    MISSED_VISIT = "missed_visit"


class FeeLine(msgspec.Struct, frozen=True, kw_only=True):
    """One line of what a client pays. `amount` is in kronor, rounded half up to öre once; `charged` is what is left of it
    under the month's fee cap. `forgiven`: a missed visit that counts as a warning."""

    kind: FeeKind
    day: date
    client_id: ClientId
    provider_id: ProviderId
    legal_basis: str
    service_code: ServiceCode | None
    visit_id: VisitId
    rulebook_version: str
    minutes: int = 0
    amount: Decimal = ZERO
    charged: Decimal = ZERO
    forgiven: bool = False


class _Fee(msgspec.Struct, frozen=True):
    """A line on its way, with the rules it stands under."""

    line: FeeLine
    policies: Policies


def client_fees(month: Month, visits: Sequence[VisitFacts], *, context: Context, rulebook: Rulebook) -> list[FeeLine]:
    """The month's fee lines, in the order of clients, days and visits.

    Visits may reach beyond the month: earlier missed ones are the warnings that came before.
    """
    fees: defaultdict[ClientId, list[_Fee]] = defaultdict(list)
    for visit in settle_alarms(visits, context=context, rulebook=rulebook):
        for fee in _of_visit(visit, context, rulebook):
            if fee.line.day in month:
                fees[fee.line.client_id].append(fee)
    for missed in missed_visits(visits, context=context, rulebook=rulebook):
        if missed.day in month:
            fees[missed.client_id].append(_missed_fee(missed, context, rulebook))
    return [line for client_id in sorted(fees) for line in _capped(fees[client_id])]


def _of_visit(visit: VisitFacts, context: Context, rulebook: Rulebook) -> Iterator[_Fee]:
    rows = [row for row in visit_performed_time(visit, context=context, rulebook=rulebook) if row.uncounted is None]
    shares = _greeting_shares(rows, context, rulebook)
    for group in _by_service(rows):
        yield _performed_fee(group, shares, context, rulebook)
    plan = visit.planned
    if not rows and plan is not None and plan.cancelled_by is not None:
        yield from _late_cancellation(visit, context, rulebook)


def _by_service(rows: Iterable[PerformedMinutes]) -> Iterable[list[PerformedMinutes]]:
    groups: defaultdict[tuple[ClientId, ServiceCode | None, date], list[PerformedMinutes]] = defaultdict(list)
    for row in rows:
        groups[row.client_id, row.service_code, row.day].append(row)
    return groups.values()


def _performed_fee(
    rows: Sequence[PerformedMinutes], shares: dict[ClientId, int], context: Context, rulebook: Rulebook
) -> _Fee:
    """One service of a client on a day, with the client's share of the greeting on the first [S:INTRA12]."""
    row = rows[0]
    policies = service_policies(rulebook.on(row.day), context, row)
    defined = context.service(row.service_code, row.day) if row.service_code else None
    is_meal = defined is not None and defined.category == ServiceCategory.MEALS and policies.fee_minutes_per_meal > 0
    if is_meal:
        minutes = policies.fee_minutes_per_meal
    else:
        minutes = sum(each.client_minutes(rulebook) for each in rows) + shares.pop(row.client_id, 0)
    kind = FeeKind.MEAL if is_meal else FeeKind.PERFORMED
    return _Fee(_line(kind, row, minutes, policies, rulebook), policies)


def _greeting_shares(rows: Sequence[PerformedMinutes], context: Context, rulebook: Rulebook) -> dict[ClientId, int]:
    """The visit's greeting, divided between its clients as the visit is."""
    if not rows:
        return {}
    greetings = [service_policies(rulebook.on(row.day), context, row).greeting_allowance_minutes for row in rows]
    clients = context.oldest_first(dict.fromkeys(row.client_id for row in rows), rows[0].day)
    return dict(zip(clients, apportion(max(greetings), [1] * len(clients)), strict=True))


def _line(kind: FeeKind, row: PerformedMinutes, minutes: int, policies: Policies, rulebook: Rulebook) -> FeeLine:
    return FeeLine(
        kind=kind,
        day=row.day,
        client_id=row.client_id,
        provider_id=row.provider_id,
        legal_basis=row.legal_basis,
        service_code=row.service_code,
        visit_id=row.visit_id,
        rulebook_version=rulebook.on(row.day).version,
        minutes=minutes,
        amount=hours_paid(minutes, policies.fee_per_hour)[1],
    )


def _late_cancellation(visit: VisitFacts, context: Context, rulebook: Rulebook) -> Iterator[_Fee]:
    """The planned minutes as if they had been performed [S:SOLLT]; not of a client who was away then."""
    plan = visit.planned
    assert plan is not None, "only what was planned is cancelled"
    policies, day = rulebook.policies_at(plan.starts_at), local_day(plan.starts_at, rulebook.zone)
    if not policies.late_cancellation_charged or not is_cancelled_late(plan, rulebook):
        return
    for client_id, code, minutes in planned_services(plan, context, rulebook):
        if context.absence("client", client_id, plan.starts_at) is None:
            line = FeeLine(
                kind=FeeKind.LATE_CANCELLATION,
                day=day,
                client_id=client_id,
                provider_id=context.provider_of(plan.unit_id) or context.ordered_provider(client_id, day),
                legal_basis=context.legal_basis(client_id, code, day),
                service_code=code,
                visit_id=visit.visit_id,
                rulebook_version=rulebook.on(day).version,
                minutes=minutes,
                amount=hours_paid(minutes, policies.fee_per_hour)[1],
            )
            yield _Fee(line, policies)


def _missed_fee(missed: Missed, context: Context, rulebook: Rulebook) -> _Fee:
    policies = rulebook.on(missed.day).policies
    line = FeeLine(
        kind=FeeKind.MISSED_VISIT,
        day=missed.day,
        client_id=missed.client_id,
        provider_id=context.ordered_provider(missed.client_id, missed.day),
        legal_basis=context.legal_basis(missed.client_id, None, missed.day),
        service_code=None,
        visit_id=missed.visit_id,
        rulebook_version=rulebook.on(missed.day).version,
        amount=ZERO if missed.is_forgiven else policies.missed_visit_fee,
        forgiven=missed.is_forgiven,
    )
    return _Fee(line, policies)


def _capped(fees: list[_Fee]) -> Iterator[FeeLine]:
    """Charge until the month's cap is reached, in order of time; the missed visits' fee may stand outside [S:VING]."""
    charged = ZERO
    for fee in sorted(
        fees, key=lambda fee: (fee.line.day, fee.line.visit_id, fee.line.kind, fee.line.service_code or "")
    ):
        line, cap = fee.line, fee.policies.fee_per_month_max
        is_outside = line.kind is FeeKind.MISSED_VISIT and fee.policies.missed_visit_outside_cap
        left = line.amount if cap is None or is_outside else max(ZERO, min(line.amount, cap - charged))
        charged += ZERO if is_outside else left
        yield msgspec.structs.replace(line, charged=left)
