"""How late a visit can be cancelled (rules.md 5.3)."""

from datetime import date, datetime, timedelta

import pytest

from domain.cancellation import is_in_time
from domain.rulebook.rulebook import rulebook_with
from domain.rulebook.values import CancellationNotice, NoticeKind
from tests.domain.given_facts import but, clock, plan

PLANNED = plan("08:00", "08:40")


@pytest.mark.parametrize(
    ("notice", "latest"),
    [
        (CancellationNotice(kind=NoticeKind.HOURS, hours=48), clock("08:00", date(2025, 3, 1))),
        # Monday 3 March: the working day before is Friday.
        (CancellationNotice(kind=NoticeKind.WORKING_DAY_SAME_TIME), clock("08:00", date(2025, 2, 28))),
        (CancellationNotice(), clock("23:59:59", date(2025, 3, 2))),
    ],
)
def test_how_late_a_visit_can_be_cancelled_is_the_rulebooks(notice: CancellationNotice, latest: datetime) -> None:
    rulebook = rulebook_with(cancellation_notice=notice)
    assert is_in_time(but(PLANNED, notice_given_at=latest), rulebook)
    assert not is_in_time(but(PLANNED, notice_given_at=latest + timedelta(seconds=1)), rulebook)


def test_a_working_day_is_stepped_over_by_the_clock_on_the_wall() -> None:
    """The clocks went forward on Sunday 30 March 2025; Monday's visit at 08:00 is cancelled by Friday's 08:00."""
    rulebook = rulebook_with(cancellation_notice=CancellationNotice(kind=NoticeKind.WORKING_DAY_SAME_TIME))
    monday, friday = date(2025, 3, 31), date(2025, 3, 28)
    later = plan(clock("08:00", monday), clock("08:40", monday))
    assert is_in_time(but(later, notice_given_at=clock("08:00", friday)), rulebook)
    assert not is_in_time(but(later, notice_given_at=clock("08:01", friday)), rulebook)
