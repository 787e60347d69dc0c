"""Exceptions that only a day's visits together, or a whole month, show (exceptions.md)."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from domain.context import Context
from domain.detectors.found import FoundException
from domain.detectors.hour import Moment
from domain.exception_catalogue import ExceptionCode
from domain.exceptions import find_exceptions
from domain.facts import NeedChange, OrderLine, VisitFacts
from domain.ids import FactId, VisitId
from domain.local_time import Month
from domain.rulebook.rulebook import DEFAULT_RULEBOOK, Rulebook, rulebook_with
from domain.rulebook.values import CapPeriod
from domain.values import NotPerformedReason
from tests.domain.given_facts import (
    ASTA,
    BROR,
    SHOWER,
    but,
    clock,
    excess,
    failure,
    known,
    order,
    plan,
    service,
    stay,
    visit,
)

MARCH = Month(2025, 3)
APRIL_FIRST = Moment(clock("12:00", date(2025, 4, 1)))
DAILY = (order(minutes=30),)


def made(day: int, minutes: int = 30, *, at: str = "08:00") -> VisitFacts:
    """Asta's shower on a day of March, planned for half an hour."""
    on, visit_id = date(2025, 3, day), VisitId(f"{day}-{at}")
    starts_at = clock(at, on)
    ends_at = starts_at + timedelta(minutes=minutes)
    return visit(
        plan(starts_at, starts_at + timedelta(minutes=30), (SHOWER, 30, ASTA), visit_id=visit_id),
        stay(starts_at, ends_at, visit_id=visit_id),
        service(at=ends_at, visit_id=visit_id),
        visit_id=visit_id,
    )


def refused(day: int) -> VisitFacts:
    """Planned, and declined at the door."""
    planned = made(day).planned
    assert planned is not None
    said = but(
        failure(NotPerformedReason.DECLINED),
        visit_id=planned.visit_id,
        fact_id=FactId(f"no-{day}"),
        at=planned.starts_at,
    )
    return visit(planned, said, visit_id=planned.visit_id)


def found(
    code: ExceptionCode,
    *visits: VisitFacts,
    orders: Sequence[OrderLine] = DAILY,
    rulebook: Rulebook = DEFAULT_RULEBOOK,
    context: Context | None = None,
    moment: Moment = APRIL_FIRST,
    need_changes: Sequence[NeedChange] = (),
    months: Sequence[Month] = (MARCH,),
) -> list[FoundException]:
    every = find_exceptions(
        visits,
        context=context or known(orders=orders),
        rulebook=rulebook,
        moment=moment,
        need_changes=need_changes,
        whole_months=months,
    )
    return [each for each in every if each.code == code]


# More than ordered


def longer(*visits: VisitFacts, **policies: Any) -> list[FoundException]:
    once = [order(minutes=60, frequency="once", since=date(2025, 3, 3))]
    rulebook = rulebook_with(**policies)
    return found(ExceptionCode.LONGER_THAN_ORDERED, *visits, orders=once, rulebook=rulebook)


def test_more_than_ordered_over_the_cap_period_is_told_of_once_with_the_minutes_beyond() -> None:
    (over,) = longer(made(3, 45), made(3, 30, at="12:00"))
    assert (over.subject_kind, over.subject_id, over.minutes) == ("client", ASTA, 15)
    assert (over.visit_ids, over.since) == ((VisitId("3-08:00"), VisitId("3-12:00")), clock("08:00", date(2025, 3, 3)))


def test_what_evens_out_within_the_cap_period_is_not_longer_than_ordered() -> None:
    assert longer(made(3, 45)) == []
    assert [each.minutes for each in longer(made(3), made(4, 25))] == []
    assert [each.minutes for each in longer(made(3), made(4, 25), cap_period=CapPeriod.DAY)] == [25]


def test_what_is_tolerated_or_approved_is_not_longer_than_ordered() -> None:
    twice = made(3, 45), made(3, 30, at="12:00")
    allowed = [msgspec.structs.replace(twice[0], excess=(excess(15, visit_id=twice[0].visit_id),)), twice[1]]
    partly = [msgspec.structs.replace(twice[0], excess=(excess(5, visit_id=twice[0].visit_id),)), twice[1]]
    assert longer(*twice, tolerance_percent=25) == []
    assert longer(*allowed) == []
    assert [each.minutes for each in longer(*partly)] == [10]
    assert [each.minutes for each in longer(*twice, tolerance_percent=20)] == [3]


def test_another_fact_makes_another_excess_and_the_same_facts_the_same() -> None:
    long = made(3, 90)
    corrected = visit(*[but(each, corrected=True) for each in long.attendances], visit_id=long.visit_id)
    keys = [longer(*visits)[0].key for visits in ([long], [made(3, 90)], [corrected], [long, made(4)])]
    assert keys[0] == keys[1]
    assert len(set(keys)) == 3


def test_a_part_of_a_month_says_nothing_of_the_month() -> None:
    assert found(ExceptionCode.LONGER_THAN_ORDERED, made(3, 600), made(4, 600), months=()) == []


# Refusals


@pytest.mark.parametrize(
    ("declined", "performed", "count"),
    [(15, 16, 1), (3, 28, 0), (15, 15, 0)],
)
def test_refusals_that_come_to_all_that_was_not_used_are_a_pattern(declined: int, performed: int, count: int) -> None:
    """31 days of March are ordered. 3 of 31 are few; with a day that nobody came the refusals do not fill it all."""
    days = [refused(day) for day in range(1, declined + 1)]
    days += [made(day) for day in range(declined + 1, declined + performed + 1)]
    patterns = found(ExceptionCode.REFUSAL_PATTERN, *days)
    assert [(each.subject_id, each.minutes) for each in patterns] == [(ASTA, 30 * declined)] * count


def test_so_few_refusals_are_no_pattern_whatever_their_share() -> None:
    few = [order(minutes=30, frequency="1/day", since=date(2025, 3, 3), until=date(2025, 3, 7))]
    days = [refused(3), refused(4), made(5), made(6)]
    assert found(ExceptionCode.REFUSAL_PATTERN, *days, orders=few) == []
    easy = rulebook_with(refusal_pattern_visits_min=2)
    assert len(found(ExceptionCode.REFUSAL_PATTERN, *days, orders=few, rulebook=easy)) == 1
    off = rulebook_with(refusal_pattern_visits_min=2, refusal_pattern_percent=0)
    assert found(ExceptionCode.REFUSAL_PATTERN, *days, orders=few, rulebook=off) == []


# Merged visits


def merged(minutes: int, second: str = "12:00", *, later: Moment = APRIL_FIRST, **policies: Any) -> list[int]:
    first, missed = made(3, minutes), made(3, at=second)
    only_planned = visit(*[missed.planned] if missed.planned else [], visit_id=missed.visit_id)
    rulebook = rulebook_with(**policies)
    return [
        each.minutes
        for each in found(ExceptionCode.MERGED_VISITS, first, only_planned, rulebook=rulebook, moment=later)
    ]


def test_one_stay_as_long_as_two_visits_planned_far_apart_are_merged() -> None:
    assert merged(60) == [30]
    assert merged(59) == []


def test_visits_planned_close_to_each_other_may_be_made_together() -> None:
    assert merged(60, "10:29") == []
    assert merged(60, "10:30") == [30]
    assert merged(60, "10:29", merged_visits_gap_minutes=60) == [30]
    assert merged(60, merged_visits_gap_minutes=0) == []


def test_a_visit_that_may_still_be_made_is_not_merged() -> None:
    assert merged(60, later=Moment(clock("12:00", date(2025, 3, 3)))) == []


def test_visits_of_two_clients_are_not_merged() -> None:
    missed = made(3, at="12:00").planned
    assert missed is not None
    others = visit(but(missed, client_ids=(BROR,)), visit_id=missed.visit_id)
    assert found(ExceptionCode.MERGED_VISITS, made(3, 60), others) == []


# Stale orders


def test_weeks_of_other_time_than_ordered_make_an_order_stale_until_somebody_reports_it() -> None:
    """The four whole weeks of March 2025 are those from the 3rd to the 30th."""
    shorter = [made(day, 20) for day in range(1, 32)]
    (stale,) = found(ExceptionCode.ORDER_STALE, *shorter)
    assert (stale.subject_kind, stale.subject_id) == ("order", order().order_id)
    assert (stale.minutes, stale.since) == (28 * 10, clock("00:00", date(2025, 3, 3)))
    early = Moment(clock("12:00", date(2025, 3, 30)))
    assert found(ExceptionCode.ORDER_STALE, *shorter, moment=early) == []
    reported = NeedChange(
        order_id=order().order_id,
        fact_id="need",
        client_id=ASTA,
        direction="decreased",
        noticed_on=date(2025, 3, 1),
    )
    (told,) = found(ExceptionCode.ORDER_STALE, *shorter, need_changes=[reported])
    assert told.fact_ids == ("need",)


# Money


def test_of_as_many_minutes_what_is_worth_more_comes_first() -> None:
    names = VisitId("cheap"), VisitId("dear")
    cheap, dear = (visit(stay("08:00", "08:30", visit_id=name), visit_id=name) for name in names)
    amounts = {VisitId("cheap"): Decimal(100), VisitId("dear"): Decimal(200)}
    every = find_exceptions(
        [cheap, dear], context=known(), rulebook=DEFAULT_RULEBOOK, moment=APRIL_FIRST, amounts=amounts
    )
    unplanned = [each for each in every if each.code is ExceptionCode.UNPLANNED]
    assert [(each.subject_id, each.amount) for each in unplanned] == [("dear", Decimal(200)), ("cheap", Decimal(100))]
