"""When a month may be closed and opened again, and by whom."""

from collections.abc import Callable
from datetime import datetime, timedelta

import msgspec

from domain.ids import ProviderId
from domain.period import errors
from domain.period.aggregate import Basis, Period
from domain.period.events import PeriodAdjustmentBooked, PeriodClosed, PeriodReopened, PeriodReopeningRequested
from domain.period.facts import period_facts
from domain.period.values import EarlyClosingReason, PeriodState, ReopeningReason
from domain.rulebook.values import AfterLock
from domain.visit.errors import ReasonTextMissingError
from tests.domain.given_facts import BRACKE
from tests.domain.period_samples import BASIS, FEBRUARY, LOCKS, OVER
from tests.scenario import COORDINATOR, Scenario, Told, fact

march = Scenario(Period, "bracke:2025-03")
SECOND = timedelta(seconds=1)
SOMEBODY_ELSE = "admin/ulla"


def closed(*, position: int = 500, digest: str = "d1", early_because: EarlyClosingReason | None = None) -> Told:
    return fact(
        PeriodClosed,
        month="2025-03",
        unit_id=BRACKE,
        provider_id=ProviderId(""),
        position=position,
        ledger_id="ledger-1",
        epoch=1,
        event_id="event-500",
        rulebook_versions=("intraphone-2016",),
        calculation_version=1,
        digest=digest,
        after_lock=AfterLock.NEXT_RUN,
        locks_at=LOCKS,
        early_because=early_because,
    )


CLOSED = closed()
BOOKED = fact(
    PeriodAdjustmentBooked,
    adjusted_month="2025-02",
    adjusted_digest="d0",
    lines=2,
    minutes=40,
    amount_ore=31_000,
    late_lines=1,
    late_minutes=15,
    cause_positions=(410, 411),
)
REQUESTED = fact(PeriodReopeningRequested, reason=ReopeningReason.ERROR_IN_BASIS, note="Two orders were missing")
REOPENED = fact(
    PeriodReopened,
    actor=SOMEBODY_ELSE,
    reason=ReopeningReason.ERROR_IN_BASIS,
    requested_by=COORDINATOR,
    digest="d1",
)


def close(
    at: datetime = LOCKS, early_because: EarlyClosingReason | None = None, basis: Basis = BASIS
) -> Callable[[Period], None]:
    return lambda period: period.close(basis, at=at, early_because=early_because)


def reopen(note: str | None = "Two orders were missing") -> Callable[[Period], None]:
    return lambda period: period.reopen(reason=ReopeningReason.ERROR_IN_BASIS, note=note)


def confirm(period: Period) -> None:
    period.confirm_reopening()


def test_a_month_is_closed_at_its_lock_date_with_all_that_its_statement_follows_from() -> None:
    march.given().when(close()).then(CLOSED)


def test_a_closed_month_is_not_closed_again() -> None:
    march.given(CLOSED).when(close()).then_refused(errors.PeriodAlreadyClosedError)
    march.given(CLOSED, REQUESTED).when(close()).then_refused(errors.PeriodAlreadyClosedError)


def test_a_month_that_is_not_over_is_not_closed_whatever_the_reason() -> None:
    early = close(OVER - SECOND, EarlyClosingReason.UNIT_CEASES)
    march.given().when(early).then_refused(errors.PeriodNotOverError)


def test_before_the_lock_date_a_month_is_closed_only_with_a_reason() -> None:
    march.given().when(close(LOCKS - SECOND)).then_refused(errors.LockDateNotReachedError)
    because = EarlyClosingReason.DATE_SET_OTHERWISE
    march.given().when(close(LOCKS - SECOND, because)).then(closed(early_because=because))


def test_without_a_lock_date_too() -> None:
    undated = msgspec.structs.replace(BASIS, locks_at=None)
    march.given().when(close(basis=undated)).then_refused(errors.LockDateNotReachedError)


def test_a_reason_that_was_not_needed_is_not_told() -> None:
    march.given().when(close(early_because=EarlyClosingReason.UNIT_CEASES)).then(CLOSED)


def test_adjustments_of_earlier_months_are_booked_with_the_closing() -> None:
    march.given().when(lambda period: period.close(BASIS, at=LOCKS, adjustments=[FEBRUARY])).then(BOOKED, CLOSED)


def test_reopening_is_asked_for_by_one_and_confirmed_by_another() -> None:
    march.given(CLOSED).when(reopen()).then(REQUESTED)
    march.given(CLOSED, REQUESTED).by(SOMEBODY_ELSE).when(confirm).then(REOPENED)


def test_whoever_asked_cannot_confirm() -> None:
    march.given(CLOSED, REQUESTED).when(confirm).then_refused(errors.ReopenedBySamePersonError)


def test_nothing_is_confirmed_that_nobody_asked_for() -> None:
    march.given(CLOSED).by(SOMEBODY_ELSE).when(confirm).then_refused(errors.ReopeningNotRequestedError)


def test_a_month_that_is_closed_anew_starts_anew() -> None:
    again = march.given(BOOKED, CLOSED, REQUESTED, REOPENED, closed(position=700, digest="d2"))
    again.by(SOMEBODY_ELSE).when(confirm).then_refused(errors.ReopeningNotRequestedError)
    assert again.aggregate.history.booked == ()


def test_a_reopening_is_asked_for_once_and_said_in_words() -> None:
    march.given(CLOSED, REQUESTED).when(reopen()).then_refused(errors.ReopeningAlreadyRequestedError)
    march.given(CLOSED).when(reopen("EB")).then_refused(ReasonTextMissingError)


def test_an_open_month_is_not_reopened() -> None:
    march.given().when(reopen()).then_refused(errors.PeriodNotClosedError)
    march.given(CLOSED, REQUESTED, REOPENED).when(reopen()).then_refused(errors.PeriodNotClosedError)
    march.given(CLOSED, REQUESTED, REOPENED).when(confirm).then_refused(errors.PeriodNotClosedError)


def test_a_reopened_month_is_closed_anew_and_its_first_statement_is_remembered() -> None:
    basis = msgspec.structs.replace(BASIS, position=700, digest="d2")
    reopened = march.given(CLOSED, REQUESTED, REOPENED)
    reopened.when(close(basis=basis)).then(closed(position=700, digest="d2"))
    assert reopened.aggregate.history.digests == ("d1", "d2")


def test_a_month_stands_closed_until_the_reopening_is_confirmed() -> None:
    states = [
        period_facts(march.given(*told).aggregate.history)[0].state
        for told in ((CLOSED,), (CLOSED, REQUESTED), (CLOSED, REQUESTED, REOPENED))
    ]
    assert states == [PeriodState.CLOSED, PeriodState.REOPENING_REQUESTED, PeriodState.REOPENED]
    assert [state.is_closed for state in states] == [True, True, False]
    assert period_facts(march.given().aggregate.history) == ()
