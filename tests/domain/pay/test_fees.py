"""What clients pay (rules.md 5.3, 7.4)."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal

import msgspec
import pytest

from domain.facts import Absence, VisitFacts, VisitFailed
from domain.ids import FactId, VisitId
from domain.pay.fees import FeeKind, FeeLine, client_fees
from domain.rulebook.rulebook import DEFAULT_RULEBOOK, Rulebook
from domain.rulebook.values import CancellationNotice, NoticeKind
from domain.values import CancelledBy, NotPerformedReason, VisitKind
from tests.domain.given_facts import ANNA, ASTA, BROR, clock, order, plan, stay
from tests.domain.pay.made import CLEAN, MARCH, MEAL, SHOP, SHOWER, done, facts, made, town
from tests.domain.pay.rulebooks import rulebook

KNOWN = town(order(ASTA, SHOWER), order(BROR, SHOWER))
SOLLENTUNA = rulebook(
    fee_per_hour=Decimal(246),
    fee_per_month_max=Decimal(2575),
    fee_minutes_per_meal=10,
    cancellation_notice=CancellationNotice(kind=NoticeKind.HOURS, hours=48),
    late_cancellation_charged=True,
)
"""2024 [S:SOLLT]."""
NYKOPING = rulebook(
    missed_visit_fee=Decimal(150), cancellation_notice=CancellationNotice(kind=NoticeKind.WORKING_DAY_SAME_TIME)
)
"""2021 [S:NYK]."""
VINGAKER = rulebook(
    fee_per_hour=Decimal(300),
    fee_per_month_max=Decimal(100),
    missed_visit_fee=Decimal(100),
    missed_visit_warnings=3,
    cancellation_notice=CancellationNotice(kind=NoticeKind.DAY_BEFORE),
)
"""2020 [S:VING]; the hour and the cap are examples."""


def fees(*visits: VisitFacts, rules: Rulebook, absences: Sequence[Absence] = ()) -> list[FeeLine]:
    context = town(order(ASTA, SHOWER), order(BROR, SHOWER), absences=absences)
    return client_fees(MARCH, visits, context=context, rulebook=rules)


def charged(lines: Sequence[FeeLine]) -> list[Decimal]:
    return [line.charged for line in lines]


def test_a_performed_hour_costs_246_kronor_up_to_2575_a_month() -> None:
    """[S:SOLLT]"""
    visits = [made("08:00", 60, SHOWER, day=date(2025, 3, day)) for day in range(1, 13)]
    lines = fees(*visits, rules=SOLLENTUNA)
    assert charged(lines) == [Decimal(246)] * 10 + [Decimal(115), Decimal(0)]
    assert {line.amount for line in lines} == {Decimal(246)}


def test_a_meal_delivery_costs_ten_minutes_whatever_it_took() -> None:
    """[S:SOLLT]"""
    (line,) = fees(made("11:00", 4, MEAL, kind=VisitKind.MEAL), rules=SOLLENTUNA)
    assert (line.kind, line.minutes, line.amount) == (FeeKind.MEAL, 10, Decimal("41.00"))


def test_the_greeting_is_charged_to_the_client_once_a_visit() -> None:
    """[S:INTRA12]"""
    rules = rulebook(fee_per_hour=Decimal(240), greeting_allowance_minutes=3)
    lines = fees(made("08:00", 30, SHOWER, CLEAN), rules=rules)
    assert sum(line.minutes for line in lines) == 33


def test_a_couple_pays_for_its_own_halves() -> None:
    together = facts(stay("08:00", "09:00", clients=(ASTA, BROR)), done(SHOP, "08:30", client=None))
    lines = fees(together, rules=SOLLENTUNA)
    assert {line.client_id: line.amount for line in lines} == {ASTA: Decimal(123), BROR: Decimal(123)}


def cancelled(starts_at: datetime, given_at: datetime, by: CancelledBy = CancelledBy.CLIENT) -> VisitFacts:
    planned = plan(
        starts_at, starts_at + timedelta(minutes=30), (SHOWER, 30, ASTA), cancelled_by=by, notice_given_at=given_at
    )
    return facts(planned, name=f"cancelled-{starts_at}")


FRIDAY, THURSDAY, MONDAY = date(2025, 3, 7), date(2025, 3, 6), date(2025, 3, 10)


@pytest.mark.parametrize(("hours_before", "expected"), [(47, [Decimal("123.00")]), (48, [])])
def test_a_visit_not_cancelled_48_hours_before_is_charged(hours_before: int, expected: list[Decimal]) -> None:
    """[S:SOLLT]"""
    starts_at = clock("10:00", FRIDAY)
    assert charged(fees(cancelled(starts_at, starts_at - timedelta(hours=hours_before)), rules=SOLLENTUNA)) == expected


def test_hours_of_notice_are_real_ones_when_the_clock_is_changed() -> None:
    """From Friday at ten to Sunday at ten is 47 hours when a night has 23."""
    sunday = clock("10:00", date(2025, 3, 30))
    assert len(fees(cancelled(sunday, clock("10:00", date(2025, 3, 28))), rules=SOLLENTUNA)) == 1
    assert len(fees(cancelled(sunday, clock("09:00", date(2025, 3, 28))), rules=SOLLENTUNA)) == 0


def test_what_the_provider_cancels_costs_the_client_nothing() -> None:
    starts_at = clock("10:00", FRIDAY)
    assert fees(cancelled(starts_at, starts_at, CancelledBy.PROVIDER), rules=SOLLENTUNA) == []


@pytest.mark.parametrize(
    ("given_at", "expected"),
    [
        (clock("10:00", FRIDAY), []),
        (clock("10:01", FRIDAY), [Decimal(150)]),
        (clock("10:00", date(2025, 3, 9)), [Decimal(150)]),
    ],
)
def test_a_monday_visit_is_cancelled_on_friday_at_the_same_time_at_the_latest(
    given_at: datetime, expected: list[Decimal]
) -> None:
    """[S:NYK]: 150 kronor if not cancelled one weekday before."""
    assert charged(fees(cancelled(clock("10:00", MONDAY), given_at), rules=NYKOPING)) == expected


def failed(day: date, reason: NotPerformedReason = NotPerformedReason.NOBODY_HOME) -> VisitFacts:
    at = clock("10:02", day)
    failure = VisitFailed(
        visit_id=VisitId("visit"), fact_id=FactId("failure"), worker_id=ANNA, client_ids=(ASTA,), reason=reason, at=at
    )
    planned = plan(clock("10:00", day), clock("10:30", day), (SHOWER, 30, ASTA))
    return facts(planned, failure, name=f"failed-{day}")


def test_nobody_home_costs_150_kronor() -> None:
    """[S:NYK]"""
    (line,) = fees(failed(FRIDAY), rules=NYKOPING)
    assert (line.kind, line.charged) == (FeeKind.MISSED_VISIT, Decimal(150))
    assert fees(failed(FRIDAY), rules=DEFAULT_RULEBOOK) == []


def test_the_fee_comes_after_three_warnings_and_outside_the_cap() -> None:
    """[S:VING]: 100 kronor; warnings given in earlier months count."""
    earlier = [failed(date(2025, 2, day)) for day in (10, 11)]
    month = [failed(date(2025, 3, day)) for day in (10, 11, 12)]
    performed = made("08:00", 60, SHOWER, day=date(2025, 3, 1))
    lines = fees(*earlier, *month, performed, rules=VINGAKER)
    assert charged(lines) == [Decimal(100), Decimal(0), Decimal(100), Decimal(100)]
    assert [line.forgiven for line in lines] == [False, True, False, False]


def test_a_fee_outside_the_cap_uses_up_nothing_of_it_and_one_inside_does() -> None:
    performed = made("08:00", 20, SHOWER, day=date(2025, 3, 20))
    outside = rulebook(fee_per_hour=Decimal(300), fee_per_month_max=Decimal(150), missed_visit_fee=Decimal(100))
    inside = rulebook(
        fee_per_hour=Decimal(300),
        fee_per_month_max=Decimal(150),
        missed_visit_fee=Decimal(100),
        missed_visit_outside_cap=False,
    )
    assert charged(fees(failed(FRIDAY), performed, rules=outside)) == [Decimal(100), Decimal(100)]
    assert charged(fees(failed(FRIDAY), performed, rules=inside)) == [Decimal(100), Decimal(50)]


def test_the_day_before_is_in_time_and_the_same_day_is_not() -> None:
    """[S:VING]"""
    no_warnings = rulebook(missed_visit_fee=Decimal(100))
    late = cancelled(clock("10:00", FRIDAY), clock("00:00", FRIDAY))
    in_time = cancelled(clock("10:00", FRIDAY), clock("23:59", THURSDAY))
    assert charged(fees(late, rules=no_warnings)) == [Decimal(100)]
    assert fees(in_time, rules=no_warnings) == []


def test_acute_illness_and_what_is_not_the_clients_doing_is_exempt() -> None:
    """[S:VING]"""
    assert fees(failed(FRIDAY, NotPerformedReason.HOSPITAL), rules=NYKOPING) == []
    assert fees(failed(FRIDAY, NotPerformedReason.NO_STAFF), rules=NYKOPING) == []
    taken_in = Absence(
        person_kind="client",
        person_id=ASTA,
        kind="hospital_unplanned",
        from_at=clock("04:00", FRIDAY),
        until_at=None,
    )
    assert fees(failed(FRIDAY), rules=NYKOPING, absences=[taken_in]) == []


def test_a_missed_visit_of_two_workers_is_one() -> None:
    visit = failed(FRIDAY)
    both = msgspec.structs.replace(visit, failures=(*visit.failures, *visit.failures))
    assert len(fees(both, rules=NYKOPING)) == 1


def test_an_open_visit_and_an_unknown_month_cost_nothing() -> None:
    assert fees(facts(stay("08:00", None), done(SHOWER, "08:10")), rules=SOLLENTUNA) == []
    assert fees(made("08:00", 60, SHOWER, day=date(2025, 4, 1)), rules=SOLLENTUNA) == []
    assert client_fees(MARCH, [], context=KNOWN, rulebook=SOLLENTUNA) == []
