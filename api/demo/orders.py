"""What clients are granted: service codes with standard times and real frequencies, flexible minutes ([S:SEED3])."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from random import Random
from typing import NamedTuple

from api.demo.catalogue import (
    CLEAN_SERVICE_ONLY_MINUTES,
    LAUNDRY_IN_BUILDING_MINUTES,
    SHARED_BY_COUPLES,
    STANDARD,
)
from api.demo.chance import Chance, drawn, happens
from api.demo.ordered import DemoOrder, Slot
from api.demo.people import ClientKind
from domain.client.values import Dwelling
from domain.ids import OrderId, ServiceCode
from domain.order.events import ServiceLine
from domain.order.values import Extent, LegalBasis

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri")
TWICE = ("mon,thu", "tue,fri")
DAILY_CARE = {
    1: ((Slot.MORNING, "MORNING"),),
    2: ((Slot.MORNING, "MORNING"), (Slot.EVENING, "EVENING")),
    3: ((Slot.MORNING, "MORNING"), (Slot.MIDDAY, "MIDDAY"), (Slot.EVENING, "EVENING")),
}
DAILY_CARE[4] = (*DAILY_CARE[3], (Slot.AFTERNOON, "CHECK"))
DAILY_CARE[5] = (*DAILY_CARE[4], (Slot.NIGHT, "NIGHT"))
HEALTH_TASKS = (("HSL_MEDICINE", 5, 8), ("HSL_STOCKINGS", 8, 12), ("HSL_EYE_DROPS", 4, 6), ("HSL_INSULIN", 8, 12))
"""Code, and the minutes that licensed staff type for it, from and to."""


class Wish(NamedTuple):
    """One line before it has a number."""

    code: str
    frequency: str
    slot: Slot
    minutes: int | None
    extent: Extent = Extent.UNSTATED


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """What an assessment finds: enough to write the orders from. A couple shares one `name`, so their days agree."""

    name: str
    kind: ClientKind
    visits_a_day: int
    dwelling: Dwelling
    has_health_tasks: bool
    starts_on: date
    partner: int | None = None
    """0 or 1 for the two of a couple."""


def orders_for(client_id: str, need: Need, chance: Chance) -> tuple[DemoOrder, ...]:
    """The home-care order, and the order for health tasks where there are any."""
    wishes = list(_home_care(need, chance.of("order", need.name)))
    placed = [_order("sol", client_id, LegalBasis.SOL, need, wishes, chance)]
    if need.has_health_tasks:
        tasks = list(_health_tasks(need, chance.of("health", client_id)))
        placed.append(_order("hsl", client_id, LegalBasis.HSL, need, tasks, chance))
    return tuple(placed)


def _order(word: str, client_id: str, basis: LegalBasis, need: Need, wishes: list[Wish], chance: Chance) -> DemoOrder:
    lines = tuple(_line(number, wish, need.partner) for number, wish in enumerate(wishes, start=1))
    order_id = OrderId(chance.id_of("order", word, client_id))
    return DemoOrder(order_id=order_id, legal_basis=basis, starts_on=need.starts_on, lines=lines)


def _line(number: int, wish: Wish, partner: int | None) -> ServiceLine:
    minutes = wish.minutes
    if minutes is not None and partner is not None and wish.code in SHARED_BY_COUPLES:
        minutes = (minutes + 1 - partner) // 2
    return ServiceLine(
        line_id=str(number),
        service_code=ServiceCode(wish.code),
        frequency=wish.frequency,
        granted_minutes=minutes,
        ordered_minutes=minutes,
        extent=wish.extent,
        window=wish.slot.value,
    )


def _home_care(need: Need, chance: Random) -> Iterator[Wish]:
    match need.kind:
        case ClientKind.CARE | ClientKind.YOUNGER:
            yield from _care(need, chance)
            yield from _household_service(need, chance)
            if need.kind is ClientKind.CARE and happens(chance, 0.65):
                yield _alarm()
        case ClientKind.ALARM_ONLY:
            yield _alarm()
        case ClientKind.MEALS_ONLY:
            yield Wish("MEALS", f"1/week@{chance.choice(WEEKDAYS)}", Slot.DAY, None)
            yield _alarm()
        case ClientKind.RELIEF_ONLY:
            yield Wish("RELIEF", f"1/week@{chance.choice(WEEKDAYS)}", Slot.DAY, 120)
        case ClientKind.COMPANION_ONLY:
            yield Wish("COMPANION", f"1/2weeks@{chance.choice(WEEKDAYS)}", Slot.DAY, 120)


def _alarm() -> Wish:
    return Wish("ALARM", "as_needed", Slot.NEVER, None)


def _care(need: Need, chance: Random) -> Iterator[Wish]:
    """Daily help with what goes with it."""
    extent = drawn(chance, [(Extent.SUPPORTING, 3), (Extent.ALL, 2)])
    for slot, code in DAILY_CARE.get(need.visits_a_day, ()):
        yield Wish(code, "daily", slot, STANDARD[ServiceCode(code)], extent)
    if not need.visits_a_day:
        return
    if happens(chance, 0.75):
        frequency = drawn(chance, [(f"1/week@{chance.choice(WEEKDAYS)}", 4), (f"2/week@{chance.choice(TWICE)}", 1)])
        yield Wish("SHOWER", frequency, Slot.MORNING, STANDARD[ServiceCode("SHOWER")], extent)
    if happens(chance, 0.25):
        yield Wish("SELF_CARE", "daily", Slot.MORNING, 10, Extent.SUPPORTING)
    if happens(chance, 0.2):
        yield Wish("DISH_WASTE", "mon,wed,fri", Slot.MORNING, 10)
    if happens(chance, 0.1):
        yield Wish("MAIL", "mon-fri", Slot.MORNING, 5)


def _household_service(need: Need, chance: Random) -> Iterator[Wish]:
    """Cleaning, laundry, shopping: what the standard time is depends on the rest of the order and on the dwelling."""
    service_only = not need.visits_a_day
    weekday, other = chance.sample(WEEKDAYS, 2)
    if service_only or happens(chance, 0.7):
        minutes = CLEAN_SERVICE_ONLY_MINUTES if service_only else STANDARD[ServiceCode("CLEAN")]
        yield Wish("CLEAN", f"1/2weeks@{weekday}", Slot.DAY, minutes)
    if happens(chance, 0.5):
        in_building = need.dwelling is Dwelling.MACHINE_IN_BUILDING
        minutes = LAUNDRY_IN_BUILDING_MINUTES if in_building else STANDARD[ServiceCode("LAUNDRY")]
        yield Wish("LAUNDRY", f"1/2weeks@{weekday}", Slot.DAY, minutes)
    if happens(chance, 0.5):
        yield Wish("SHOP", f"1/week@{other}", Slot.DAY, STANDARD[ServiceCode("SHOP")])
    if happens(chance, 0.2):
        frequency = drawn(chance, [(f"1/week@{weekday}", 3), (f"2/week@{chance.choice(TWICE)}", 1)])
        yield Wish("WALK_SOCIAL", frequency, Slot.DAY, STANDARD[ServiceCode("WALK_SOCIAL")])
    if happens(chance, 0.05):
        yield Wish("WINDOWS", "2/year", Slot.DAY, STANDARD[ServiceCode("WINDOWS")])


def _health_tasks(need: Need, chance: Random) -> Iterator[Wish]:
    """Tasks laid into visits that are made anyway; their minutes are typed by hand, not standard."""
    slots = [slot for slot, _ in DAILY_CARE[need.visits_a_day] if slot is not Slot.NIGHT]
    count = drawn(chance, [(1, 3), (2, 1)])
    for code, least, most in chance.sample(HEALTH_TASKS, count):
        minutes = chance.randint(least, most)
        for slot in slots[: 1 if code == "HSL_INSULIN" else 2]:
            yield Wish(code, "daily", slot, minutes)
    if happens(chance, 0.15):
        yield Wish("HSL_WOUND", f"2/week@{chance.choice(TWICE)}", Slot.MORNING, chance.randint(15, 25))
