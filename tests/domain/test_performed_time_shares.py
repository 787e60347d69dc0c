"""How performed time is divided: between days, cohabiting clients and services, nothing lost and nothing counted twice."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.context import Context
from domain.facts import Attendance, ServiceRegistered, VisitFacts
from domain.ids import ClientId, FactId, ServiceCode, WorkerId
from domain.local_time import month_of
from domain.performed_time import PerformedMinutes, performed_time, sum_by
from domain.presence import staff_minutes, visit_minutes
from domain.rulebook.rulebook import DEFAULT_RULEBOOK, Rulebook, rulebook_with
from domain.rulebook.values import HouseholdSplit
from tests.domain.given_facts import (
    ANNA,
    ASTA,
    BO,
    BROR,
    CILLA,
    CLEAN,
    FALL_BACK,
    MORNING,
    SHOP,
    SHOWER,
    SPRING_FORWARD,
    but,
    clock,
    known,
    order,
    plan,
    service,
    stay,
    visit,
)

COUPLE = (ASTA, BROR)
KNOWN = known()


def rows(made: VisitFacts, context: Context = KNOWN, rulebook: Rulebook = DEFAULT_RULEBOOK) -> list[PerformedMinutes]:
    return performed_time([made], context=context, rulebook=rulebook)


def by_client(
    made: VisitFacts, context: Context = KNOWN, rulebook: Rulebook = DEFAULT_RULEBOOK
) -> dict[ClientId, tuple[int, int]]:
    totals = sum_by(rows(made, context, rulebook), lambda row: row.client_id)
    return {client: (total.staff_minutes, total.visit_minutes) for client, total in totals.items()}


def by_service(made: VisitFacts) -> dict[str | None, int]:
    totals = sum_by(rows(made), lambda row: row.service_code)
    return {code: total.staff_minutes for code, total in totals.items()}


def by_day(made: VisitFacts) -> dict[date, int]:
    return {day: total.staff_minutes for day, total in sum_by(rows(made), lambda row: row.day).items()}


# Days


def test_a_night_visit_is_divided_at_midnight() -> None:
    night = visit(stay("23:50", clock("00:20", date(2025, 3, 4))))
    assert by_day(night) == {date(2025, 3, 3): 10, date(2025, 3, 4): 20}


def test_a_visit_over_a_month_end_is_divided_between_the_months() -> None:
    turn = visit(stay(clock("23:45", date(2025, 2, 28)), clock("00:30", date(2025, 3, 1))))
    months = sum_by(rows(turn), lambda row: str(month_of(row.day)))
    assert {month: total.staff_minutes for month, total in months.items()} == {"2025-02": 15, "2025-03": 30}


@pytest.mark.parametrize(("day", "minutes"), [(SPRING_FORWARD, 60), (FALL_BACK, 180)])
def test_a_visit_over_a_clock_change_has_its_real_length(day: date, minutes: int) -> None:
    """[A] rules.md 2.1: from half past one to half past three by the wall is one hour in March and three in October."""
    assert by_day(visit(stay(clock("01:30", day), clock("03:30", day)))) == {day: minutes}


def test_double_staffing_over_midnight_adds_up_on_both_days() -> None:
    made = visit(
        stay("23:50", clock("00:10", date(2025, 3, 4)), ANNA), stay("23:55", clock("00:20", date(2025, 3, 4)), BO)
    )
    days = sum_by(rows(made), lambda row: row.day)
    assert {day.day: (total.staff_minutes, total.visit_minutes) for day, total in days.items()} == {
        3: (15, 10),
        4: (30, 20),
    }


# Couples (rules.md 5.2: the time is divided [S:KSTD]; the key is [A])


def test_a_couple_shares_equally_and_the_odd_minute_is_the_older_orders() -> None:
    assert by_client(visit(stay("08:00", "08:31", clients=(BROR, ASTA)))) == {ASTA: (16, 16), BROR: (15, 15)}


def test_with_orders_of_one_day_the_odd_minute_is_the_first_planned_clients() -> None:
    same = known(orders=[order(ASTA), order(BROR)])
    planned = plan(clients=(BROR, ASTA))
    assert by_client(visit(planned, stay("08:00", "08:31", clients=COUPLE)), same) == {BROR: (16, 16), ASTA: (15, 15)}


def test_a_client_without_an_order_comes_last() -> None:
    only_bror = known(orders=[order(BROR)])
    assert by_client(visit(stay("08:00", "08:31", clients=COUPLE)), only_bror) == {BROR: (16, 16), ASTA: (15, 15)}


def test_the_odd_minute_is_given_once_for_the_visit_and_not_once_for_each_day_or_worker() -> None:
    over_midnight = visit(stay("23:45", clock("00:15", date(2025, 3, 4)), clients=COUPLE))
    doubled = visit(stay("08:00", "08:31", ANNA, COUPLE), stay("08:00", "08:31", BO, COUPLE))
    assert by_client(over_midnight) == {ASTA: (15, 15), BROR: (15, 15)}
    assert by_client(doubled) == {ASTA: (31, 16), BROR: (31, 15)}


def test_personal_care_is_the_clients_it_was_done_for_and_the_rest_is_shared() -> None:
    made = visit(stay("08:00", "08:41", clients=COUPLE), service(SHOWER, 20, BROR), service(CLEAN, None, None))
    assert by_client(made) == {BROR: (30, 30), ASTA: (11, 11)}


def test_personal_care_that_was_not_measured_takes_its_planned_else_its_standard_minutes() -> None:
    shower = service(SHOWER, None, BROR)
    planned = plan("08:00", "09:00", (SHOWER, 10, BROR), clients=COUPLE)
    assert by_client(visit(planned, stay("08:00", "09:00", clients=COUPLE), shower)) == {ASTA: (25, 25), BROR: (35, 35)}
    assert by_client(visit(stay("08:00", "09:00", clients=COUPLE), shower)) == {ASTA: (10, 10), BROR: (50, 50)}


def test_personal_care_beyond_the_visit_divides_it_in_proportion() -> None:
    made = visit(stay("08:00", "08:30", clients=COUPLE), service(SHOWER, 20, ASTA), service(SHOWER, 40, BROR))
    assert by_client(made) == {ASTA: (10, 10), BROR: (20, 20)}


def test_a_rulebook_may_divide_personal_care_too() -> None:
    equal = rulebook_with(household_split=HouseholdSplit.EQUAL_ALL)
    made = visit(stay("08:00", "08:40", clients=COUPLE), service(SHOWER, 20, BROR))
    assert by_client(made, rulebook=equal) == {ASTA: (20, 20), BROR: (20, 20)}


def test_a_worker_with_one_of_the_couple_gives_that_one_the_time() -> None:
    made = visit(stay("08:00", "08:30", ANNA, COUPLE), stay("08:00", "08:20", BO, (BROR,)))
    assert by_client(made) == {ASTA: (15, 15), BROR: (35, 15)}


def test_a_phone_that_receipts_each_of_the_couple_at_once_shares_the_time() -> None:
    made = visit(
        stay("08:00", "08:30", clients=(ASTA,)), but(stay("08:00", "08:30", clients=(BROR,)), attendance_id="b")
    )
    assert by_client(made) == {ASTA: (15, 15), BROR: (15, 15)}


def test_an_attendance_without_a_client_is_its_services_clients_else_nobodys() -> None:
    assert by_client(visit(stay("08:00", "08:30", clients=()), service(client=BROR))) == {BROR: (30, 30)}
    assert by_client(visit(stay("08:00", "08:30", clients=()))) == {ClientId(""): (30, 30)}


# Services ([A])


def test_registered_minutes_are_kept_and_the_other_service_takes_the_rest() -> None:
    assert by_service(visit(stay("08:00", "08:45"), service(SHOWER, 20), service(CLEAN))) == {SHOWER: 20, CLEAN: 25}


def test_registered_minutes_that_fill_the_visit_leave_the_other_service_none() -> None:
    assert by_service(visit(stay("08:00", "08:45"), service(SHOWER, 45), service(CLEAN))) == {SHOWER: 45}


def test_registered_minutes_need_not_name_the_only_client() -> None:
    assert by_service(visit(stay("08:00", "08:45"), service(SHOWER, 20, None), service(CLEAN))) == {
        SHOWER: 20,
        CLEAN: 25,
    }


def test_registered_minutes_that_do_not_fit_are_in_proportion() -> None:
    """Two services of 30 and 60 registered minutes in a visit of 45; the third's standard is 45."""
    assert by_service(visit(stay("08:00", "08:45"), service(SHOWER, 30), service(CLEAN, 60))) == {SHOWER: 15, CLEAN: 30}
    three = visit(stay("08:00", "08:45"), service(SHOWER, 30), service(CLEAN, 60), service(SHOP))
    assert by_service(three) == {SHOWER: 10, CLEAN: 20, SHOP: 15}


def test_unregistered_minutes_are_in_proportion_to_the_plan_else_to_standard_times() -> None:
    made = visit(stay("08:00", "08:30"), service(SHOWER), service(CLEAN))
    planned = plan("08:00", "08:30", (SHOWER, 10, ASTA), (CLEAN, 20, ASTA))
    assert by_service(msgspec.structs.replace(made, planned=planned)) == {SHOWER: 10, CLEAN: 20}
    assert by_service(made) == {SHOWER: 11, CLEAN: 19}


def test_services_of_which_nothing_is_known_share_equally() -> None:
    other = ServiceCode("OTHER")
    assert by_service(visit(stay("08:00", "08:31"), service(MORNING), service(other))) == {MORNING: 16, other: 15}


def test_a_service_of_which_nothing_is_known_counts_as_the_others_on_average() -> None:
    """Standard times are 40 and 70, their mean 55."""
    made = visit(stay("08:00", "10:45"), service(SHOWER), service(CLEAN), service(MORNING))
    assert by_service(made) == {SHOWER: 40, CLEAN: 70, MORNING: 55}


def test_a_service_registered_by_both_workers_is_one_service() -> None:
    made = visit(
        stay("08:00", "08:30", ANNA),
        stay("08:00", "08:30", BO),
        service(SHOWER, 20, worker=ANNA),
        service(SHOWER, 20, worker=BO),
        service(CLEAN),
    )
    assert by_service(made) == {SHOWER: 40, CLEAN: 20}


def test_a_service_for_the_household_is_shared_by_its_clients() -> None:
    made = visit(stay("08:00", "09:00", clients=COUPLE), service(CLEAN, 40, None), service(SHOP, None, ASTA))
    cells = sum_by(rows(made), lambda row: (row.client_id, row.service_code))
    assert {cell: total.staff_minutes for cell, total in cells.items()} == {
        (ASTA, CLEAN): 20,
        (ASTA, SHOP): 10,
        (BROR, CLEAN): 30,
    }


def test_the_order_that_facts_arrived_in_makes_no_difference() -> None:
    facts = (
        stay("08:00", "08:31", ANNA, COUPLE),
        stay("08:10", "08:47", BO, COUPLE),
        service(SHOWER, 13, ASTA),
        service(CLEAN, None, None),
        service(SHOP, None, BROR),
    )
    assert sorted(rows(visit(*facts)), key=str) == sorted(rows(visit(*facts[::-1])), key=str)


# Whatever was registered, every total is the visit's own

EPOCH = clock("12:00", date(2025, 10, 24))
"""The three days from here have a clock change in them."""
MINUTES = st.integers(0, 3 * 24 * 60)
STAYS = st.builds(
    lambda start, length, worker, clients, number: but(
        stay(EPOCH + timedelta(minutes=start), EPOCH + timedelta(minutes=start + length), worker, clients),
        attendance_id=FactId(f"stay-{number}"),
    ),
    MINUTES,
    st.integers(0, 200),
    st.sampled_from([ANNA, BO, CILLA]),
    st.sampled_from([COUPLE, (BROR, ASTA), (ASTA,), (BROR,), ()]),
    st.integers(),
)
SERVICES = st.builds(
    service,
    st.sampled_from([SHOWER, CLEAN, SHOP, MORNING]),
    st.one_of(st.none(), st.integers(0, 90)),
    st.sampled_from([ASTA, BROR, None]),
    st.sampled_from([ANNA, BO]),
    performed=st.booleans(),
)
KEYS: list[Callable[[PerformedMinutes], object]] = [
    lambda row: row.client_id,
    lambda row: row.worker_id,
    lambda row: row.service_code,
    lambda row: row.day,
    lambda row: (row.client_unit_id, row.worker_unit_id, row.provider_id),
]


@given(
    stays=st.lists(STAYS, max_size=4), services=st.lists(SERVICES, max_size=4), split=st.sampled_from(HouseholdSplit)
)
def test_every_total_adds_up_to_the_visits_minutes(
    stays: list[Attendance], services: list[ServiceRegistered], split: HouseholdSplit
) -> None:
    made = visit(*stays, *services)
    found = rows(made, rulebook=rulebook_with(household_split=split, offsite_counts=False))
    assert all(0 <= row.visit_minutes <= row.staff_minutes for row in found)
    for key in KEYS:
        totals = sum_by(found, key).values()
        assert sum(total.staff_minutes for total in totals) == staff_minutes(made)
        assert sum(total.visit_minutes for total in totals) == visit_minutes(made)


@given(stays=st.lists(STAYS, max_size=4))
def test_staff_time_is_each_workers_own_time_and_the_visit_all_of_it_together(stays: list[Attendance]) -> None:
    made = visit(*stays)
    by_worker: dict[WorkerId, set[datetime]] = {}
    for each in stays:
        by_worker.setdefault(each.worker_id, set()).update(minutes_of(each))
    assert staff_minutes(made) == sum(map(len, by_worker.values()))
    assert visit_minutes(made) == len(set().union(*by_worker.values()))


def minutes_of(each: Attendance) -> set[datetime]:
    """Every minute of an attendance, one by one: another way to the same numbers."""
    assert each.arrived_at is not None
    assert each.departed_at is not None
    length = (each.departed_at - each.arrived_at) // timedelta(minutes=1)
    return {each.arrived_at + timedelta(minutes=number) for number in range(length)}
