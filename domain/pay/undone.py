"""What was not done: declined visits and services, and visits that failed (rules.md 5.3).

Performed minutes are 0. The provider is paid a share of the base ([A]): the standard time for service tasks, the ordered
minutes for personal care. Nothing is paid here for a client who is away: absences have shares of their own.
"""

from collections.abc import Collection, Iterator
from datetime import datetime
from typing import NamedTuple

from domain.cancellation import is_cancelled_late
from domain.context import NO_UNIT
from domain.facts import PlannedVisit, VisitFacts, VisitFailed
from domain.ids import ClientId, ServiceCode
from domain.local_time import epoch_minute, local_day
from domain.ordered_time import day_minutes
from domain.organisation.values import ServiceCategory
from domain.pay.item import PAID_AS_A_WHOLE, PayItem
from domain.pay.items import Marked, held_back, is_approved
from domain.pay.lines import PayKind, Withheld
from domain.pay.rates import share_of
from domain.pay.standard_time import ordered_line, standard_minutes
from domain.pay.terms import Terms, TermsBook, Whose
from domain.values import NotPerformedReason, VisitKind

NOT_THERE = frozenset({NotPerformedReason.NOBODY_HOME, NotPerformedReason.CLIENT_AWAY})
"""Somebody came, and the client was not there."""


class Undone(NamedTuple):
    """One service that one client did not get, and why. `code` None: nothing says which."""

    kind: PayKind
    client_id: ClientId
    code: ServiceCode | None
    at: datetime
    reason: NotPerformedReason
    planned_minutes: int


def has_undone(visit: VisitFacts) -> bool:
    """Whether anything of the visit was declined, failed or called off."""
    return not visit.is_all_done or _is_cancelled(visit)


def undone_items(
    visit: VisitFacts,
    done: Collection[tuple[ClientId, ServiceCode | None]],
    book: TermsBook,
    *,
    must_fix: Marked,
    late: Marked,
) -> list[PayItem]:
    """The items of what was declined or failed; `done` names the services that somebody did get in the visit."""
    found: dict[tuple[ClientId, ServiceCode | None], Undone] = {}
    for each in _undone(visit, {client_id for client_id, _ in done}, book):
        if (each.client_id, each.code) not in done:
            found.setdefault((each.client_id, each.code), each)
    return [_item(visit, each, book, must_fix=must_fix, late=late) for each in found.values()]


def _undone(visit: VisitFacts, served: Collection[ClientId], book: TermsBook) -> Iterator[Undone]:
    for failure in visit.failures:
        kind = PayKind.DECLINED if failure.reason is NotPerformedReason.DECLINED else PayKind.FAILED
        for client_id in _clients(visit, failure):
            if client_id not in served:
                yield from _of_plan(visit.planned, kind, client_id, failure.at, failure.reason)
    for service in visit.services:
        if not service.performed:
            clients = (service.client_id,) if service.client_id else _clients(visit, None)
            for client_id in clients:
                minutes = _planned_minutes(visit.planned, client_id, service.service_code)
                reason = NotPerformedReason.DECLINED
                yield Undone(PayKind.DECLINED, client_id, service.service_code, service.at, reason, minutes)
    plan = visit.planned
    if plan is not None and _is_cancelled(visit) and is_cancelled_late(plan, book.rulebook):
        for client_id in plan.client_ids:
            yield from _of_plan(plan, PayKind.DECLINED, client_id, plan.starts_at, NotPerformedReason.DECLINED)


def _is_cancelled(visit: VisitFacts) -> bool:
    """Whether the visit was called off and nobody came."""
    plan = visit.planned
    if plan is None or plan.cancelled_by is None:
        return False
    return not (visit.attendances or visit.failures or visit.services)


def _clients(visit: VisitFacts, failure: VisitFailed | None) -> tuple[ClientId, ...]:
    if failure is not None and failure.client_ids:
        return failure.client_ids
    planned = visit.planned.client_ids if visit.planned else ()
    return planned or next((stay.client_ids for stay in visit.attendances if stay.client_ids), ())


def _of_plan(
    plan: PlannedVisit | None, kind: PayKind, client_id: ClientId, at: datetime, reason: NotPerformedReason
) -> Iterator[Undone]:
    services = [service for service in plan.services if service.client_id == client_id] if plan else []
    for service in services:
        yield Undone(kind, client_id, service.service_code, at, reason, service.minutes)
    if not services:
        yield Undone(kind, client_id, None, at, reason, 0)


def _planned_minutes(plan: PlannedVisit | None, client_id: ClientId, code: ServiceCode) -> int:
    services = plan.services if plan else ()
    return sum(each.minutes for each in services if (each.service_code, each.client_id) == (code, client_id))


def _item(visit: VisitFacts, undone: Undone, book: TermsBook, *, must_fix: Marked, late: Marked) -> PayItem:
    context, day = book.context, local_day(undone.at, book.rulebook.zone)
    unit_id = (visit.planned.unit_id if visit.planned else NO_UNIT) or context.client_unit(undone.client_id, day)
    provider_id = context.provider_of(unit_id) or context.ordered_provider(undone.client_id, day)
    basis = context.legal_basis(undone.client_id, undone.code, day)
    kind = visit.planned.kind if visit.planned else VisitKind.PLANNED
    whose = Whose(undone.client_id, undone.code, provider_id, unit_id, basis, kind)
    terms = book.terms(whose, day)
    item = PayItem(undone.kind, whose, day, terms, visit.visit_id)
    item.starts = item.visit_starts = epoch_minute(undone.at)
    band = terms.bands.at(item.starts, day)
    item.split, item.per = ((band, 0),), terms.price(band).per
    item.base = item.payable = _base(undone, terms, book)
    item.percent = _percent(undone, terms, book)
    item.withhold(held_back(visit, item, must_fix=must_fix, late=late))
    item.withhold(_own_reason(visit, item, book))
    return item


def _base(undone: Undone, terms: Terms, book: TermsBook) -> int:
    if undone.code is None:
        return 0
    day = local_day(undone.at, book.rulebook.zone)
    policies, context = terms.policies, book.context
    standard = standard_minutes(undone.client_id, undone.code, day, policies=policies, context=context)
    if standard is not None and terms.category != ServiceCategory.PERSONAL_CARE:
        return standard
    line = ordered_line(undone.client_id, undone.code, day, context)
    ordered = day_minutes(line, day, 1, context, book.rulebook)[1] if line else None
    return undone.planned_minutes or standard or 0 if ordered is None else ordered


def _percent(undone: Undone, terms: Terms, book: TermsBook) -> int:
    if book.context.absence("client", undone.client_id, undone.at) is not None:
        return 0
    if undone.kind is PayKind.DECLINED:
        return terms.policies.declined_share_percent
    return terms.policies.failed_share_percent if undone.reason in NOT_THERE else 0


def _own_reason(visit: VisitFacts, item: PayItem, book: TermsBook) -> Withheld | None:
    """A visit that was called off has nothing to approve; any other is approved like one that was made."""
    policies, code = item.terms.policies, item.whose.service_code
    if not _is_cancelled(visit) and not is_approved(visit, item.terms):
        return Withheld.NOT_APPROVED
    if (
        policies.order_required
        and code is not None
        and not book.context.has_ordered(item.whose.client_id, code, item.day)
    ):
        return Withheld.EXTRA_NOT_APPROVED
    return Withheld.PAID_OTHERWISE if policies.compensation_model in PAID_AS_A_WHOLE else None


def settle_share(item: PayItem) -> None:
    """Pay the share of what is payable; a share is under no cap, for nothing of the ordered time was used."""
    share = share_of(item.payable, item.percent)
    if item.withheld is None:
        item.reimbursed = share
    else:
        item.withheld_minutes = share
