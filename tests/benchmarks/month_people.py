"""The municipality that a month is measured on: clients with orders, units, workers; drawn from one seed."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from random import Random
from uuid import UUID

from domain.facts import Fact, Membership, OrderLine, Person
from domain.ids import ClientId, HouseholdId, OrderId, ProviderId, ServiceCode, UnitId, WorkerId
from domain.local_time import Month
from domain.municipality import Provider, ServiceDefined, Unit

SEED = 20250301
MONTH = Month(2025, 3)
"""Its last night has 23 hours."""
BEFORE = date(2024, 9, 1)
CLIENTS_OF_UNIT, WORKERS_OF_UNIT, UNITS_OF_PROVIDER = 100, 24, 12
COUPLES = 0.08
"""Share of the clients who live with another one."""

CATALOGUE = {
    "MORNING": ("personal_care", 15),
    "MIDDAY": ("personal_care", 15),
    "EVENING": ("personal_care", 15),
    "NIGHT": ("personal_care", 5),
    "CHECK": ("personal_care", 15),
    "SHOWER": ("personal_care", 40),
    "BED": ("service", 10),
    "DISH_WASTE": ("service", 10),
    "SHOP": ("service", 45),
    "CLEAN": ("service", 60),
    "LAUNDRY": ("service", 50),
    "PHARMACY": ("service", 45),
    "WALK_SOCIAL": ("service", 30),
    "MEALS": ("meals", 20),
}
"""Every service that the rulebook names, and those of the rounds."""
SLOTS = {"MORNING": 7, "MIDDAY": 12, "CHECK": 15, "EVENING": 19, "NIGHT": 23}
"""The visits of a day, by what they are for, and the local hour they begin at."""
RHYTHMS = (
    (0.10, ()),
    (0.23, ("MORNING",)),
    (0.25, ("MORNING", "EVENING")),
    (0.26, ("MORNING", "MIDDAY", "EVENING")),
    (0.11, ("MORNING", "MIDDAY", "CHECK", "EVENING")),
    (0.05, ("MORNING", "MIDDAY", "CHECK", "EVENING", "NIGHT")),
)
"""How many clients have which visits every day."""
WEEKLY = ("SHOP", "CLEAN", "LAUNDRY", "SHOWER", "BED")


@dataclass(frozen=True, slots=True)
class Home:
    """One client, or a couple, with what is ordered: the daily visits, and weekdays of the rest."""

    client_ids: tuple[ClientId, ...]
    unit_id: UnitId
    daily: tuple[str, ...]
    weekly: tuple[tuple[str, int], ...]
    is_heavy: bool
    """Whether two workers are needed."""


@dataclass(frozen=True, slots=True)
class Municipality:
    """Who there is, and the facts that say so."""

    homes: tuple[Home, ...]
    workers: dict[UnitId, tuple[WorkerId, ...]]
    facts: tuple[Fact, ...]


def new_id(chance: Random) -> str:
    """Draw an id."""
    return str(UUID(int=chance.getrandbits(128), version=4))


def municipality(clients: int) -> Municipality:
    """Draw so many clients, in units of a hundred."""
    chance = Random(SEED)
    providers = [ProviderId(new_id(chance)) for _ in range(1 + clients // (CLIENTS_OF_UNIT * UNITS_OF_PROVIDER))]
    units = [UnitId(new_id(chance)) for _ in range(-(-clients // CLIENTS_OF_UNIT))]
    workers = {unit_id: tuple(WorkerId(new_id(chance)) for _ in range(WORKERS_OF_UNIT)) for unit_id in units}
    homes = tuple(_homes(clients, units, chance))
    facts: list[Fact] = [
        Provider(provider_id=each, name=f"Provider {number}", in_house=not number)
        for number, each in enumerate(providers)
    ]
    provider_of = {unit_id: providers[number % len(providers)] for number, unit_id in enumerate(units)}
    facts += [Unit(unit_id=each, name=each[:6], provider_id=provider_of[each]) for each in units]
    facts += [_service(code, category, minutes) for code, (category, minutes) in CATALOGUE.items()]
    for unit_id, team in workers.items():
        facts += [fact for worker_id in team for fact in _person("worker", worker_id, unit_id)]
    for home in homes:
        facts += _facts_of(home, provider_of[home.unit_id], chance)
    return Municipality(homes, workers, tuple(facts))


def _homes(clients: int, units: list[UnitId], chance: Random) -> Iterator[Home]:
    made = 0
    while made < clients:
        size = 2 if chance.random() < COUPLES / 2 and made + 1 < clients else 1
        ids = tuple(ClientId(new_id(chance)) for _ in range(size))
        daily = chance.choices([slots for _, slots in RHYTHMS], [share for share, _ in RHYTHMS])[0]
        weekly = [(code, chance.randrange(7)) for code in chance.sample(WEEKLY, chance.randint(2, 4))]
        yield Home(ids, units[made // CLIENTS_OF_UNIT], daily, tuple(weekly), chance.random() < 0.07)
        made += size


def _service(code: str, category: str, minutes: int) -> ServiceDefined:
    return ServiceDefined(
        service_code=ServiceCode(code),
        from_on=BEFORE,
        until_on=None,
        name_sv=code,
        name_en=code,
        category=category,
        standard_minutes=minutes,
        legal_basis="SoL",
    )


def _person(kind: str, person_id: str, unit_id: UnitId) -> tuple[Fact, ...]:
    return (
        Person(kind=kind, person_id=person_id, birth_year=1940 if kind == "client" else None, registered_on=BEFORE),
        Membership(kind=f"{kind}_unit", person_id=person_id, group_id=unit_id, from_on=BEFORE, until_on=None),
    )


def _facts_of(home: Home, provider_id: ProviderId, chance: Random) -> Iterator[Fact]:
    household_id = HouseholdId(new_id(chance))
    for client_id in home.client_ids:
        yield from _person("client", client_id, home.unit_id)
        if len(home.client_ids) > 1:
            yield Membership(
                kind="household", person_id=client_id, group_id=household_id, from_on=BEFORE, until_on=None
            )
        lines = [(code, "1/day") for code in home.daily]
        lines += [("DISH_WASTE", "1/day")] if home.daily else []
        weekdays = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
        lines += [(code, f"{weekdays[weekday]}") for code, weekday in home.weekly]
        order_id = OrderId(new_id(chance))
        for number, (code, frequency) in enumerate(lines):
            yield OrderLine(
                order_id=order_id,
                line_id=str(number),
                client_id=client_id,
                provider_id=provider_id,
                service_code=ServiceCode(code),
                legal_basis="SoL",
                minute_control="flexible",
                granted_minutes=CATALOGUE[code][1],
                ordered_minutes=CATALOGUE[code][1],
                frequency=frequency,
                starts_on=date(2025, 1, 13),
                ends_on=None,
                ordered_on=date(2025, 1, 13),
            )
