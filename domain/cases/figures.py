"""The figures of a case, each by the function that every report calls."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from functools import cached_property
from types import MappingProxyType
from zoneinfo import ZoneInfo

from domain.cases.case import Case
from domain.cases.hours import moment
from domain.cases.town import Town, town_of
from domain.continuity import continuity
from domain.detectors.hour import Moment
from domain.deviation.grounds import Grounds
from domain.exceptions import find_exceptions, lasting_exceptions
from domain.facts import NeedChange
from domain.ids import ClientId, VisitId
from domain.local_time import Month, parse_month
from domain.lock_calendar import locks_at
from domain.ordered_time import ordered_time
from domain.pay.fees import client_fees
from domain.pay.lines import PayLine
from domain.pay.reimbursement import reimbursement
from domain.performed_time import PerformedMinutes, performed_time
from domain.reconciliation import Level, ReconciliationRow, reconcile
from domain.rulebook.rulebook import Rulebook
from domain.values import ExceptionClass

LONG_AFTER = datetime(9999, 1, 1, tzinfo=UTC)
Figure = object
"""A figure as a case writes it: a number, a decimal, a text, several texts, or numbers by name."""


class Books:
    """What is computed of one case, each part when it is first asked for."""

    def __init__(self, case: Case, rulebook: Rulebook) -> None:
        self.rulebook = rulebook
        self.month: Month = parse_month(case.month)
        self.town: Town = town_of(case, rulebook.zone)
        self.at = Moment(moment(case.at, rulebook.zone) if case.at else LONG_AFTER)

    @cached_property
    def performed(self) -> list[PerformedMinutes]:
        """The month's performed time."""
        rows = performed_time(self.town.visits, context=self.town.context, rulebook=self.rulebook)
        return [row for row in rows if row.day in self.month]

    @cached_property
    def paid(self) -> list[PayLine]:
        """The month's pay lines, by what the ledger knew when the month was closed."""
        town, closed_at = self.town, locks_at(self.month, self.rulebook)
        return reimbursement(
            self.month,
            town.visits,
            context=town.context,
            rulebook=self.rulebook,
            must_fix=self.must_fix,
            late=town.late(closed_at) if closed_at else frozenset(),
        )

    @cached_property
    def must_fix(self) -> frozenset[VisitId]:
        """The visits with an exception to be fixed before pay."""
        found = lasting_exceptions(self.town.visits, context=self.town.context, rulebook=self.rulebook)
        fixes = (each for each in found if each.exception_class is ExceptionClass.FIX)
        return frozenset(visit_id for each in fixes for visit_id in each.visit_ids)

    @cached_property
    def reconciled(self) -> list[ReconciliationRow]:
        """The month's reconciliation."""
        return reconcile(
            self.month,
            planned=[visit.planned for visit in self.town.visits if visit.planned],
            performed=self.performed,
            context=self.town.context,
            rulebook=self.rulebook,
            grounds=self._grounds(),
            reimbursed=self.paid,
        )

    def _grounds(self) -> Grounds:
        town, needs = self.town, defaultdict[ClientId, list[NeedChange]](list)
        for need in town.need_changes:
            needs[need.client_id].append(need)
        return Grounds(
            visits={visit.visit_id: visit for visit in town.visits},
            must_fix=self.must_fix,
            need_changes=needs,
            moment=self.at,
        )


def _performed(books: Books) -> Figure:
    return _sum((row.client_id, row.client_minutes(books.rulebook)) for row in books.performed)


def _staff(books: Books) -> Figure:
    return _sum((row.client_id, row.staff_minutes) for row in books.performed)


def _by_service(books: Books) -> Figure:
    return _sum((row.service_code or "none", row.client_minutes(books.rulebook)) for row in books.performed)


def _ordered(books: Books) -> Figure:
    lines = ordered_time(books.month, books.town.context, books.rulebook)
    return _sum((line.client_id, line.ordered_minutes or 0) for line in lines)


def _reimbursed(books: Books) -> Figure:
    return _sum((line.client_id, line.reimbursed_minutes) for line in books.paid)


def _amount(books: Books) -> Figure:
    amounts: defaultdict[str, Decimal] = defaultdict(Decimal)
    for line in books.paid:
        amounts[line.client_id] += line.amount
    return dict(amounts)


def _fee(books: Books) -> Figure:
    town = books.town
    charged: defaultdict[str, Decimal] = defaultdict(Decimal)
    for line in client_fees(books.month, town.visits, context=town.context, rulebook=books.rulebook):
        charged[line.client_id] += line.charged
    return dict(charged)


def _withheld(books: Books) -> Figure:
    return dict(Counter(str(line.withheld) for line in books.paid if line.withheld))


def _deviation(books: Books) -> Figure:
    return _sum((row.client_id or "", row.deviation_minutes or 0) for row in _at(Level.CLIENT, books))


def _deviation_by_service(books: Books) -> Figure:
    return _sum((row.service_code or "none", row.deviation_minutes or 0) for row in _at(Level.SERVICE, books))


def _causes(books: Books) -> Figure:
    return _sum((str(cause), minutes) for row in _at(Level.CLIENT, books) for cause, minutes in row.causes.items())


def _exceptions(books: Books) -> Figure:
    town = books.town
    found = find_exceptions(
        town.visits, context=town.context, rulebook=books.rulebook, moment=books.at, need_changes=town.need_changes
    )
    return tuple(sorted({str(each.code) for each in found}))


def _workers_met(books: Books) -> Figure:
    town = books.town
    report = continuity(books.month.first_on, town.visits, context=town.context, rulebook=books.rulebook)
    return {client.client_id: client.workers for client in report.clients if client.left_out is None}


def _closes(books: Books) -> Figure:
    closes_at = locks_at(books.month, books.rulebook)
    return f"{closes_at.astimezone(ZoneInfo(books.rulebook.zone)):%Y-%m-%d %H:%M}" if closes_at else "never"


def _at(level: Level, books: Books) -> Iterable[ReconciliationRow]:
    return (row for row in books.reconciled if row.level is level)


def _sum(pairs: Iterable[tuple[str, int]]) -> dict[str, int]:
    sums: defaultdict[str, int] = defaultdict(int)
    for name, minutes in pairs:
        sums[name] += minutes
    return dict(sums)


FIGURES: Mapping[str, Callable[[Books], Figure]] = MappingProxyType(
    {
        "performed": _performed,
        "staff": _staff,
        "by_service": _by_service,
        "ordered": _ordered,
        "reimbursed": _reimbursed,
        "amount": _amount,
        "fee": _fee,
        "withheld": _withheld,
        "deviation": _deviation,
        "deviation_by_service": _deviation_by_service,
        "causes": _causes,
        "exceptions": _exceptions,
        "workers_met": _workers_met,
        "closes": _closes,
    }
)
"""How each figure that a case may expect is found."""
