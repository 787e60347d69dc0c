"""The clients: so many of each kind as Bräcke has, in homes of their own or, for couples, in one."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from api.demo.chance import Chance, drawn, happens
from api.demo.names import MEN, SURNAMES, WOMEN, YOUNGER, NumberBook, telephone
from api.demo.orders import Need, orders_for
from api.demo.people import ClientKind, DemoClient
from api.demo.places import Home, settle
from api.demo.scope import Scope
from api.demo.units import DemoUnit
from domain.ids import ClientId, HouseholdId, UnitId

CARE, HEALTH_TASKS = 197, 87
"""Of 282 people with a decision, June 2025 ([S:SEED3])."""
YOUNGER_CLIENTS, MEALS, RELIEF, COMPANION, COUPLES = 25, 12, 5, 5, 10
"""[A] How the others divide, and how many couples there are. The rest has a safety alarm alone."""
DAILY_SHARE = {ClientKind.CARE: 0.8, ClientKind.YOUNGER: 0.6}
VISITS_A_DAY = ((1, 0.27), (2, 0.28), (3, 0.27), (4, 0.12), (5, 0.06))
"""[A] With a mean of 2.4, which is Huddinge's 2.38 ([S:CAIRE])."""
MUCH_HELP_VISITS, TWO_WORKERS_SHARE = 3, 0.07


@dataclass(frozen=True, slots=True)
class Place:
    """A place in the municipality for one client: who they are is drawn later, each from chance of their own."""

    number: int
    kind: ClientKind
    unit: DemoUnit
    visits_a_day: int
    has_health_tasks: bool
    household: int
    """The number of the first client of the home."""
    partner: int | None


def clients_of(scope: Scope, units: tuple[DemoUnit, ...], chance: Chance) -> tuple[DemoClient, ...]:
    """Every client, orders included."""
    numbers = NumberBook()
    homes: dict[int, Home] = {}
    clients = []
    for place in _places(scope, units, chance):
        lives = chance.of("home", place.household)
        villages = [(village, village.weight) for village in place.unit.villages]
        home = homes.setdefault(place.household, settle(drawn(lives, villages), lives))
        clients.append(_client(place, home, numbers, scope.first_on, chance))
    return tuple(clients)


def _places(scope: Scope, units: tuple[DemoUnit, ...], chance: Chance) -> Iterator[Place]:
    kinds = _kinds(scope)
    couples = min(max(1, scope.portion(COUPLES)), kinds.count(ClientKind.CARE) // 2)
    firsts = [number - number % 2 if number < 2 * couples else number for number in range(len(kinds))]
    visits = {first: _visits_a_day(kinds[first], chance.of("visits a day", first)) for first in firsts}
    daily = [number for number, first in enumerate(firsts) if visits[first]]
    health = set(chance.of("health tasks").sample(daily, min(len(daily), scope.portion(HEALTH_TASKS))))
    homes = _unit_by_home(visits, units)
    for number, first in enumerate(firsts):
        yield Place(
            number=number,
            kind=kinds[number],
            unit=homes[first],
            visits_a_day=visits[first],
            has_health_tasks=number in health,
            household=first,
            partner=number % 2 if number < 2 * couples else None,
        )


def _visits_a_day(kind: ClientKind, chance: Random) -> int:
    return drawn(chance, VISITS_A_DAY) if happens(chance, DAILY_SHARE.get(kind, 0)) else 0


def _unit_by_home(visits: Mapping[int, int], units: tuple[DemoUnit, ...]) -> dict[int, DemoUnit]:
    """Each home to the group that has fewest for its weight, of those with daily help by visits and of the others by
    number: so every seed has groups of about the same size."""
    filled: Counter[tuple[UnitId, bool]] = Counter()
    homes = {}
    for first, visits_a_day in visits.items():
        is_daily, load = visits_a_day > 0, visits_a_day or 1
        unit = min(units, key=lambda each: (filled[each.unit_id, is_daily] + load) / each.weight)
        filled[unit.unit_id, is_daily] += load
        homes[first] = unit
    return homes


def _kinds(scope: Scope) -> list[ClientKind]:
    counted = {
        ClientKind.CARE: scope.portion(CARE),
        ClientKind.YOUNGER: scope.portion(YOUNGER_CLIENTS),
        ClientKind.MEALS_ONLY: scope.portion(MEALS),
        ClientKind.RELIEF_ONLY: scope.portion(RELIEF),
        ClientKind.COMPANION_ONLY: scope.portion(COMPANION),
    }
    kinds = [kind for kind, count in counted.items() for _ in range(count)]
    return kinds + [ClientKind.ALARM_ONLY] * (scope.clients - len(kinds))


def _client(place: Place, home: Home, numbers: NumberBook, on: date, chance: Chance) -> DemoClient:
    drawing, household = chance.of("client", place.number), chance.of("household", place.household)
    surname, registered_on = household.choice(SURNAMES), on - timedelta(days=household.randint(40, 1_500))
    woman = happens(drawing, 0.64)
    born_on = _born_on(place.kind, on, drawing)
    pool = YOUNGER if place.kind is ClientKind.YOUNGER else WOMEN if woman else MEN
    client_id = ClientId(chance.id_of("client", place.number))
    need = Need(
        name=str(place.household),
        kind=place.kind,
        visits_a_day=place.visits_a_day,
        dwelling=home.dwelling,
        has_health_tasks=place.has_health_tasks,
        starts_on=registered_on,
        partner=place.partner,
    )
    return DemoClient(
        client_id=client_id,
        kind=place.kind,
        unit=place.unit,
        name=f"{drawing.choice(pool)} {surname}",
        personnummer=numbers.personnummer(born_on, woman=woman, chance=drawing),
        telephone=telephone(drawing),
        born_on=born_on,
        home=home,
        visits_a_day=place.visits_a_day,
        workers_needed=2 if _needs_two(place, drawing) else 1,
        pace=min(1.25, max(0.75, drawing.gauss(0.96, 0.1))),
        household_id=HouseholdId(chance.id_of("household", place.household)) if place.partner is not None else None,
        registered_on=registered_on,
        orders=orders_for(client_id, need, chance),
    )


def _needs_two(place: Place, chance: Random) -> bool:
    """[A] Of those with much help, some need two workers: 4 % of the visits come of it ([S:CAIRE])."""
    return place.visits_a_day >= MUCH_HELP_VISITS and place.partner is None and happens(chance, TWO_WORKERS_SHARE)


def _born_on(kind: ClientKind, on: date, chance: Random) -> date:
    """A birthday that makes the client 66 to 97 years old, or 25 to 63."""
    years = chance.triangular(25, 63, 52) if kind is ClientKind.YOUNGER else chance.triangular(66, 97, 84)
    return on - timedelta(days=round(years * 365.25))
