"""Kristianstad's standard times with their conditions (rules.md 4.1 [S:KSTD-SCH]), and orders that state none."""

from datetime import date

import pytest

from domain.context import Context
from domain.facts import OrderLine
from domain.ids import ClientId, ServiceCode
from domain.local_time import Month
from domain.order.values import Extent
from domain.ordered_time import ordered_time
from domain.organisation.values import ServiceCategory
from domain.pay.standard_time import standard_minutes
from domain.rulebook.rulebook import DEFAULT_RULEBOOK, Rulebook
from domain.rulebook.values import PaidAs, StandardTime
from tests.domain.given_facts import ASTA, BROR, MONDAY, defined, order
from tests.domain.pay.made import BED, CATALOGUE, CLEAN, LAUNDRY, MARCH, MORNING, SHOP, SHOWER, WALK, made, pay, town
from tests.domain.pay.rulebooks import minutes, rulebook

WINDOWS = ServiceCode("WINDOWS")
CARE = (ServiceCategory.PERSONAL_CARE,)
PLAIN = minutes(
    MORNING=15,
    MIDDAY=15,
    EVENING=15,
    CHECK=15,
    NIGHT=5,
    SHOWER=40,
    BED_CHANGE=10,
    DISH_WASTE=10,
    MAIL=5,
    SELF_CARE=10,
    CHILD=10,
)
KRISTIANSTAD = rulebook(
    paid_as=PaidAs.STANDARD_TIME,
    standard_times=(
        *PLAIN,
        StandardTime(service=BED, minutes=10, nested_in=(MORNING,)),
        StandardTime(service=SHOP, minutes=45, shared_in_household=True),
        StandardTime(service=ServiceCode("CLEAN_LIGHT"), minutes=30, shared_in_household=True),
        StandardTime(service=CLEAN, minutes=70, order_has=CARE, shared_in_household=True),
        StandardTime(service=CLEAN, minutes=90, order_lacks=CARE, shared_in_household=True),
        StandardTime(service=WINDOWS, minutes=180, per="year", shared_in_household=True),
        StandardTime(service=LAUNDRY, minutes=20, dwelling="machine_in_home", shared_in_household=True),
        StandardTime(service=LAUNDRY, minutes=30, dwelling="machine_in_building", shared_in_household=True),
        StandardTime(service=WALK, minutes=45, minutes_per_week_max=135),
    ),
)


def standard(
    code: ServiceCode, context: Context, client: ClientId = ASTA, rules: Rulebook = KRISTIANSTAD
) -> int | None:
    return standard_minutes(client, code, MONDAY, policies=rules.on(MONDAY).policies, context=context)


def ordered(*lines: OrderLine, context: Context | None = None, month: Month = MARCH) -> int:
    context = context or town(*lines)
    return sum(each.ordered_minutes or 0 for each in ordered_time(month, context, KRISTIANSTAD))


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("MORNING", 15), ("MIDDAY", 15), ("EVENING", 15), ("CHECK", 15), ("NIGHT", 5), ("SHOWER", 40), ("BED", 10),
        ("BED_CHANGE", 10), ("DISH_WASTE", 10), ("MAIL", 5), ("SELF_CARE", 10), ("CHILD", 10), ("SHOP", 45),
        ("CLEAN_LIGHT", 30), ("WALK", 45), ("COMPANION", None),
    ],
)  # fmt: skip
def test_an_occasion_has_its_minutes(code: str, expected: int | None) -> None:
    assert standard(ServiceCode(code), town(order(ASTA, ServiceCode(code)))) == expected


@pytest.mark.parametrize(("others", "expected"), [((SHOWER,), 70), ((SHOP,), 90), ((), 90)])
def test_cleaning_depends_on_the_rest_of_the_order(others: tuple[ServiceCode, ...], expected: int) -> None:
    """70 minutes with care and service, 90 with service only."""
    lines = [order(ASTA, code) for code in (CLEAN, *others)]
    assert standard(CLEAN, town(*lines)) == expected


def test_a_time_for_service_only_does_not_hold_with_care() -> None:
    service_only = rulebook(standard_times=(StandardTime(service=CLEAN, minutes=90, order_lacks=CARE),))
    assert standard(CLEAN, town(order(ASTA, CLEAN)), rules=service_only) == 90
    assert standard(CLEAN, town(order(ASTA, CLEAN), order(ASTA, SHOWER)), rules=service_only) is None


@pytest.mark.parametrize(("dwelling", "expected"), [("machine_in_home", 20), ("machine_in_building", 30), ("", None)])
def test_laundry_depends_on_where_the_machine_is(dwelling: str, expected: int | None) -> None:
    assert standard(LAUNDRY, town(order(ASTA, LAUNDRY), dwelling=dwelling)) == expected


@pytest.mark.parametrize(("client", "expected"), [(ASTA, 23), (BROR, 22)])
def test_a_couple_shares_one_standard_time_the_odd_minute_to_the_oldest_order(client: ClientId, expected: int) -> None:
    lines = (order(ASTA, SHOP), order(BROR, SHOP, since=date(2025, 2, 1)))
    assert standard(SHOP, town(*lines, couple=True), client) == expected
    assert standard(SHOP, town(*lines), client) == 45
    assert standard(SHOP, town(lines[0], couple=True)) == 45
    assert standard(SHOP, town(order(BROR, CLEAN), couple=True)) == 45


def test_windows_are_a_pot_for_the_year_that_its_occasions_share() -> None:
    four = order(ASTA, WINDOWS, None, "1/3months")
    assert standard(WINDOWS, town(four)) == 45
    assert [ordered(four, month=Month(2025, number)) for number in (1, 2, 4, 7, 10)] == [45, 0, 45, 45, 45]


def test_bed_making_has_no_time_of_its_own_where_there_is_morning_help() -> None:
    lines = pay(made("08:00", 30, MORNING, BED), made("12:00", 8, BED), context=BOTH, rulebook=KRISTIANSTAD)
    assert [(line.service_code, line.base_minutes) for line in lines] == [(BED, 0), (MORNING, 15), (BED, 10)]
    assert ordered(order(ASTA, MORNING, None, "1/day"), order(ASTA, BED, None, "1/day")) == 31 * 15


BOTH = town(order(ASTA, MORNING, control="none"), order(ASTA, BED, control="none"))


def test_walks_are_at_most_135_minutes_a_week() -> None:
    """[S:KSTD-SCH] ambition level. March 2025 has Saturday and Sunday the 1st and 2nd, four weeks, and Monday the 31st."""
    daily = order(ASTA, WALK, None, "1/day")
    assert ordered(daily) == 4 * 135 + 45
    lines = pay(
        *(made("14:00", 45, WALK, day=date(2025, 3, day)) for day in range(3, 8)), context=WALKS, rulebook=KRISTIANSTAD
    )
    assert [line.reimbursed_minutes for line in lines] == [45, 45, 45, 0, 0]


WALKS = town(order(ASTA, WALK, control="none"))


def test_how_much_the_worker_does_may_matter() -> None:
    """Supporting help, or help with everything [S:SEED3]; the minutes are an example [A]."""
    rules = rulebook(
        standard_times=(StandardTime(service=SHOP, minutes=30, extent=Extent.SUPPORTING), *minutes(SHOP=60))
    )
    assert standard(SHOP, town(order(ASTA, SHOP, extent="supporting")), rules=rules) == 30
    assert standard(SHOP, town(order(ASTA, SHOP, extent="all")), rules=rules) == 60


def test_the_rulebooks_standard_time_comes_before_the_catalogues() -> None:
    catalogue = (defined(SHOWER, "personal_care", 25), defined(MORNING, "personal_care", 20))
    context = town(order(ASTA, SHOWER, None, "1/month"), catalogue=catalogue)
    by_catalogue = sum(each.ordered_minutes or 0 for each in ordered_time(MARCH, context, DEFAULT_RULEBOOK))
    assert (ordered(context=context), by_catalogue) == (40, 25)


def test_what_an_order_states_goes_before_any_standard_time() -> None:
    """HSL minutes are typed by licensed staff [S:SEED3]."""
    assert ordered(order(ASTA, SHOWER, 55, "1/month", legal_basis="HSL")) == 55
    assert len(CATALOGUE) > 0
