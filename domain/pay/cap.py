"""What is left of the payable minutes under the order: the cap over a client's visit, day, week or month (rules.md 2.2, 7.3).

As firmly as the order binds: under strict control each service has a pot of its own, else the client's services of one law
share one ([S:SEED3]; a time frame is a pot too [S:RAM]). What is ordered without minutes has none. Time beyond is paid as far
as a care manager approved it.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple

from domain.ids import ClientId, ServiceCode, VisitId
from domain.local_time import Month, iso_week
from domain.order.time_frame import TimeFrame
from domain.order.values import MinuteControl
from domain.ordered_time import OrderedMinutes, client_ordered_time, day_minutes
from domain.pay.item import PayItem
from domain.pay.lines import PayKind, Withheld
from domain.pay.standard_time import ordered_line
from domain.pay.terms import TermsBook
from domain.rulebook.rulebook import Edition
from domain.rulebook.values import CapPeriod, ExcessPolicy, RatePer

PotKey = tuple[str, ServiceCode | None, str]
"""Law, service (None: all of the client's) and period."""
WHOLE_MONTH = ""
PERCENT = 100


class ApprovedExcess(NamedTuple):
    """Minutes of one client's that a care manager lets be paid in one visit, beyond the order or without one."""

    visit_id: VisitId
    day: date
    is_extra: bool
    minutes: int


class Pots:
    """One client's ordered minutes of a month, and what was drawn from them."""

    def __init__(
        self,
        client_id: ClientId,
        month: Month,
        frames: Iterable[TimeFrame],
        excess: Sequence[ApprovedExcess],
        book: TermsBook,
    ) -> None:
        self._book, self._month = book, month
        self._excess = excess
        self._ordered: defaultdict[PotKey, int] = defaultdict(int)
        self._drawn: defaultdict[PotKey, int] = defaultdict(int)
        self._approved: dict[str, int] = {}
        self._periods: dict[tuple[ServiceCode | None, str], CapPeriod] = {}
        self._controls: dict[tuple[str, ServiceCode | None], MinuteControl] = {}
        for ordered in client_ordered_time(client_id, frames, month, book.context, book.rulebook):
            self._take_in(ordered)

    def settle(self, items: Sequence[PayItem]) -> None:
        """Pay out the items in order of time, each as far as its pot goes."""
        by_visit = CapPeriod.VISIT
        for item in items:
            if item.terms.policies.cap_period is by_visit and item.performed and item.is_first:
                self._take_in_visit(item)
        weeks: defaultdict[tuple[ServiceCode | None, str], int] = defaultdict(int)
        for item in items:
            if item.week_max is not None and item.withheld is None:
                week = (item.whose.service_code, iso_week(item.day))
                item.payable = max(0, min(item.payable, item.week_max - weeks[week]))
                weeks[week] += item.payable
            self._settle(item)

    def _settle(self, item: PayItem) -> None:
        if item.withheld is not None:
            item.withheld_minutes = max(item.withheld_minutes, item.payable)
            return
        if item.is_extra and item.terms.policies.extra_needs_approval:
            item.reimbursed, why = self._drawn_for_extra(item), Withheld.EXTRA_NOT_APPROVED
        else:
            item.reimbursed, why = self._drawn_for(item), Withheld.OVER_CAP
        if item.reimbursed < item.payable:
            item.withhold(why)
            item.withheld_minutes = item.payable - item.reimbursed

    def _drawn_for_extra(self, item: PayItem) -> int:
        approved = self._draw_approved(f"extra {item.visit_id}", item.payable)
        return item.payable if approved and item.per is not RatePer.HOUR else approved

    def _drawn_for(self, item: PayItem) -> int:
        policies, payable, key = item.terms.policies, item.payable, self._pot_of(item)
        if key is None:
            return payable
        limit = self._ordered[key] * (PERCENT + policies.tolerance_percent) // PERCENT
        within = max(0, min(payable, limit - self._drawn[key]))
        self._drawn[key] += within
        if within < payable and self._excess and policies.excess_policy is ExcessPolicy.CAP_UNLESS_APPROVED:
            within += self._draw_approved(_period(policies.cap_period, item.day, item.visit_id), payable - within)
        return within

    def _pot_of(self, item: PayItem) -> PotKey | None:
        """The pot that the item draws from; None where nothing caps it: what is paid by the piece, alarms, what is ordered
        without minutes, and everything where actual time is paid."""
        policies, whose = item.terms.policies, item.whose
        if item.kind is PayKind.ALARM or item.per is not RatePer.HOUR or item.is_extra:
            return None
        if policies.excess_policy is ExcessPolicy.PAY_ACTUAL:
            return None
        control = self._controls.get((whose.legal_basis, whose.service_code), MinuteControl.NONE)
        if control is MinuteControl.NONE:
            return None
        period = _period(policies.cap_period, item.day, item.visit_id)
        return _key(control, whose.legal_basis, whose.service_code, period)

    def _take_in(self, ordered: OrderedMinutes) -> None:
        whose, control = (ordered.legal_basis, ordered.service_code), ordered.minute_control
        known = self._controls.get(whose)
        if known is not control and known is not MinuteControl.NONE:
            self._controls[whose] = control
        edition = self._book.rulebook.on(ordered.day)
        period = self._periods.get((ordered.service_code, edition.version)) or self._cap_period(ordered, edition)
        if ordered.ordered_minutes is None or (period is CapPeriod.VISIT and control is not MinuteControl.TIME_FRAME):
            return
        key = _key(control, *whose, _period(period, ordered.day, None))
        if key is not None:
            self._ordered[key] += ordered.ordered_minutes

    def _cap_period(self, ordered: OrderedMinutes, edition: Edition) -> CapPeriod:
        code, day = ordered.service_code, ordered.day
        found = CapPeriod.MONTH
        if code is not None:
            line = ordered_line(ordered.client_id, code, day, self._book.context)
            found = (self._book.line_terms(line, day).policies if line else edition.policies).cap_period
        self._periods[code, edition.version] = found
        return found

    def _take_in_visit(self, item: PayItem) -> None:
        """What one occasion of the visit's service is ordered as, for a cap by the visit."""
        code, context = item.whose.service_code, self._book.context
        line = ordered_line(item.whose.client_id, code, item.day, context) if code else None
        minutes = day_minutes(line, item.day, 1, context, self._book.rulebook)[1] if line else None
        key = self._pot_of(item)
        if minutes is not None and key is not None and key[2] != WHOLE_MONTH:
            self._ordered[key] += minutes

    def _draw_approved(self, period: str, minutes: int) -> int:
        if not self._excess:
            return 0
        if period not in self._approved:
            self._approved[period] = sum(each.minutes for each in self._excess if _is_of(each, period, self._month))
        drawn = min(minutes, self._approved[period])
        self._approved[period] -= drawn
        return drawn


def _key(control: MinuteControl, basis: str, code: ServiceCode | None, period: str) -> PotKey | None:
    match control:
        case MinuteControl.STRICT:
            return basis, code, period
        case MinuteControl.FLEXIBLE:
            return basis, None, period
        case MinuteControl.TIME_FRAME:
            return f"{basis} time frame", None, WHOLE_MONTH
        case MinuteControl.NONE:
            return None


def _period(period: CapPeriod, day: date, visit_id: VisitId | None) -> str:
    match period:
        case CapPeriod.MONTH:
            return WHOLE_MONTH
        case CapPeriod.VISIT:
            return f"visit {visit_id}"
        case CapPeriod.DAY:
            return day.isoformat()
        case CapPeriod.WEEK:
            return iso_week(day)


def _is_of(excess: ApprovedExcess, period: str, month: Month) -> bool:
    """Whether it was approved for that period; what was approved for a visit before the month is no part of its pots."""
    if excess.is_extra:
        return period == f"extra {excess.visit_id}"
    if excess.day not in month:
        return period == _period(CapPeriod.VISIT, excess.day, excess.visit_id)
    return period in {_period(each, excess.day, excess.visit_id) for each in CapPeriod}
