"""Budget basis: planned and performed time of the last 18 months by unit (rules.md 7.1)."""

from datetime import date

from domain.budget_basis import BudgetRow, budget_month, budget_months, budget_totals
from domain.facts import VisitFacts
from domain.local_time import Month
from domain.rulebook.rulebook import DEFAULT_RULEBOOK
from domain.values import CancelledBy
from tests.domain.given_facts import (
    ANNA,
    ASTA,
    BO,
    BRACKE,
    BROR,
    GALLO,
    MUNICIPAL,
    SHOWER,
    belongs,
    clock,
    known,
    order,
    plan,
    service,
    stay,
    visit,
)

MARCH = Month(2025, 3)


def rows(*visits: VisitFacts, month: Month = MARCH) -> list[BudgetRow]:
    homes = [belongs("client_unit", ASTA, BRACKE), belongs("client_unit", BROR, GALLO)]
    orders = [order(ASTA), order(BROR, legal_basis="LSS")]
    context = known(memberships=homes, orders=orders)
    return budget_month(month, visits, context=context, rulebook=DEFAULT_RULEBOOK)


def test_the_basis_is_the_last_eighteen_months() -> None:
    months = budget_months(MARCH, 18)
    assert (len(months), months[0], months[-1]) == (18, Month(2023, 10), MARCH)


def test_a_units_month_has_planned_and_performed_time_and_what_is_ordered_does_not_drive_it() -> None:
    made = visit(plan("08:00", "08:30", (SHOWER, 30, ASTA)), stay("08:00", "08:20"), service())
    called_off = visit(plan("12:00", "12:45", cancelled_by=CancelledBy.CLIENT))
    [row] = rows(made, called_off)
    assert row == BudgetRow(
        month="2025-03",
        unit_id=BRACKE,
        provider_id=MUNICIPAL,
        legal_basis="SoL",
        planned_minutes=30,
        cancelled_minutes=45,
        performed_minutes=20,
    )


def test_time_belongs_to_the_clients_unit_and_acts_are_kept_apart() -> None:
    asta, bror = visit(stay("08:00", "08:20", BO)), visit(stay("09:00", "09:15", ANNA, (BROR,)))
    assert [(row.unit_id, row.legal_basis, row.performed_minutes) for row in rows(asta, bror)] == [
        (BRACKE, "SoL", 20),
        (GALLO, "LSS", 15),
    ]


def test_a_visit_over_the_months_end_is_planned_where_it_begins_and_performed_on_each_of_its_days() -> None:
    begins, ends = clock("23:30", date(2025, 3, 31)), clock("00:20", date(2025, 4, 1))
    over = visit(plan(begins, ends), stay(begins, ends))
    [march], [april] = rows(over), rows(over, month=Month(2025, 4))
    assert (march.planned_minutes, march.performed_minutes) == (50, 30)
    assert (april.planned_minutes, april.performed_minutes) == (0, 20)


def test_a_units_average_is_over_all_months_that_were_asked_for() -> None:
    [march] = rows(visit(stay("08:00", "08:36")))
    [total] = budget_totals([march, march], months=18)
    assert (total.performed_minutes, total.performed_minutes_per_month, total.unit_id) == (72, 4.0, BRACKE)
