"""What was not done: declined, failed, absent; and what a new client is worth (rules.md 5.3, 5.4, 5.7)."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

import pytest

from domain.facts import Absence, OrderLine, PlannedVisit, VisitFacts, VisitFailed
from domain.ids import FactId, ServiceCode, VisitId
from domain.local_time import Month
from domain.organisation.values import ServiceCategory
from domain.pay.lines import PayKind, Withheld
from domain.rulebook.rulebook import DEFAULT_RULEBOOK
from domain.rulebook.values import CancellationNotice, NoticeKind, PaidAs
from domain.values import CancelledBy, NotPerformedReason
from tests.domain.given_facts import ANNA, ASTA, MONDAY, but, clock, order, plan, stay
from tests.domain.pay.made import (
    CLEAN,
    LAUNDRY,
    MARCH,
    MORNING,
    RELIEF,
    SHOP,
    SHOWER,
    WALK,
    done,
    facts,
    made,
    minutes_and_kronor,
    only,
    pay,
    town,
)
from tests.domain.pay.rulebooks import SOLNA, minutes, rate, rulebook, where

CODES = (SHOWER, CLEAN, SHOP, LAUNDRY, WALK, RELIEF)
KNOWN = town(*(order(ASTA, code, 40) for code in CODES))


def planned(code: ServiceCode, day: date = MONDAY) -> PlannedVisit:
    return plan(clock("10:00", day), clock("10:40", day), (code, 40, ASTA))


def declined(
    code: ServiceCode, reason: NotPerformedReason = NotPerformedReason.DECLINED, day: date = MONDAY
) -> VisitFacts:
    """Anna came, and nothing was done."""
    at = clock("10:02", day)
    failed = VisitFailed(
        visit_id=VisitId("visit"), fact_id=FactId("failure"), worker_id=ANNA, client_ids=(ASTA,), reason=reason, at=at
    )
    return facts(
        planned(code, day), stay(clock("10:00", day), clock("10:03", day)), failed, name=f"declined-{code}-{day}"
    )


@pytest.mark.parametrize(
    ("code", "paid", "amount"),
    [
        (CLEAN, 72, "458.40"),  # 75 % of 96 minutes at 382
        (LAUNDRY, 47, "301.14"),  # 55 % of 86: 47.3 minutes
        (SHOP, 33, "210.10"),  # 55 % of 60
        (WALK, 22, "140.07"),  # 55 % of the 40 ordered
        (RELIEF, 22, "140.07"),
        (SHOWER, 20, "154.67"),  # 50 % of the 40 ordered, personal care at 464
    ],
)
def test_a_declined_visit_is_paid_a_share(code: ServiceCode, paid: int, amount: str) -> None:
    """[S:SOLNA]; of the standard time for service tasks, of the ordered minutes for personal care [A]."""
    line = only(pay(declined(code), context=KNOWN, rulebook=SOLNA), PayKind.DECLINED)
    assert (line.performed_minutes, line.reimbursed_minutes, line.amount) == (0, paid, Decimal(amount))


def test_declined_personal_care_is_paid_of_what_was_ordered_whatever_its_standard_time() -> None:
    rules = rulebook(standard_times=minutes(SHOWER=90), declined_share_percent=50)
    assert only(pay(declined(SHOWER), context=KNOWN, rulebook=rules), PayKind.DECLINED).base_minutes == 40


def test_what_one_worker_told_in_vain_another_has_done() -> None:
    """Bo found nobody and went; Anna came later and showered her: nothing was declined."""
    told = declined(SHOP)
    visit = facts(*told.failures, *plan_of(told), stay("10:30", "10:50"), done(SHOWER, "10:40"))
    assert {line.kind for line in pay(visit, context=KNOWN, rulebook=SOLNA)} == {PayKind.PERFORMED}


def test_a_service_that_was_declined_first_and_then_done_is_done() -> None:
    no_first = but(done(SHOWER, "08:05", name="no"), performed=False)
    visit = facts(stay("08:00", "08:30"), no_first, done(SHOWER, "08:20"))
    assert {line.kind for line in pay(visit, context=KNOWN, rulebook=SOLNA)} == {PayKind.PERFORMED}


def plan_of(visit: VisitFacts) -> list[PlannedVisit]:
    return [visit.planned] if visit.planned else []


def test_a_declined_visit_is_overhead_where_the_rate_covers_it() -> None:
    """[S:HUDD], and the default [A]."""
    line = only(pay(declined(CLEAN), context=KNOWN, rulebook=DEFAULT_RULEBOOK), PayKind.DECLINED)
    assert (line.base_minutes, line.reimbursed_minutes, line.amount) == (40, 0, Decimal(0))


def test_one_service_may_be_declined_in_a_visit_where_another_is_done() -> None:
    """Two different events [S:KSTD]."""
    visit = facts(
        stay("08:00", "08:30"), done(SHOWER, "08:20"), but(done(CLEAN, "08:25"), performed=False), name="half-declined"
    )
    lines = pay(visit, context=KNOWN, rulebook=SOLNA)
    assert (only(lines).performed_minutes, only(lines).reimbursed_minutes) == (30, 30)
    assert only(lines, PayKind.DECLINED).amount == Decimal("458.40")


def test_a_share_is_paid_for_an_approved_visit_in_an_order_only() -> None:
    unapproved = but_unapproved(declined(CLEAN))
    assert only(pay(unapproved, context=KNOWN, rulebook=SOLNA), PayKind.DECLINED).withheld is Withheld.NOT_APPROVED
    unordered = pay(declined(CLEAN), context=town(order()), rulebook=SOLNA)
    assert only(unordered, PayKind.DECLINED).withheld is Withheld.EXTRA_NOT_APPROVED


def but_unapproved(visit: VisitFacts) -> VisitFacts:
    return VisitFacts(
        visit_id=visit.visit_id, planned=visit.planned, attendances=visit.attendances, failures=visit.failures
    )


@pytest.mark.parametrize(
    ("reason", "paid"),
    [(NotPerformedReason.NOBODY_HOME, 32), (NotPerformedReason.NO_STAFF, 0), (NotPerformedReason.HOSPITAL, 0)],
)
def test_coming_in_vain_is_paid_where_a_rulebook_says_so(reason: NotPerformedReason, paid: int) -> None:
    """[A] No source pays it; what was the provider's own doing never is."""
    rules = rulebook(failed_share_percent=80)
    line = only(pay(declined(SHOWER, reason), context=KNOWN, rulebook=rules), PayKind.FAILED)
    assert line.reimbursed_minutes == paid


@pytest.mark.parametrize(("starts", "expected"), [("09:59", [72]), ("10:00", [])])
def test_a_visit_called_off_too_late_counts_as_declined(starts: str, expected: list[int]) -> None:
    """[A]: the client says no shortly before. Two days' notice are 48 hours."""
    notice = CancellationNotice(kind=NoticeKind.HOURS, hours=48)
    clean = where(CLEAN, paid_as=PaidAs.STANDARD_TIME, declined_share_percent=75)
    rules = rulebook(clean, standard_times=minutes(CLEAN=96), cancellation_notice=notice)
    friday = date(2025, 3, 7)
    called_off = plan(
        clock(starts, friday),
        clock("11:00", friday),
        (CLEAN, 40, ASTA),
        cancelled_by=CancelledBy.CLIENT,
        notice_given_at=clock("10:00", date(2025, 3, 5)),
    )
    lines = pay(facts(called_off, approved=()), context=KNOWN, rulebook=rules)
    assert [line.reimbursed_minutes for line in lines] == expected


# Absence (rules.md 5.4)

DAILY = order(ASTA, MORNING, 30, "1/day")


def away(kind: str, from_at: str = "10:00", day: int = 10, until: date | None = None) -> Absence:
    return Absence(
        person_kind="client",
        person_id=ASTA,
        kind=kind,
        from_at=clock(from_at, date(2025, 3, day)),
        until_at=clock("10:00", until) if until else None,
    )


def absent(
    absence: Absence, *visits: VisitFacts, orders: Sequence[OrderLine] = (DAILY,), month: Month = MARCH
) -> list[tuple[int, int, str]]:
    """Day, minutes and kronor of each day that is paid for."""
    context = town(*orders, absences=[absence])
    lines = pay(*visits, context=context, rulebook=SOLNA, month=month)
    return [(line.day.day, line.reimbursed_minutes, str(line.amount)) for line in lines if line.kind is PayKind.ABSENCE]


FIVE_DAYS = [(10, 23, "174.00"), (11, 8, "58.00"), (12, 8, "58.00"), (13, 8, "58.00"), (14, 8, "58.00")]


@pytest.mark.parametrize("kind", ["hospital_unplanned", "death"])
def test_the_first_day_is_paid_three_quarters_and_four_more_a_quarter(kind: str) -> None:
    """[S:SOLNA]: of 30 minutes at 464 kronor, 75 % is 174 and 25 % 58; then nothing."""
    assert absent(away(kind)) == FIVE_DAYS


@pytest.mark.parametrize("kind", ["hospital_planned", "short_term_stay", "travel"])
def test_a_planned_absence_is_not_paid(kind: str) -> None:
    """[A]"""
    assert absent(away(kind)) == []


def test_service_tasks_are_not_paid_in_an_absence() -> None:
    """[S:SOLNA]: personal care only."""
    assert absent(away("hospital_unplanned"), orders=(order(ASTA, CLEAN, 30, "1/day"),)) == []


def test_day_one_is_the_first_day_that_an_ordered_visit_was_not_made() -> None:
    """[A]: on the 10th the morning's visit was made before she left."""
    made_before = made("08:00", 30, MORNING, day=date(2025, 3, 10))
    assert absent(away("hospital_unplanned"), made_before)[0] == (11, 23, "174.00")


def test_a_visit_over_midnight_was_made_on_the_day_it_began() -> None:
    over_midnight = made("23:50", 20, MORNING, day=date(2025, 3, 10))
    assert absent(away("hospital_unplanned", day=11), over_midnight)[0] == (11, 23, "174.00")


def test_days_count_by_the_calendar_also_those_without_an_ordered_visit() -> None:
    """Mondays and Thursdays: day 1 and day 4; the next Monday is day 8."""
    twice = order(ASTA, MORNING, 30, "2/week@mon,thu", since=date(2025, 3, 3))
    assert absent(away("hospital_unplanned"), orders=(twice,)) == [(10, 23, "174.00"), (13, 8, "58.00")]


def test_the_absence_ends_with_the_next_visit_that_was_made_or_when_the_client_came_home() -> None:
    again = made("08:00", 30, MORNING, day=date(2025, 3, 12))
    assert absent(away("hospital_unplanned"), again) == FIVE_DAYS[:2]
    assert absent(away("hospital_unplanned", until=date(2025, 3, 11))) == FIVE_DAYS[:2]


def test_an_order_that_ended_with_the_death_still_counts_for_its_days() -> None:
    ended = order(ASTA, MORNING, 30, "1/day", until=date(2025, 3, 10))
    assert absent(away("death"), orders=(ended,)) == FIVE_DAYS


def test_an_absence_over_the_month_end_is_counted_on() -> None:
    absence = away("hospital_unplanned", day=30)
    assert [day for day, *_ in absent(absence)] == [30, 31]
    assert absent(absence, month=Month(2025, 4)) == [(1, 8, "58.00"), (2, 8, "58.00"), (3, 8, "58.00")]


# New clients (rules.md 5.7)


def bonus(*orders: OrderLine, month: Month = MARCH) -> list[tuple[int, int, str]]:
    lines = pay(context=town(*orders), rulebook=SOLNA, month=month)
    return [(line.day.day, line.reimbursed_minutes, str(line.amount)) for line in lines if line.kind is PayKind.BONUS]


def test_a_new_client_with_personal_care_gives_four_hours_once() -> None:
    """[S:SOLNA]"""
    new = order(ASTA, MORNING, since=date(2025, 3, 17))
    assert bonus(new) == [(17, 240, "1856.00")]
    assert bonus(new, month=Month(2025, 4)) == []
    assert bonus(order(ASTA, CLEAN, since=date(2025, 3, 17))) == []


def test_nobody_is_new_again_after_a_pause_or_with_one_more_service() -> None:
    """[A]"""
    before = order(ASTA, MORNING, until=date(2025, 2, 1))
    assert (
        bonus(before, order(ASTA, MORNING, since=date(2025, 3, 17)), order(ASTA, SHOWER, since=date(2025, 3, 20))) == []
    )


def test_minutes_and_money_of_a_share_stand_in_one_line_each() -> None:
    lines = pay(declined(CLEAN), declined(SHOP), context=KNOWN, rulebook=SOLNA)
    assert minutes_and_kronor(lines, PayKind.DECLINED) == (105, Decimal("668.50"))


def test_what_is_paid_as_an_absence_is_not_paid_as_declined_too() -> None:
    rules = rulebook(where(categories=[ServiceCategory.PERSONAL_CARE], declined_share_percent=50), rates=(rate("400"),))
    context = town(order(ASTA, SHOWER, 40), absences=[away("hospital_unplanned", "00:00", day=3)])
    assert only(pay(declined(SHOWER), context=context, rulebook=rules), PayKind.DECLINED).reimbursed_minutes == 0
