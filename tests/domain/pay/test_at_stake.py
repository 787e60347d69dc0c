"""How much money hangs on a visit, for lists that put first what matters most."""

from decimal import Decimal

from domain.local_time import Month
from domain.pay.at_stake import amounts_by_visit
from domain.rulebook.rulebook import DEFAULT_RULEBOOK
from tests.domain.given_facts import ASTA, order
from tests.domain.pay.made import MARCH, SHOWER, made, town
from tests.domain.pay.rulebooks import rate, rulebook

SHOWERS = town(order(ASTA, SHOWER, 30, "1/day"))
PRICED = rulebook(rates=(rate("360"),))


def test_a_visit_is_worth_what_it_would_be_paid() -> None:
    shower = made("08:00", 30)
    assert amounts_by_visit([shower], [MARCH], context=SHOWERS, rulebook=PRICED) == {shower.visit_id: Decimal(180)}


def test_where_nothing_has_a_price_nothing_is_computed() -> None:
    assert amounts_by_visit([made("08:00", 30)], [MARCH], context=SHOWERS, rulebook=DEFAULT_RULEBOOK) == {}


def test_a_visit_of_another_month_is_not_looked_at() -> None:
    assert amounts_by_visit([made("08:00", 30)], [Month(2025, 4)], context=SHOWERS, rulebook=PRICED) == {}
