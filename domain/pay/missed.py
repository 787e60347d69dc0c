"""Visits that a client missed and had not cancelled in time; some are forgiven first (rules.md 5.3 [S:NYK] [S:VING])."""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import NamedTuple

from domain.cancellation import is_cancelled_late
from domain.client.values import ClientAbsenceKind
from domain.context import Context
from domain.facts import VisitFacts
from domain.ids import ClientId, VisitId
from domain.local_time import local_day
from domain.rulebook.policies import Policies
from domain.rulebook.rulebook import Rulebook
from domain.values import NotPerformedReason

CLIENTS_OWN = frozenset(
    {
        NotPerformedReason.DECLINED,
        NotPerformedReason.NOBODY_HOME,
        NotPerformedReason.CLIENT_AWAY,
        NotPerformedReason.HOSPITAL,
    }
)
"""Reasons that lie with the client; a rulebook exempts some of them."""
IN_HOSPITAL = frozenset(
    {ClientAbsenceKind.HOSPITAL_UNPLANNED, ClientAbsenceKind.HOSPITAL_PLANNED, ClientAbsenceKind.DEATH}
)


class Missed(NamedTuple):
    """One missed visit of one client."""

    client_id: ClientId
    visit_id: VisitId
    day: date
    is_forgiven: bool


class _Occasion(NamedTuple):
    at: datetime
    client_id: ClientId
    visit_id: VisitId


def missed_visits(visits: Iterable[VisitFacts], *, context: Context, rulebook: Rulebook) -> Iterator[Missed]:
    """Those that are charged, or would be but for the warnings that come first: in order of time, once for each visit and
    client."""
    warned: Counter[ClientId] = Counter()
    occasions = {occasion for visit in visits for occasion in _occasions(visit, context, rulebook)}
    for at, client_id, visit_id in sorted(occasions):
        policies = rulebook.policies_at(at)
        warned[client_id] += 1
        is_forgiven = warned[client_id] <= policies.missed_visit_warnings
        yield Missed(client_id, visit_id, local_day(at, rulebook.zone), is_forgiven)


def _occasions(visit: VisitFacts, context: Context, rulebook: Rulebook) -> Iterator[_Occasion]:
    plan = visit.planned
    if plan is not None and plan.cancelled_by is not None and not visit.failures and not visit.attendances:
        policies = rulebook.policies_at(plan.starts_at)
        if policies.missed_visit_fee and is_cancelled_late(plan, rulebook):
            yield from _charged(visit.visit_id, plan.client_ids, plan.starts_at, None, policies, context)
    for failure in visit.failures:
        at = plan.starts_at if plan else failure.at
        policies = rulebook.policies_at(at)
        if policies.missed_visit_fee and failure.reason in CLIENTS_OWN:
            client_ids = failure.client_ids or (plan.client_ids if plan else ())
            yield from _charged(visit.visit_id, client_ids, at, failure.reason, policies, context)


def _charged(
    visit_id: VisitId,
    client_ids: Iterable[ClientId],
    at: datetime,
    reason: NotPerformedReason | None,
    policies: Policies,
    context: Context,
) -> Iterator[_Occasion]:
    for client_id in client_ids:
        absence = context.absence("client", client_id, at)
        in_hospital = absence is not None and absence.kind in IN_HOSPITAL
        why = NotPerformedReason.HOSPITAL if in_hospital else reason
        if why not in policies.missed_visit_exempt:
            yield _Occasion(at, client_id, visit_id)
