"""Client time as a share of paid time, lent time, and what the rest of the scheduled time went to (rules.md 10)."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

import pytest

from domain.client_time import ClientTimeRow, TimeLevel, UnitOf, client_time, paid_minutes, scheduled_minutes
from domain.context import Context
from domain.facts import Absence, IndirectTime, Shift, VisitFacts
from domain.ids import UnitId, WorkerId
from domain.performed_time import performed_time
from domain.rulebook.rulebook import DEFAULT_RULEBOOK
from domain.worker.values import IndirectKind
from tests.domain.given_facts import (
    ANNA,
    ASTA,
    BO,
    BRACKE,
    BROR,
    CILLA,
    GALLO,
    MONDAY,
    MUNICIPAL,
    but,
    clock,
    known,
    plan,
    stay,
    visit,
)

LAST = MONDAY + timedelta(days=6)


def shift(
    worker: WorkerId = ANNA, starts: str = "07:00", ends: str = "16:00", day: date = MONDAY, **more: object
) -> Shift:
    """A shift that was worked as planned, with a break of an hour: eight hours."""
    begins, over = clock(starts, day), clock(ends, day)
    worked = Shift(
        worker_id=worker,
        shift_id=f"{worker}-{begins}",
        unit_id=BRACKE,
        scheduled_start_at=begins,
        scheduled_end_at=over,
        started_at=begins,
        ended_at=over,
        break_minutes=60,
    )
    return but(worked, **more)


def spent(kind: str, minutes: int, worker: WorkerId = ANNA, at: datetime | None = None) -> IndirectTime:
    return IndirectTime(
        worker_id=worker, fact_id=f"{kind}-{at}", kind=kind, starts_at=at or clock("09:00"), minutes=minutes
    )


def made(worker: WorkerId, minutes: int, unit: UnitId = BRACKE) -> VisitFacts:
    """A visit to somebody of the unit, from eight o'clock."""
    ends = clock("08:00") + timedelta(minutes=minutes)
    return visit(plan("08:00", ends, unit_id=unit), stay(clock("08:00"), ends, worker))


def rows(
    visits: Sequence[VisitFacts] = (),
    shifts: Sequence[Shift] = (),
    indirect: Sequence[IndirectTime] = (),
    *,
    by: UnitOf = UnitOf.WORKER,
    level: TimeLevel = TimeLevel.UNIT,
    context: Context | None = None,
) -> dict[str | None, ClientTimeRow]:
    """By unit."""
    context = context or known()
    found = client_time(
        performed_time(visits, context=context, rulebook=DEFAULT_RULEBOOK),
        shifts,
        indirect,
        first_on=MONDAY,
        last_on=LAST,
        by=by,
        level=level,
        context=context,
        rulebook=DEFAULT_RULEBOOK,
    )
    return {row.unit_id: row for row in found}


def test_client_time_share_is_client_time_of_paid_time() -> None:
    """4 h 38 min of an eight-hour day are the 58 % that 15 municipalities had on average [S:JORD]."""
    row = rows([made(ANNA, 278)], [shift()])[BRACKE]
    assert (row.client_minutes, row.paid_minutes) == (278, 480)
    assert row.client_time_share is not None
    assert round(100 * row.client_time_share) == 58
    assert rows([made(ANNA, 278)])[BRACKE].client_time_share is None


def test_client_travel_internal_and_unused_time_are_all_of_the_scheduled_time() -> None:
    indirect = [spent(IndirectKind.TRAVEL, 60), spent(IndirectKind.DOCUMENTATION, 30), spent(IndirectKind.MEETING, 45)]
    row = rows([made(ANNA, 278)], [shift()], indirect)[BRACKE]
    assert (row.travel_minutes, row.internal_minutes, row.unused_minutes) == (60, 75, 67)
    assert row.scheduled_minutes == 278 + 60 + 75 + 67 == 480


def test_more_done_than_scheduled_is_unused_time_below_zero() -> None:
    assert rows([made(ANNA, 500)], [shift()])[BRACKE].unused_minutes == -20


def test_a_recorded_break_is_in_no_share_for_it_is_taken_off_the_shift() -> None:
    assert rows([], [shift()], [spent(IndirectKind.BREAK, 60)])[BRACKE].unused_minutes == 480


def test_two_workers_at_once_are_both_at_work() -> None:
    both = visit(plan(), stay("08:00", "08:30", ANNA), stay("08:00", "08:30", CILLA))
    assert rows([both])[BRACKE].client_minutes == 60


def test_lent_time_is_the_difference_between_the_two_units() -> None:
    """Bo of Gällö helps a client of Bräcke for an hour, and one of his own for half an hour."""
    visits = [made(BO, 60), made(BO, 30, GALLO), made(ANNA, 100)]
    hands, clients = rows(visits), rows(visits, by=UnitOf.CLIENT)
    assert {unit: (row.client_minutes, row.lent_minutes) for unit, row in hands.items()} == {
        BRACKE: (100, 0),
        GALLO: (90, 60),
    }
    assert {unit: (row.client_minutes, row.lent_minutes) for unit, row in clients.items()} == {
        BRACKE: (160, 60),
        GALLO: (30, 0),
    }
    for unit in (BRACKE, GALLO):
        own = hands[unit].client_minutes - hands[unit].lent_minutes
        assert own == clients[unit].client_minutes - clients[unit].lent_minutes


def test_where_a_unit_is_unknown_the_other_stands_for_it() -> None:
    stranger = made(WorkerId("stranger"), 30)
    assert rows([stranger])[BRACKE].client_minutes == rows([stranger], by=UnitOf.CLIENT)[BRACKE].client_minutes == 30


def test_a_shift_counts_where_it_was_worked_or_where_its_worker_is_employed() -> None:
    lent = shift(BO)
    assert rows([], [lent])[GALLO].paid_minutes == 480
    by_client = rows([], [lent], by=UnitOf.CLIENT)[BRACKE]
    assert (by_client.paid_minutes, by_client.scheduled_minutes, by_client.unused_minutes) == (480, None, None)


@pytest.mark.parametrize(
    ("worked", "paid", "scheduled"),
    [
        (shift(paid_minutes=455), 455, 480),
        (shift(), 480, 480),
        (shift(ended_at=None), None, 480),
        (shift(scheduled_start_at=None, scheduled_end_at=None), 480, 480),
        (shift(ends="07:30"), 0, 0),
    ],
)
def test_a_shift_is_paid_as_its_end_says_else_by_its_length_without_the_break(
    worked: Shift, paid: int | None, scheduled: int
) -> None:
    assert (paid_minutes(worked), scheduled_minutes(worked)) == (paid, scheduled)


def test_a_shift_that_nobody_has_ended_is_told_of() -> None:
    row = rows([], [shift(), shift(starts="17:00", ends="22:00", ended_at=None)])[BRACKE]
    assert (row.paid_minutes, row.shifts_unpaid) == (480, 1)


def test_a_shift_that_an_absent_worker_never_began_is_no_staff_time() -> None:
    gone = Absence(
        person_kind="worker", person_id=ANNA, kind="unplanned", from_at=clock("06:00"), until_at=clock("23:00")
    )
    never = shift(started_at=None, ended_at=None)
    assert rows([], [never], context=known(absences=[gone])) == {}
    assert rows([], [never])[BRACKE].scheduled_minutes == 480


def test_the_days_are_local_and_a_night_shift_belongs_to_the_day_it_begins_on() -> None:
    night = shift(starts="23:30", ends="23:59", day=LAST, ended_at=clock("07:00", LAST + timedelta(days=1)))
    outside = [shift(day=MONDAY - timedelta(days=1)), shift(day=LAST + timedelta(days=1))]
    late = spent(IndirectKind.TRAVEL, 10, at=clock("00:05", LAST + timedelta(days=1)))
    row = rows([], [night, *outside], [late])[BRACKE]
    assert (row.paid_minutes, row.travel_minutes) == (390, 0)


def test_units_add_up_to_their_provider_and_the_municipality() -> None:
    visits, shifts = [made(BO, 60), made(ANNA, 100)], [shift(), shift(BO)]
    [provider] = rows(visits, shifts, level=TimeLevel.PROVIDER).values()
    [whole] = rows(visits, shifts, level=TimeLevel.MUNICIPALITY).values()
    assert (provider.provider_id, provider.client_minutes, provider.paid_minutes) == (MUNICIPAL, 160, 960)
    assert (whole.provider_id, whole.client_minutes, whole.lent_minutes) == (None, 160, 60)


def test_indirect_time_is_of_the_unit_that_employs_the_worker() -> None:
    assert rows([], [], [spent(IndirectKind.TRAVEL, 15, BO)])[GALLO].travel_minutes == 15
    assert rows([], [], [spent(IndirectKind.TRAVEL, 15, BO)], by=UnitOf.CLIENT) == {}


def test_a_couples_visit_counts_the_workers_minutes_once() -> None:
    assert (
        rows([visit(plan(clients=(ASTA, BROR)), stay("08:00", "08:30", ANNA, (ASTA, BROR)))])[BRACKE].client_minutes
        == 30
    )
