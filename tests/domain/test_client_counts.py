"""Who is a home-care client, and which decisions a month's register file speaks of (rules.md 11)."""

from datetime import date
from itertools import count

import pytest

from domain.client_counts import ClientCount, CountLevel, Decided, client_counts, register_basis
from domain.context import Context, context_of
from domain.facts import OrderLine
from domain.ids import ClientId, OrderId, ProviderId, ServiceCode
from domain.local_time import Month
from domain.municipality import Unit
from domain.order.time_frame import TimeFrame
from domain.organisation.values import ServiceCategory
from domain.rulebook.rulebook import DEFAULT_RULEBOOK, Rulebook, rulebook_with
from tests.domain.given_facts import ASTA, BRACKE, BROR, MUNICIPAL, SHOWER, belongs, but, defined, order

MARCH = Month(2025, 3)
LAST = date(2025, 3, 31)
CATALOGUE = [defined(ServiceCode(category), category) for category in ServiceCategory] + [
    defined(SHOWER, "personal_care")
]
FRAME = TimeFrame(
    order_id=OrderId("pot"),
    client_id=ASTA,
    provider_id=MUNICIPAL,
    legal_basis="SoL",
    minutes=600,
    period="month",
    starts_on=date(2025, 1, 1),
    ends_on=None,
)


def town(*lines: OrderLine, frames: tuple[TimeFrame, ...] = ()) -> Context:
    return context_of(
        order_lines=lines,
        time_frames=frames,
        services=CATALOGUE,
        memberships=[belongs("client_unit", ASTA, BRACKE)],
        units=[Unit(unit_id=BRACKE, name="Bräcke", provider_id=MUNICIPAL)],
    )


def counted(
    *lines: OrderLine,
    frames: tuple[TimeFrame, ...] = (),
    day: date = LAST,
    rulebook: Rulebook = DEFAULT_RULEBOOK,
) -> tuple[int, int]:
    """Clients with a decision, and those of them who are home-care clients."""
    context = town(*lines, frames=frames)
    found = client_counts(day, level=CountLevel.MUNICIPALITY, context=context, rulebook=rulebook)
    return (found[0].with_decision, found[0].home_care_clients) if found else (0, 0)


# Who is a home-care client


def clients(number: int, *codes: str, numbers: "count[int]") -> list[OrderLine]:
    """So many clients with an order of these services."""
    names = [ClientId(f"client-{next(numbers)}") for _ in range(number)]
    return [order(name, ServiceCode(code)) for name in names for code in codes]


def test_bracke_has_197_home_care_clients_of_282_with_decisions() -> None:
    """85 have only an alarm, meals, relief, companion service or several of these [S:SEED3] [S:RKA]."""
    numbers = count(1)
    lines = [
        *clients(150, "personal_care", "alarm", numbers=numbers),
        *clients(47, "service", numbers=numbers),
        *clients(60, "alarm", numbers=numbers),
        *clients(10, "meals", "alarm", numbers=numbers),
        *clients(8, "relief", numbers=numbers),
        *clients(7, "companion", numbers=numbers),
    ]
    assert counted(*lines) == (282, 197)


@pytest.mark.parametrize("code", ["alarm", "meals", "relief", "companion"])
def test_who_has_only_such_a_service_is_left_out(code: str) -> None:
    assert counted(order(ASTA, ServiceCode(code))) == (1, 0)
    assert counted(order(ASTA, ServiceCode(code)), order(ASTA, SHOWER)) == (1, 1)


def test_what_is_left_out_is_the_rulebooks_to_say() -> None:
    only_alarm = rulebook_with(home_care_excluded_categories=frozenset({ServiceCategory.ALARM}))
    assert counted(order(ASTA, ServiceCode("meals")), rulebook=only_alarm) == (1, 1)


@pytest.mark.parametrize("legal_basis", ["LSS", "HSL", "none"])
def test_only_an_order_under_sol_is_a_decision(legal_basis: str) -> None:
    assert counted(order(ASTA, SHOWER, legal_basis=legal_basis)) == (0, 0)


def test_a_pot_of_minutes_is_home_care_and_an_unknown_code_too() -> None:
    assert counted(frames=(FRAME,)) == (1, 1)
    assert counted(order(ASTA, ServiceCode("LOCAL"))) == (1, 1)


@pytest.mark.parametrize(("since", "until", "number"), [(LAST, None, 1), (date(2025, 4, 1), None, 0)])
def test_a_decision_is_in_force_from_its_first_day(since: date, until: date | None, number: int) -> None:
    assert counted(order(ASTA, since=since, until=until))[0] == number
    assert counted(order(ASTA, since=date(2025, 1, 1), until=LAST)) == (0, 0)


def groups(level: CountLevel) -> list[ClientCount]:
    private = order(BROR, provider_id=ProviderId("private"))
    return client_counts(LAST, level=level, context=town(order(ASTA), private), rulebook=DEFAULT_RULEBOOK)


def test_clients_are_counted_by_unit_and_provider_and_without_a_unit_by_their_orders_provider() -> None:
    assert [(row.provider_id, row.unit_id, row.with_decision) for row in groups(CountLevel.UNIT)] == [
        (MUNICIPAL, BRACKE, 1),
        ("private", "", 1),
    ]
    assert [(row.provider_id, row.left_out) for row in groups(CountLevel.PROVIDER)] == [(MUNICIPAL, 0), ("private", 0)]


# The register file


def decided(*lines: OrderLine, month: Month = MARCH) -> list[Decided]:
    return register_basis(month, context=town(*lines), rulebook=DEFAULT_RULEBOOK)


@pytest.mark.parametrize(
    ("since", "until", "told"),
    [
        (date(2025, 1, 1), None, (True, False, False)),
        (date(2025, 3, 1), None, (True, True, False)),
        (date(2025, 3, 31), None, (True, True, False)),
        (date(2025, 1, 1), date(2025, 3, 2), (False, False, True)),
        (date(2025, 3, 5), date(2025, 3, 9), (False, True, True)),
        (date(2025, 1, 1), date(2025, 4, 1), (True, False, True)),
        (date(2025, 1, 1), date(2025, 3, 1), None),
        (date(2025, 4, 1), None, None),
    ],
)
def test_a_month_tells_of_decisions_in_force_at_its_end_started_and_ended_in_it(
    since: date, until: date | None, told: tuple[bool, bool, bool] | None
) -> None:
    """`until` is the day after the last."""
    found = decided(order(ASTA, since=since, until=until))
    assert [(each.in_force, each.started, each.ended) for each in found] == ([told] if told else [])


def test_a_decision_is_one_whatever_changes_and_pauses_it_has_had() -> None:
    before = order(ASTA, SHOWER, until=date(2025, 3, 10))
    after = order(ASTA, SHOWER, since=date(2025, 3, 20), ordered_on=before.ordered_on)
    [found] = decided(before, after)
    assert (found.started_on, found.ended_on, found.in_force, found.started) == (date(2025, 1, 1), None, True, False)


def test_a_decision_says_whether_it_is_home_care_as_it_stands_at_the_end_and_whose_it_is() -> None:
    shower = order(ASTA, SHOWER, until=date(2025, 3, 10))
    alarm = order(ASTA, ServiceCode("alarm"), since=date(2025, 3, 10), provider_id=ProviderId("private"))
    [march] = decided(shower, alarm)
    assert (march.is_home_care, march.provider_id, march.client_id) == (False, "private", ASTA)
    [february] = decided(shower, alarm, month=Month(2025, 2))
    assert (february.is_home_care, february.provider_id, february.ended_on) == (True, MUNICIPAL, None)


def test_other_acts_are_no_decisions_of_the_register() -> None:
    assert decided(but(order(ASTA), legal_basis="LSS")) == []
