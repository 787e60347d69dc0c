"""A month household by household comes to what it comes to as a whole."""

from collections.abc import Sequence

from domain.detectors.hour import Moment
from domain.detectors.overlaps import worker_overlaps
from domain.exceptions import find_exceptions, must_fix
from domain.facts import VisitFacts
from domain.household_month import HouseholdMonth, exceptions_across, households
from domain.ids import ClientId, VisitId
from domain.local_time import Month
from domain.month_totals import MonthTotals, paid_by_provider, performed_by_unit
from domain.pay.reimbursement import reimbursement
from domain.performed_time import performed_time
from domain.presence import NOBODY
from domain.reconciliation import Level, reconcile, together
from domain.rulebook.rulebook import DEFAULT_RULEBOOK
from tests.domain.given_facts import (
    ANNA,
    ASTA,
    BO,
    BROR,
    CLEAN,
    GALLO,
    ORDERS,
    SHOWER,
    clock,
    known,
    order,
    plan,
    service,
    stay,
    visit,
)

MARCH = Month(2025, 3)
AFTERWARDS = Moment(clock("12:00", MARCH.until_on))
DORA, EVA = ClientId("dora"), ClientId("eva")
TOGETHER, ALONE, ELSEWHERE = VisitId("together"), VisitId("alone"), VisitId("elsewhere")
EVERY_ORDER = [*ORDERS, order(DORA, SHOWER)]
CONTEXT = known(orders=EVERY_ORDER)

COUPLES = visit(
    plan("08:00", "09:00", (SHOWER, 31, ASTA), (CLEAN, 20, BROR), visit_id=TOGETHER, clients=(ASTA, BROR)),
    stay("08:00", "08:51", ANNA, (ASTA, BROR), visit_id=TOGETHER),
    stay("08:10", "08:40", BO, (ASTA, BROR), visit_id=TOGETHER),
    service(SHOWER, client=ASTA, visit_id=TOGETHER),
    service(CLEAN, client=BROR, visit_id=TOGETHER),
    visit_id=TOGETHER,
)
ASTAS = visit(
    plan("12:00", "12:30", visit_id=ALONE),
    stay("12:00", "12:20", visit_id=ALONE),
    service(SHOWER, at="12:20", visit_id=ALONE),
    visit_id=ALONE,
)
DORAS = visit(
    plan("12:00", "12:30", visit_id=ELSEWHERE, clients=(DORA,), unit_id=GALLO),
    stay("12:10", "12:40", ANNA, (DORA,), visit_id=ELSEWHERE),
    visit_id=ELSEWHERE,
)
VISITS = (COUPLES, ASTAS, DORAS)
"""Anna is at Asta's and at Dora's at once."""


def months(to_fix: frozenset[VisitId] = frozenset()) -> Sequence[HouseholdMonth]:
    def of(client_ids: Sequence[ClientId], visits: Sequence[VisitFacts]) -> HouseholdMonth:
        return HouseholdMonth(
            MARCH,
            client_ids,
            visits,
            context=known(orders=[line for line in EVERY_ORDER if line.client_id in client_ids]),
            rulebook=DEFAULT_RULEBOOK,
            moment=AFTERWARDS,
            to_fix=to_fix,
        )

    return of((ASTA, BROR), (COUPLES, ASTAS)), of((DORA,), (DORAS,))


def test_clients_who_share_a_visit_or_a_home_are_computed_together() -> None:
    assert households([DORA, BROR, ASTA], [(ASTA, BROR)]) == [(ASTA, BROR), (DORA,)]
    assert households([ASTA, BROR, DORA, EVA], [(ASTA, BROR), (DORA, EVA), (BROR, EVA)]) == [(ASTA, BROR, DORA, EVA)]
    assert households([ASTA], [(ASTA, BROR)]) == [(ASTA, BROR)]


def test_visits_without_a_client_tie_no_one() -> None:
    assert households([NOBODY, ASTA, DORA], [(NOBODY, ASTA), (NOBODY, DORA)]) == [(NOBODY,), (ASTA,), (DORA,)]


def test_performed_time_of_households_is_that_of_all() -> None:
    whole = performed_time(VISITS, context=CONTEXT, rulebook=DEFAULT_RULEBOOK)
    assert [row for month in months() for row in month.performed] == whole


def test_of_a_visit_that_concerns_others_too_only_the_clients_own_part_is_given() -> None:
    astas = HouseholdMonth(MARCH, (ASTA,), (COUPLES,), context=CONTEXT, rulebook=DEFAULT_RULEBOOK)
    assert {row.client_id for row in astas.performed} == {ASTA}
    assert {row.client_id for row in astas.compared.rows(Level.SERVICE)} == {ASTA}


def test_days_of_other_months_are_left_out() -> None:
    april = HouseholdMonth(Month(2025, 4), (ASTA,), (ASTAS,), context=CONTEXT, rulebook=DEFAULT_RULEBOOK)
    assert april.performed == []


def test_exceptions_of_households_and_of_workers_are_those_of_all() -> None:
    found = find_exceptions(VISITS, context=CONTEXT, rulebook=DEFAULT_RULEBOOK, moment=AFTERWARDS, whole_months=[MARCH])
    across = exceptions_across([stay for each in VISITS for stay in each.attendances], DEFAULT_RULEBOOK)
    assert across == list(worker_overlaps(VISITS)) != []
    own = [each for month in months() for each in month.exceptions]
    assert sorted(each.key for each in [*own, *across]) == sorted(each.key for each in found)


def test_pay_and_reconciliation_of_households_are_those_of_all() -> None:
    found = find_exceptions(VISITS, context=CONTEXT, rulebook=DEFAULT_RULEBOOK, moment=AFTERWARDS)
    parts = months(must_fix(found))
    paid = reimbursement(MARCH, VISITS, context=CONTEXT, rulebook=DEFAULT_RULEBOOK, must_fix=must_fix(found))
    assert [line for month in parts for line in month.pay] == paid
    rows = reconcile(
        MARCH,
        planned=[each.planned for each in VISITS if each.planned],
        performed=performed_time(VISITS, context=CONTEXT, rulebook=DEFAULT_RULEBOOK),
        context=CONTEXT,
        rulebook=DEFAULT_RULEBOOK,
        reimbursed=paid,
    )
    put_together = together([month.compared for month in parts])
    found_rows = [row for level in Level for row in put_together.rows(level)]
    amounts = [(row.level, row.client_id, row.unit_id, row.performed_minutes, row.reimbursed_amount) for row in rows]
    assert [
        (row.level, row.client_id, row.unit_id, row.performed_minutes, row.reimbursed_amount) for row in found_rows
    ] == amounts
    assert [row.deviation_minutes for row in found_rows] == [row.deviation_minutes for row in rows]


def test_totals_are_the_sums_of_any_parts() -> None:
    whole = MonthTotals()
    for month in months():
        whole.add(
            MonthTotals(
                clients=len(month.client_ids),
                visits=len(month.visits),
                performed=performed_by_unit(month.performed),
                paid=paid_by_provider(month.pay),
                tallies=[month.compared],
            )
        )
    rows = performed_time(VISITS, context=CONTEXT, rulebook=DEFAULT_RULEBOOK)
    assert (whole.clients, whole.visits) == (3, 3)
    assert whole.performed == performed_by_unit(rows)
    assert {row.level for row in whole.reconciliation()} == {Level.UNIT, Level.PROVIDER}
