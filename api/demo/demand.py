"""What a day asks of a group: its clients' order lines, as the visits that they come to."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from api.demo.catalogue import STANDARD
from api.demo.chance import Chance
from api.demo.ordered import Slot
from api.demo.people import DemoClient, Municipality
from api.demo.places import Home
from api.demo.stories import NeedStory, Stay
from api.demo.units import DemoUnit
from api.demo.wall_time import ONE_DAY, instant
from domain.frequency import occurrences, parse_frequency
from domain.ids import ClientId
from domain.order.events import ServiceLine
from domain.values import PlannedService, VisitKind

NOON = 12 * 60
MINUTES_WITHOUT_STANDARD = 10
"""[A] Planned for a service whose order states no minutes: a meal box is handed over."""
ADAPTED = (0.9, 1.0, 1.0, 1.0, 1.0, 1.1, 1.25)
"""[A] What the group makes of the standard time for one client, when it plans: the minutes are flexible ([S:SEED3])."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One visit to be planned: to one client, or to both of a couple."""

    clients: tuple[DemoClient, ...]
    slot: Slot
    services: tuple[PlannedService, ...]

    @property
    def home(self) -> Home:
        """Where it is."""
        return self.clients[0].home

    @property
    def minutes(self) -> int:
        """How long it is to take."""
        return sum(service.minutes for service in self.services)

    @property
    def workers_needed(self) -> int:
        """How many workers at once."""
        return max(client.workers_needed for client in self.clients)

    @property
    def kind(self) -> VisitKind:
        """What it is for."""
        only_meals = all(service.service_code == "MEALS" for service in self.services)
        return VisitKind.MEAL if only_meals else VisitKind.PLANNED


class Demand:
    """Answers which visits a unit's clients are to have on a day."""

    def __init__(self, municipality: Municipality, chance: Chance) -> None:
        self._homes = _homes(municipality.clients)
        self._needs: Mapping[ClientId, NeedStory] = {story.client_id: story for story in municipality.needs}
        self._stays: Mapping[ClientId, Stay] = {stay.client_id: stay for stay in municipality.stays}
        self._adapted = {
            client.client_id: chance.of("planned minutes", client.client_id).choice(ADAPTED)
            for client in municipality.clients
        }

    def of(self, unit: DemoUnit, day: date, *, known_at: datetime) -> Iterator[Asked]:
        """The visits, as they are known at `known_at`; nothing is planned for those who are known to be away."""
        for clients in self._homes[unit.unit_id]:
            slots: defaultdict[Slot, list[PlannedService]] = defaultdict(list)
            for client in clients:
                if not self._is_away(client, day, known_at):
                    self._lay_out(client, day, known_at, slots)
            for slot, services in slots.items():
                served = {service.client_id for service in services}
                yield Asked(
                    clients=tuple(client for client in clients if client.client_id in served),
                    slot=slot,
                    services=tuple(services),
                )

    def _is_away(self, client: DemoClient, day: date, known_at: datetime) -> bool:
        stay = self._stays.get(client.client_id)
        return stay is not None and stay.known_at <= known_at and stay.covers(instant(day, NOON))

    def _lay_out(
        self, client: DemoClient, day: date, known_at: datetime, slots: defaultdict[Slot, list[PlannedService]]
    ) -> None:
        story = self._needs.get(client.client_id)
        for order in client.orders:
            revision = story.revision if story and order is client.sol_order else None
            for line in order.lines_on(day, revision, known_at):
                if _is_due(line, order.starts_on, day):
                    slots[Slot(line.window)].append(self._planned(client, line))

    def _planned(self, client: DemoClient, line: ServiceLine) -> PlannedService:
        minutes = line.ordered_minutes or MINUTES_WITHOUT_STANDARD
        if STANDARD[line.service_code] is not None:
            minutes = max(5, round(minutes * self._adapted[client.client_id]))
        return PlannedService(line.service_code, client.client_id, minutes)


def _is_due(line: ServiceLine, starts_on: date, day: date) -> bool:
    frequency = parse_frequency(line.frequency)
    return bool(occurrences(frequency, anchor_on=starts_on, from_on=day, until_on=day + ONE_DAY))


def _homes(clients: Iterable[DemoClient]) -> Mapping[str, Sequence[tuple[DemoClient, ...]]]:
    """The clients by unit and home, neighbours beside one another."""
    together: defaultdict[str, list[DemoClient]] = defaultdict(list)
    for client in clients:
        together[client.household_id or client.client_id].append(client)
    units: defaultdict[str, list[tuple[DemoClient, ...]]] = defaultdict(list)
    for members in sorted(together.values(), key=lambda members: (members[0].home.village, members[0].home.at)):
        units[members[0].unit.unit_id].append(tuple(members))
    return units
