"""What counts as performed time, and to whom (rules.md 2 and 5)."""

from datetime import UTC, date, datetime
from typing import TypedDict

import pytest

from domain.context import Context
from domain.facts import VisitFacts
from domain.ids import ClientId, FactId, WorkerId
from domain.performed_time import PerformedMinutes, performed_time, sum_by
from domain.presence import Uncounted, staff_minutes, visit_minutes
from domain.rulebook.rulebook import DEFAULT_RULEBOOK, rulebook_with
from domain.rulebook.values import DoubleStaffing
from domain.values import ApprovalRole, NotPerformedReason, Source, VisitKind
from domain.visit.approval import check_approval
from domain.visit.entries import Arrival, Departure, Failure
from domain.visit.errors import MinutesDifferError
from domain.visit.history import VisitHistory
from tests.domain.given_facts import (
    ANNA,
    ASTA,
    BO,
    BRACKE,
    BROR,
    CILLA,
    CLEAN,
    GALLO,
    MONDAY,
    MUNICIPAL,
    SHOWER,
    belongs,
    but,
    clock,
    failure,
    known,
    plan,
    service,
    stay,
    visit,
)

COUPLE = (ASTA, BROR)
KNOWN = known()


def rows(*visits: VisitFacts, context: Context = KNOWN) -> list[PerformedMinutes]:
    return performed_time(visits, context=context, rulebook=DEFAULT_RULEBOOK)


def by_client(*visits: VisitFacts, context: Context = KNOWN) -> dict[ClientId, tuple[int, int]]:
    totals = sum_by(rows(*visits, context=context), lambda row: row.client_id)
    return {client: (total.staff_minutes, total.visit_minutes) for client, total in totals.items()}


def by_service(*visits: VisitFacts, context: Context = KNOWN) -> dict[str | None, int]:
    totals = sum_by(rows(*visits, context=context), lambda row: row.service_code)
    return {code: total.staff_minutes for code, total in totals.items()}


# One worker, one client


def test_both_stamps_are_cut_to_the_minute() -> None:
    made = visit(stay("08:00:59", "08:30:01"))
    assert staff_minutes(made) == visit_minutes(made) == 30


def test_a_row_says_whose_the_time_is() -> None:
    made = visit(plan(), stay("08:00", "08:30"), service())
    assert rows(made) == [
        PerformedMinutes(
            visit_id=made.visit_id,
            day=MONDAY,
            client_id=ASTA,
            worker_id=ANNA,
            service_code=SHOWER,
            kind=VisitKind.PLANNED,
            client_unit_id=BRACKE,
            worker_unit_id=BRACKE,
            provider_id=MUNICIPAL,
            legal_basis="SoL",
            staff_minutes=30,
            visit_minutes=30,
        )
    ]


def test_time_without_a_service_is_still_performed() -> None:
    assert by_service(visit(stay("08:00", "08:30"))) == {None: 30}


def test_an_unplanned_visit_is_of_the_clients_own_unit() -> None:
    moved = known(memberships=[belongs("client_unit", ASTA, BRACKE), belongs("client_unit", ASTA, GALLO, MONDAY)])
    assert [row.client_unit_id for row in rows(visit(stay("08:00", "08:30")), context=moved)] == [GALLO]


def test_time_given_to_another_unit_is_lent() -> None:
    lent, own = rows(visit(stay("08:00", "08:30", BO))), rows(visit(stay("08:00", "08:30", ANNA)))
    assert [(row.client_unit_id, row.worker_unit_id, row.lent_minutes) for row in lent] == [(BRACKE, GALLO, 30)]
    assert [row.lent_minutes for row in own] == [0]


def test_a_worker_of_no_known_unit_lends_nothing() -> None:
    stranger = visit(but(stay("08:00", "08:30"), worker_id="stranger"))
    assert [(row.worker_unit_id, row.lent_minutes) for row in rows(stranger)] == [("", 0)]


# Open, impossible and declined


@pytest.mark.parametrize(("arrived", "departed"), [("08:00", None), (None, "08:30")])
def test_a_forgotten_end_counts_nothing_and_is_shown_as_open(arrived: str | None, departed: str | None) -> None:
    (row,) = rows(visit(stay(arrived, departed), service()))
    assert (row.staff_minutes, row.visit_minutes, row.uncounted) == (0, 0, Uncounted.OPEN)


def test_an_open_colleague_takes_nothing_from_who_has_left() -> None:
    made = visit(stay("08:00", "08:30", ANNA), stay("08:00", None, BO))
    assert [(row.worker_id, row.staff_minutes, row.uncounted) for row in rows(made)] == [
        (ANNA, 30, None),
        (BO, 0, Uncounted.OPEN),
    ]


def test_a_corrected_departure_counts_from_then_on() -> None:
    assert staff_minutes(visit(stay("08:00", None))) == 0
    assert staff_minutes(visit(stay("08:00", "08:40", corrected=True))) == 40


def test_a_time_that_cannot_be_true_counts_nothing_until_it_is_corrected() -> None:
    wrong = stay(datetime(1970, 1, 1, 8, tzinfo=UTC), datetime(1970, 1, 1, 9, tzinfo=UTC), implausible=True)
    assert [row.uncounted for row in rows(visit(wrong))] == [Uncounted.IMPLAUSIBLE]
    assert staff_minutes(visit(wrong)) == 0
    assert staff_minutes(visit(but(wrong, corrected=True))) == 60


@pytest.mark.parametrize("departed", [clock("07:59"), clock("09:01", date(2025, 4, 3))])
def test_an_attendance_that_ends_before_it_begins_or_a_month_later_has_a_false_end(departed: datetime) -> None:
    (row,) = rows(visit(stay("08:00", departed)))
    assert (row.staff_minutes, row.uncounted) == (0, Uncounted.IMPLAUSIBLE)


def test_a_visit_of_no_length_has_no_minutes_and_nothing_wrong_about_it() -> None:
    assert rows(visit(stay("08:00", "08:00"), service())) == []


def test_a_declined_visit_has_no_performed_minutes() -> None:
    """[A] rules.md 5.3; late-declined visits are overhead [S:HUDD]."""
    (row,) = rows(visit(plan(), stay("08:00", "08:10"), failure(NotPerformedReason.DECLINED)))
    assert (row.staff_minutes, row.uncounted) == (0, Uncounted.NOTHING_DONE)


def test_a_visit_whose_every_service_was_declined_has_none_either() -> None:
    made = visit(stay("08:00", "08:10"), service(SHOWER, performed=False), service(CLEAN, performed=False))
    assert staff_minutes(made) == 0


def test_what_the_household_declined_was_done_for_none_of_them() -> None:
    made = visit(stay("08:00", "08:10", clients=COUPLE), service(CLEAN, client=None, performed=False))
    assert staff_minutes(made) == 0
    assert by_client(visit(*made.attendances, *made.services, service(client=BROR))) == {BROR: (10, 10)}


def test_one_declined_service_leaves_the_visit_to_the_others() -> None:
    made = visit(stay("08:00", "08:30"), service(SHOWER, performed=False), service(CLEAN))
    assert by_service(made) == {CLEAN: 30}


def test_a_visit_that_failed_for_one_of_a_couple_is_the_others_alone() -> None:
    made = visit(
        stay("08:00", "08:30", clients=COUPLE), failure(NotPerformedReason.HOSPITAL, ASTA), service(client=BROR)
    )
    assert by_client(made) == {BROR: (30, 30)}


def test_the_minutes_to_approve_are_the_performed_ones() -> None:
    """A worker waited ten minutes at the door of a client who declined: there is nothing to approve but that."""

    class Seen(TypedDict):
        recorded_at: None
        worker_id: WorkerId
        source: Source

    seen = Seen(recorded_at=None, worker_id=ANNA, source=Source.PRESENCE_RECEIPT)
    arrival = Arrival(position=1, fact_id=FactId("in"), at=clock("08:00"), client_ids=(ASTA,), **seen)
    departure = Departure(position=2, fact_id=FactId("out"), at=clock("08:10"), **seen)
    declined = Failure(position=3, fact_id=FactId("no"), at=clock("08:05"), reason=NotPerformedReason.DECLINED, **seen)
    history = VisitHistory(entries=(arrival, departure, declined))
    for position, minutes in ((2, 10), (3, 0)):
        check_approval(history, ApprovalRole.WORKER, position, minutes, actor="anna", corrector_may_approve=False)
    with pytest.raises(MinutesDifferError):
        check_approval(history, ApprovalRole.WORKER, 3, 10, actor="anna", corrector_may_approve=False)


# Double staffing (rules.md 5.1)


@pytest.mark.parametrize(
    ("second", "staff", "length"),
    [
        (("08:00", "08:30"), 60, 30),
        (("08:10", "08:40"), 60, 40),
        (("08:30", "08:45"), 45, 45),
        (("09:00", "09:05"), 35, 35),
    ],
)
def test_two_workers_time_is_summed_and_the_visits_length_is_the_union(
    second: tuple[str, str], staff: int, length: int
) -> None:
    made = visit(stay("08:00", "08:30", ANNA), stay(*second, BO))
    assert (staff_minutes(made), visit_minutes(made)) == (staff, length)
    assert by_client(made) == {ASTA: (staff, length)}


def test_of_workers_there_at_once_only_the_first_has_the_visits_minutes() -> None:
    made = visit(stay("08:10", "08:40", BO), stay("08:00", "08:30", ANNA), stay("08:20", "08:35", CILLA))
    assert {row.worker_id: (row.staff_minutes, row.visit_minutes) for row in rows(made)} == {
        ANNA: (30, 30),
        BO: (30, 10),
        CILLA: (15, 0),
    }


def test_a_worker_who_registered_twice_at_once_was_there_once() -> None:
    made = visit(stay("08:00", "08:30"), stay("08:10", "08:40"))
    assert (staff_minutes(made), visit_minutes(made)) == (40, 40)


def test_the_rulebook_says_whether_each_workers_time_counts_for_the_client() -> None:
    """Counted for each [S:KUNDTID], or included in the rate [S:HUDD] [S:VAS24]."""
    each = rulebook_with(double_staffing=DoubleStaffing.COUNT_EACH)
    made = rows(visit(stay("08:00", "08:30", ANNA), stay("08:00", "08:30", BO)))
    assert sum(row.client_minutes(DEFAULT_RULEBOOK) for row in made) == 30
    assert sum(row.client_minutes(each) for row in made) == 60
