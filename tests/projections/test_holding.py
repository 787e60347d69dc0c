"""When a fact holds: never narrower than the truth, and never an error, whatever somebody registered."""

from datetime import UTC, date, datetime, timedelta

import pytest

from domain.facts import Attendance, IndirectTime, Membership, Shift
from domain.ids import FactId, UnitId, VisitId, WorkerId
from domain.values import VisitKind
from projections.fact_columns import instant, microseconds
from projections.holding import HOLDINGS
from projections.projection import FOREVER

NOON = datetime(2025, 3, 3, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
LAST_MOMENT = datetime(9999, 12, 31, 23, 59, tzinfo=UTC)


def stay(arrived: datetime | None, departed: datetime | None) -> Attendance:
    return Attendance(
        visit_id=VisitId("v"),
        attendance_id=FactId("a"),
        worker_id=WorkerId("anna"),
        client_ids=(),
        unit_id=UnitId(""),
        kind=VisitKind.EXTRA,
        arrived_at=arrived,
        departed_at=departed,
    )


def shift(scheduled: datetime | None, started: datetime | None, ended: datetime | None) -> Shift:
    return Shift(
        worker_id=WorkerId("anna"),
        shift_id="s",
        unit_id=UnitId(""),
        scheduled_start_at=scheduled,
        scheduled_end_at=scheduled and scheduled + 8 * HOUR,
        started_at=started,
        ended_at=ended,
    )


@pytest.mark.parametrize(
    ("fact", "holds_from", "holds_to"),
    [
        (stay(NOON, NOON + HOUR), NOON, NOON + HOUR),
        (stay(NOON, None), NOON, NOON + 48 * HOUR),
        (stay(None, NOON), NOON, NOON),
        (stay(NOON, NOON - HOUR), NOON, NOON),
        (shift(NOON, None, None), NOON, NOON + 8 * HOUR),
        (shift(NOON, NOON - HOUR, NOON + 9 * HOUR), NOON - HOUR, NOON + 9 * HOUR),
        (shift(None, NOON, None), NOON, NOON + 48 * HOUR),
        (shift(None, None, NOON), NOON, NOON),
    ],
)
def test_a_stay_or_shift_holds_from_its_first_to_its_last_known_end(
    fact: Attendance | Shift, holds_from: datetime, holds_to: datetime
) -> None:
    assert HOLDINGS[type(fact)](fact) == (microseconds(holds_from), microseconds(holds_to))


def test_days_hold_from_their_first_dawn_on_earth_to_their_last_midnight() -> None:
    held = Membership(
        kind="lent", person_id="anna", group_id=UnitId("gallo"), from_on=date(2025, 3, 3), until_on=date(2025, 3, 4)
    )
    begins, ends = HOLDINGS[Membership](held)
    assert instant(begins) == datetime(2025, 3, 2, 10, tzinfo=UTC)
    assert instant(ends) == datetime(2025, 3, 4, 12, tzinfo=UTC)


def test_the_first_and_last_day_there_are_have_their_place() -> None:
    held = Membership(kind="lent", person_id="anna", group_id=UnitId("g"), from_on=date.min, until_on=date.max)
    begins, ends = HOLDINGS[Membership](held)
    assert begins < 0 < ends < FOREVER


def test_a_length_beyond_all_time_ends_with_time() -> None:
    endless = IndirectTime(worker_id=WorkerId("a"), fact_id="f", kind="travel", starts_at=NOON, minutes=2**53)
    assert HOLDINGS[IndirectTime](endless) == (microseconds(NOON), FOREVER)
    assert HOLDINGS[Attendance](stay(LAST_MOMENT, None)).holds_to > microseconds(LAST_MOMENT)
