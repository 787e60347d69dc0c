"""Exceptions: what is odd about what was registered, derived from the facts and never stored as truth.

A fact from the field is never refused, so this is where the office learns that a visit was unplanned, late, in two places
at once or without a departure. Each is closed by a correction, or by an acknowledgement of its key.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from itertools import islice
from types import MappingProxyType

import msgspec

from domain.client_month import MonthOfClients, month_of_clients
from domain.context import Context
from domain.detectors import (
    hour,
    lengths,
    locks,
    merged,
    months,
    overlaps,
    people,
    proofs,
    rules,
    services,
    stamps,
    travel,
)
from domain.detectors.found import FoundException, VisitCase, case_of
from domain.detectors.hour import Moment
from domain.evidence import Acknowledgement, QuarantinedFact
from domain.exception_catalogue import ExceptionCode
from domain.facts import NeedChange, VisitFacts
from domain.ids import FactId, VisitId
from domain.local_time import Month, local_day, local_day_bounds
from domain.performed_time import PerformedMinutes, performed_time
from domain.period.facts import PeriodClosing
from domain.rulebook.rulebook import Rulebook
from domain.values import ExceptionClass

ID_CONFLICT_REASON = "id_conflict"
LAST = datetime.max.replace(tzinfo=UTC)
"""What began at no known time is sorted after what did."""
NO_MONEY = Decimal(0)
VISITS_AT_ONCE = 32
"""As many as the processor keeps near itself while one detector after the other goes through them."""

Detector = Callable[[Collection[VisitCase]], Iterator[FoundException]]
"""Goes through many visits: most have nothing odd, and to be called for each would cost more than to look at it."""
LASTING: tuple[Detector, ...] = (
    people.unknown_clients,
    people.unknown_workers,
    people.absent_people,
    people.other_workers,
    people.unplanned,
    lengths.missing_arrivals,
    lengths.implausible_times,
    lengths.over_cap,
    lengths.short_visits,
    lengths.late_arrivals,
    lengths.early_departures,
    services.missing_services,
    services.unordered_services,
    rules.missing_rules,
    proofs.missing_delegations,
    proofs.unknown_tags,
    stamps.wrong_clocks,
    stamps.wrong_places,
    stamps.late_syncs,
    stamps.newer_apps,
    stamps.unreceipted,
    stamps.handmade,
    stamps.lapsed_approvals,
)
"""Follow from one visit's facts alone."""

HOURLY: tuple[Callable[[VisitCase, Moment], Iterator[FoundException]], ...] = (
    hour.unregistered,
    hour.missing_departures,
)
"""Depend on the hour too."""


class StandingException(msgspec.Struct, frozen=True):
    """An exception with what the office has said of it: of this very one, or of an earlier one of the same kind."""

    exception: FoundException
    acknowledgement: Acknowledgement | None = None
    earlier: Acknowledgement | None = None

    @property
    def is_open(self) -> bool:
        """Whether somebody still has to act. What must be fixed is not closed by an acknowledgement."""
        is_fix = self.exception.exception_class is ExceptionClass.FIX
        return is_fix or self.acknowledgement is None


def find_exceptions(
    visits: Iterable[VisitFacts],
    *,
    context: Context,
    rulebook: Rulebook,
    moment: Moment,
    need_changes: Iterable[NeedChange] = (),
    quarantined: Iterable[QuarantinedFact] = (),
    closings: Iterable[PeriodClosing] = (),
    whole_months: Sequence[Month] = (),
    amounts: Mapping[VisitId, Decimal] = MappingProxyType({}),
) -> list[FoundException]:
    """Find every exception there is at the moment, what matters most first.

    What only a whole month shows is looked for in `whole_months`: those of which all visits are given. `amounts` are the
    kronor that each visit comes to, where pay was computed.
    """
    visits, need_changes = list(visits), list(need_changes)
    rows = performed_time(visits, context=context, rulebook=rulebook) if whole_months else []
    plans = [visit.planned for visit in visits if visit.planned]
    found = [
        *lasting_exceptions(visits, context=context, rulebook=rulebook),
        *hourly_exceptions(visits, moment, context=context, rulebook=rulebook),
        *overlaps.overlaps(visits, rulebook),
        *travel.impossible_travel(visits, rulebook),
        *merged.merged_visits(visits, moment, context=context, rulebook=rulebook),
        *locks.late_for_lock(visits, closings, context=context, rulebook=rulebook),
        *monthly_exceptions(
            visits,
            [
                month_of_clients(month, planned=plans, performed=rows, context=context, rulebook=rulebook)
                for month in whole_months
            ],
            moment,
            performed=rows,
            context=context,
            rulebook=rulebook,
            need_changes=need_changes,
        ),
        *stale_orders(need_changes, rulebook),
        *id_conflicts(quarantined),
    ]
    return by_stake(with_amounts(found, amounts) if amounts else found)


def lasting_exceptions(
    visits: Iterable[VisitFacts], *, context: Context, rulebook: Rulebook
) -> Iterator[FoundException]:
    """Find what follows from each visit alone, whatever the hour: a table may hold these."""
    given = iter(visits)
    while cases := [case_of(visit, context, rulebook) for visit in islice(given, VISITS_AT_ONCE)]:
        for detect in LASTING:
            yield from detect(cases)


def hourly_exceptions(
    visits: Iterable[VisitFacts], moment: Moment, *, context: Context, rulebook: Rulebook
) -> Iterator[FoundException]:
    """Find what depends on the hour too: evaluated when read."""
    for visit in visits:
        if hour.may_be_overdue(visit):
            case = case_of(visit, context, rulebook)
            for detect in HOURLY:
                yield from detect(case, moment)


def monthly_exceptions(
    visits: Sequence[VisitFacts],
    whole_months: Sequence[MonthOfClients],
    moment: Moment,
    *,
    performed: Sequence[PerformedMinutes],
    context: Context,
    rulebook: Rulebook,
    need_changes: Iterable[NeedChange] = (),
) -> Iterator[FoundException]:
    """Find what only whole months show. `performed` is the performed time of these very visits, and the months' minutes are
    made of it."""
    if not whole_months:
        return
    for minutes in whole_months:
        for case in months.month_cases(minutes, visits, context=context, rulebook=rulebook):
            yield from months.longer_than_ordered(case)
            yield from months.refusal_patterns(case)
    today = local_day(moment.at, rulebook.zone)
    yield from months.steady_differences(
        [minutes.month for minutes in whole_months],
        performed,
        need_changes,
        today=today,
        context=context,
        rulebook=rulebook,
    )


def with_amounts(found: Iterable[FoundException], amounts: Mapping[VisitId, Decimal]) -> list[FoundException]:
    """Say how much money is at stake: what the visits that an exception touches come to."""
    return [msgspec.structs.replace(each, amount=_kronor(each, amounts)) for each in found]


def stale_orders(need_changes: Iterable[NeedChange], rulebook: Rulebook) -> Iterator[FoundException]:
    """ORDER_STALE: a change of need is reported, and the order does not answer it yet."""
    for need in need_changes:
        if need.answered_from_on is None:
            yield FoundException(
                code=ExceptionCode.ORDER_STALE,
                subject_kind="order",
                subject_id=need.order_id,
                fact_ids=(FactId(need.fact_id),),
                minutes=0,
                since=local_day_bounds(need.noticed_on, rulebook.zone)[0],
            )


def id_conflicts(quarantined: Iterable[QuarantinedFact]) -> Iterator[FoundException]:
    """ID_CONFLICT: a phone used the id of a fact that the ledger has for something else. Both payloads are kept."""
    for fact in quarantined:
        if fact.reason == ID_CONFLICT_REASON:
            yield FoundException(
                code=ExceptionCode.ID_CONFLICT,
                subject_kind="device",
                subject_id=fact.device_id,
                fact_ids=tuple(sorted((fact.fact_id, FactId(fact.quarantine_id)))),
                minutes=0,
                since=None,
            )


def by_stake(found: Iterable[FoundException]) -> list[FoundException]:
    """Sort by what is at stake: minutes, then money, then age, the oldest first. The key only makes the order total."""
    return sorted(found, key=lambda each: (-each.minutes, -(each.amount or 0), each.since or LAST, each.key))


def standing(found: Iterable[FoundException], acknowledgements: Iterable[Acknowledgement]) -> list[StandingException]:
    """Say which exceptions the office has accepted. An acknowledgement holds while its key stands; where the facts have
    changed the exception is open again, and shows the latest one given for the same code and subject."""
    by_key: dict[str, Acknowledgement] = {}
    by_kind: dict[tuple[str, str, str], Acknowledgement] = {}
    for given in sorted(acknowledgements, key=lambda given: given.position):
        by_key[given.key] = by_kind[given.code, given.subject_kind, given.subject_id] = given
    return [_standing(each, by_key.get(each.key), by_kind) for each in found]


def must_fix(found: Iterable[FoundException]) -> frozenset[VisitId]:
    """The visits that cannot be paid before somebody has put them right."""
    return frozenset(
        visit_id for each in found if each.exception_class is ExceptionClass.FIX for visit_id in each.visit_ids
    )


def payable(visit: VisitFacts, found: Iterable[FoundException], rulebook: Rulebook) -> bool:
    """Whether the visit may be paid: something is registered, nothing is open or must be fixed, and every approval that
    the rulebook asks for stands [S:INTRA16]. An open visit never becomes payable by itself."""
    approved = {approval.role for approval in visit.approvals if approval.stands}
    is_registered = bool(visit.attendances or visit.failures)
    is_open = any(stay.arrived_at is None or stay.departed_at is None for stay in visit.attendances)
    required = rulebook.policies_at(visit.stands_at).required_approvals
    must_fix = any(each.exception_class is ExceptionClass.FIX and visit.visit_id in each.visit_ids for each in found)
    return is_registered and not is_open and not must_fix and approved.issuperset(required)


def _kronor(each: FoundException, amounts: Mapping[VisitId, Decimal]) -> Decimal:
    return sum((amounts.get(visit_id, NO_MONEY) for visit_id in each.visit_ids), NO_MONEY)


def _standing(
    each: FoundException, given: Acknowledgement | None, by_kind: Mapping[tuple[str, str, str], Acknowledgement]
) -> StandingException:
    earlier = None if given else by_kind.get((each.code, each.subject_kind, each.subject_id))
    return StandingException(each, given, earlier)
