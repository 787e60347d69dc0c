"""What a month would be closed with: its statement as of a position, computed and compared with what was closed before."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from api.bootstrap import House
from api.pay_reports import must_fix, visits_for_pay
from api.reading import View, view_as_of
from domain.field import FieldEvent
from domain.ids import ProviderId, UnitId, stream_of
from domain.local_time import Month, month_bounds, parse_month
from domain.lock_calendar import ONE_DAY, locks_at
from domain.period.adjustment import Adjustment, Cause, CausesOf, adjusted_lines
from domain.period.aggregate import Basis, Settled
from domain.period.calculation import CALCULATION_VERSION, CALCULATIONS, MonthFacts, of_accountable
from domain.period.errors import AccountableUnknownError, StatementOfAnotherLogError
from domain.period.facts import PeriodClosing
from domain.period.sections import Line
from domain.period.settling import settled
from domain.period.standing import client_days
from domain.period.statement import Statement, digest_of, read_statement, statement_bytes
from domain.period.values import Accountable
from infra.follower import event_id


@dataclass(frozen=True, slots=True)
class Draft:
    """A statement that is not closed: its bytes, and what closing it would fix and settle."""

    statement: Statement
    content: bytes
    basis: Basis
    settled: Sequence[Settled]
    must_fix: int
    """Visits with an exception that must be fixed. It keeps no month from being closed: what it is about is not paid, and
    pays later as an adjustment."""


class Drafting:
    """Computes statements of one unit or provider as of one position. Pure functions do the work; this reads for them."""

    def __init__(self, view: View, accountable_id: str) -> None:
        self._view, self._house = view, view.house
        self._context = view.context()
        self.accountable = self._accountable(accountable_id)
        self._closings = view.facts.period_closings(accountable_id=accountable_id)
        self._months: dict[Month, MonthFacts] = {}

    def draft(self, month: Month, version: int = CALCULATION_VERSION) -> Draft:
        """The month's statement as of the position, with the adjustments of earlier closed months."""
        adjustments = self._adjustments(month)
        identity = self._house.log.identity()
        statement = Statement(
            month=str(month),
            unit_id=self.accountable.unit_id,
            provider_id=self.accountable.provider_id,
            ledger_id=identity.ledger_id,
            epoch=identity.epoch,
            position=self._view.position,
            event_id=event_at(self._house, self._view.position),
            rulebook_versions=self._versions(month),
            calculation_version=version,
            sections=self.lines(month, version),
            adjustments=adjustments,
        )
        content = statement_bytes(statement)
        return Draft(
            statement=statement,
            content=content,
            basis=self._basis(month, statement, content),
            settled=[settled(each) for each in adjustments],
            must_fix=self._must_fix(month),
        )

    def lines(self, month: Month, version: int) -> dict[str, tuple[Line, ...]]:
        """The month's lines by one calculation."""
        return CALCULATIONS[version].lines(self._facts(month))

    def _facts(self, month: Month) -> MonthFacts:
        """What is known of the month, read once; exceptions are judged at the hour of the position."""
        if month not in self._months:
            view = self._view
            facts = MonthFacts(self.accountable, month, visits_for_pay(view, month), self._context, view.rulebook)
            mine = of_accountable(facts)
            fixes = must_fix(view, list(mine.visits), self._context)
            self._months[month] = replace(mine, must_fix=fixes)
        return self._months[month]

    def _must_fix(self, month: Month) -> int:
        facts = self._facts(month)
        days = {visit.visit_id: client_days(visit, facts.rulebook.zone) for visit in facts.visits}
        return sum(any(day in month for _, day in days[visit_id]) for visit_id in facts.must_fix if visit_id in days)

    def _accountable(self, accountable_id: str) -> Accountable:
        if accountable_id in self._context.units:
            return Accountable(unit_id=UnitId(accountable_id))
        if accountable_id in self._context.providers:
            return Accountable(provider_id=ProviderId(accountable_id))
        raise AccountableUnknownError

    def _versions(self, month: Month) -> tuple[str, ...]:
        days = (month.until_on - month.first_on).days
        return self._view.rulebook.versions([month.first_on + number * ONE_DAY for number in range(days)])

    def _basis(self, month: Month, statement: Statement, content: bytes) -> Basis:
        rulebook = self._view.rulebook
        return Basis(
            month=month,
            accountable=self.accountable,
            position=statement.position,
            ledger_id=statement.ledger_id,
            epoch=statement.epoch,
            event_id=statement.event_id,
            rulebook_versions=statement.rulebook_versions,
            calculation_version=statement.calculation_version,
            digest=digest_of(content),
            after_lock=rulebook.on(month.until_on - ONE_DAY).policies.after_lock,
            month_ends_at=month_bounds(month, rulebook.zone)[1],
            locks_at=locks_at(month, rulebook),
        )

    def _adjustments(self, month: Month) -> tuple[Adjustment, ...]:
        """Of every closed month before this one, in order. A month whose calculation can no longer be called is older than
        the retention time, and is left as it is."""
        earlier = [each for each in self._closings if each.is_closed and each.month < str(month)]
        callable_ones = [each for each in earlier if each.calculation_version in CALCULATIONS]
        found = [self._adjustment(each, month) for each in sorted(callable_ones, key=lambda each: each.month)]
        return tuple(each for each in found if each.lines)

    def _adjustment(self, closing: PeriodClosing, settled_in: Month) -> Adjustment:
        calculation = CALCULATIONS[closing.calculation_version]
        closed = parse_month(closing.month)
        lines = adjusted_lines(
            stored(self._house, closing).sections,
            self.lines(closed, closing.calculation_version),
            self._booked(closing.month, str(settled_in)),
            sections=calculation.sections,
            causes_of=self._causes(closing.position),
            after_lock=closing.after_lock,
        )
        return Adjustment(
            month=closing.month, digest=closing.digest, rulebook_versions=self._versions(closed), lines=lines
        )

    def _booked(self, month: str, settled_in: str) -> list[Line]:
        """What closed months other than this one have settled of a month already."""
        others = [each for each in self._closings if each.is_closed and each.month not in {month, settled_in}]
        statements = [stored(self._house, each) for each in others if each.month > month]
        return [
            line
            for statement in statements
            for adjustment in statement.adjustments
            if adjustment.month == month
            for line in adjustment.lines
        ]

    def _causes(self, closed_at: int) -> CausesOf:
        """What the log says of a visit above a closing's position, through the view's."""
        house, upto = self._house, self._view.position

        def causes_of(visit_id: str) -> list[Cause]:
            rows = house.log.read_stream(stream_of("visit", visit_id), upto_position=upto) if visit_id else []
            later = house.codec.decode_rows([row for row in rows if row.position > closed_at])
            return [Cause(each.position, isinstance(each.event, FieldEvent)) for each in later]

        return causes_of


def draft_of(
    house: House, accountable_id: str, month: Month, position: int, version: int = CALCULATION_VERSION
) -> Draft:
    """Compute a month's statement as of a position. Raises `AccountableUnknownError`, `StatementOfAnotherLogError`, or 503
    `not_yet_visible`."""
    with view_as_of(house, str(position)) as view:
        return Drafting(view, accountable_id).draft(month, version)


def stored(house: House, closing: PeriodClosing) -> Statement:
    """The closed statement, which must be of this log. Raises `StatementOfAnotherLogError`."""
    content = house.log.statement(closing.digest)
    if content is None or event_at(house, closing.position) != closing.event_id:
        raise StatementOfAnotherLogError
    return read_statement(content)


def event_at(house: House, position: int) -> str:
    """Name the event at a position by its content; empty where the log has none there."""
    rows = house.log.read(position - 1, 1, upto=position)
    return event_id(rows[0]) if rows else ""
