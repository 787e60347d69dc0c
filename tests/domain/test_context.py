"""What calculations look up: who belongs where on a day, and whose order is oldest."""

from datetime import date

import pytest

from domain.context import NO_PROVIDER, NO_UNIT
from domain.facts import Absence
from domain.ids import ProviderId, UnitId
from tests.domain.given_facts import (
    ANNA,
    ASTA,
    BO,
    BRACKE,
    BROR,
    CLEAN,
    GALLO,
    MONDAY,
    MUNICIPAL,
    SHOP,
    SHOWER,
    belongs,
    clock,
    defined,
    known,
    order,
)

SUNDAY, TUESDAY = date(2025, 3, 2), date(2025, 3, 4)


@pytest.mark.parametrize(("day", "unit"), [(SUNDAY, BRACKE), (MONDAY, GALLO), (TUESDAY, NO_UNIT)])
def test_a_client_belongs_to_a_unit_from_a_day_up_to_a_day(day: date, unit: UnitId) -> None:
    moved = [
        belongs("client_unit", ASTA, BRACKE, until=MONDAY),
        belongs("client_unit", ASTA, GALLO, MONDAY, until=TUESDAY),
    ]
    assert known(memberships=moved).client_unit(ASTA, day) == unit


def test_of_two_units_that_hold_the_one_joined_last_is_meant_whatever_the_order_of_facts() -> None:
    both = [belongs("client_unit", ASTA, GALLO, SUNDAY), belongs("client_unit", ASTA, BRACKE)]
    assert known(memberships=both).client_unit(ASTA, MONDAY) == GALLO
    assert known(memberships=both[::-1]).client_unit(ASTA, MONDAY) == GALLO


def test_a_worker_is_employed_in_one_unit_and_lent_to_others() -> None:
    lent = known(memberships=[belongs("lent", ANNA, GALLO, MONDAY, TUESDAY)])
    assert (lent.worker_unit(ANNA, MONDAY), lent.lent_units(ANNA, MONDAY)) == (BRACKE, (GALLO,))
    assert lent.lent_units(ANNA, TUESDAY) == lent.lent_units(BO, MONDAY) == ()


def test_a_unit_has_its_provider_and_an_unknown_unit_none() -> None:
    assert known().provider_of(BRACKE) == MUNICIPAL
    assert known().provider_of(UnitId("elsewhere")) == NO_PROVIDER


def test_the_provider_of_an_order_is_its_oldest_lines_of_the_day() -> None:
    private = ProviderId("private")
    lines = [order(since=MONDAY, provider_id=private), order(code=CLEAN, until=TUESDAY)]
    assert known(orders=lines).ordered_provider(ASTA, MONDAY) == MUNICIPAL
    assert known(orders=lines).ordered_provider(ASTA, TUESDAY) == private
    assert known(orders=lines).ordered_provider(BROR, MONDAY) == NO_PROVIDER


def test_the_oldest_order_of_the_day_comes_first_and_none_comes_last() -> None:
    lines = [order(ASTA, since=date(2025, 1, 1), until=MONDAY), order(BROR, since=date(2025, 2, 1))]
    assert known(orders=lines).oldest_first((BROR, ASTA), SUNDAY) == (ASTA, BROR)
    assert known(orders=lines).oldest_first((ASTA, BROR), MONDAY) == (BROR, ASTA)


def test_a_later_order_of_the_same_client_makes_them_no_younger() -> None:
    lines = [order(ASTA, since=MONDAY), order(ASTA, CLEAN, since=date(2025, 1, 1)), order(BROR, since=date(2025, 2, 1))]
    assert known(orders=lines).oldest_first((BROR, ASTA), MONDAY) == (ASTA, BROR)


def test_a_service_stands_on_its_orders_act_else_its_codes_else_the_clients() -> None:
    context = known(
        orders=[order(ASTA, SHOWER, legal_basis="LSS"), order(ASTA, CLEAN, since=MONDAY)],
        catalogue=[defined(SHOWER), defined(SHOP), defined(CLEAN)],
    )
    assert context.legal_basis(ASTA, SHOWER, MONDAY) == "LSS"
    assert context.legal_basis(ASTA, CLEAN, MONDAY) == "SoL"
    assert context.legal_basis(ASTA, SHOP, MONDAY) == context.legal_basis(ASTA, None, MONDAY) == "LSS"
    assert context.legal_basis(BROR, SHOP, MONDAY) == "none"


def test_a_code_that_belongs_to_one_act_stands_on_it_without_an_order() -> None:
    health = known(catalogue=[defined(SHOP, legal_basis="HSL")])
    assert health.legal_basis(ASTA, SHOP, MONDAY) == "HSL"


def test_an_absence_holds_from_its_instant_up_to_the_return() -> None:
    gone = Absence(person_kind="client", person_id=ASTA, kind="travel", from_at=clock("08:00"), until_at=clock("09:00"))
    context = known(absences=[gone])
    asked = [context.absence("client", ASTA, clock(text)) for text in ("07:59", "08:00", "08:59", "09:00")]
    assert asked == [None, gone, gone, None]
