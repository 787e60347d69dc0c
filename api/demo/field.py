"""What all shifts share: the phones, who is away, how long things take, and what is found out for the office."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random

from api.demo.attended import Attended
from api.demo.chance import Chance, happens
from api.demo.mistakes import Mistake, is_correctable
from api.demo.outcomes import CORRECTED_SHARE
from api.demo.people import DemoClient, DemoWorker, Municipality
from api.demo.phone import Flaw, Phone
from api.demo.units import DemoUnit
from api.demo.wall_time import ONE_DAY, ZONE, instant
from domain.client.values import AreaType
from domain.ids import ClientId, DeviceId, UnitId, VisitId, WorkerId

PLANNED_AHEAD = 7 * ONE_DAY
PLANNED_MINUTE = 13 * 60
"""A day is planned a week before, at one o'clock."""
DEAD_ZONES = {AreaType.URBAN: 0.05, AreaType.RURAL: 0.17, AreaType.SPARSE: 0.3}
"""[A] How often there is no coverage at a home: 5 % of all facts come more than ten minutes late of it (rules.md 12)."""
BEHIND, AHEAD = timedelta(minutes=-7), timedelta(hours=3)
"""By how much two of the phones show a wrong time."""


def planned_at(day: date) -> datetime:
    """When a day is planned."""
    return instant(day - PLANNED_AHEAD, PLANNED_MINUTE)


@dataclass(frozen=True, slots=True)
class OddPhones:
    """Whose phones give trouble, and from which day on, where that is a moment."""

    behind: DemoWorker
    ahead: DemoWorker
    set_right_from: date
    silent: DemoWorker
    silent_from: date
    lost: DemoWorker
    lost_from: date

    def flaw(self, device_id: DeviceId) -> Flaw:
        """What is wrong with a phone from the beginning."""
        if device_id == self.behind.device_id:
            return Flaw(clock_error=BEHIND)
        if device_id == self.ahead.device_id:
            return Flaw(clock_error=AHEAD)
        return Flaw(silent_from=instant(self.silent_from, 0)) if device_id == self.silent.device_id else Flaw()


def odd_phones(municipality: Municipality, chance: Chance) -> OddPhones:
    """Choose them among the day workers, and the days within the month."""
    by_day = [worker for worker in municipality.workers if not worker.is_night]
    behind, ahead, silent, lost = chance.of("odd phones").sample(by_day, 4)
    first_on, until_on = municipality.scope.first_on, municipality.scope.until_on
    third = (until_on - first_on) / 3
    return OddPhones(behind, ahead, first_on + third, silent, first_on + 2 * third, lost, first_on + third)


@dataclass(slots=True)
class FoundOut:
    """What the office will have to do with, gathered while the shifts go on."""

    mistakes: list[tuple[DemoUnit, date, Mistake]] = field(default_factory=list)
    lost_phones: list[tuple[date, DeviceId]] = field(default_factory=list)
    visits: defaultdict[tuple[UnitId, date], list[VisitId]] = field(default_factory=lambda: defaultdict(list))
    """The visits of each group and day, planned or not."""
    named: dict[str, VisitId] = field(default_factory=dict)
    """The first visit of each kind worth showing."""

    def note(self, attended: Attended, chance: Random, *, heard_soon: bool) -> None:
        """Take down what was unplanned, what is worth showing, and what somebody will ask to have corrected: not while the
        office still waits for the phone."""
        if attended.kind is not None:
            listed = self.visits[attended.unit.unit_id, attended.arrived_at.astimezone(ZONE).date()]
            if attended.visit_id not in listed:
                listed.append(attended.visit_id)
            self.name(attended.kind.value, attended.visit_id)
        elif len(attended.clients) > 1:
            self.name("couple", attended.visit_id)
        if is_correctable(attended.outcome) and heard_soon and happens(chance, CORRECTED_SHARE):
            on = attended.left_at.astimezone(ZONE).date()
            self.name(attended.outcome.name.lower(), attended.visit_id)
            self.mistakes.append((attended.unit, on, attended.mistake))

    def name(self, word: str, visit_id: VisitId) -> None:
        """Remember a visit, unless there is one of that kind."""
        self.named.setdefault(word, visit_id)


class Field:
    """The municipality in motion."""

    def __init__(self, municipality: Municipality, chance: Chance) -> None:
        self.municipality, self.chance = municipality, chance
        self.found = FoundOut()
        self._odd = odd_phones(municipality, chance)
        self._phones: dict[DeviceId, Phone] = {}
        self._needs = {story.client_id: story for story in municipality.needs}
        self._stays = {stay.client_id: stay for stay in municipality.stays}
        self._neighbours = _neighbours(municipality.clients)

    def phone_of(self, worker: DemoWorker) -> Phone:
        """The worker's own phone; once it is lost, the one in the drawer."""
        is_lost = any(device_id == worker.device_id for _, device_id in self.found.lost_phones)
        return self.spare_phone(worker.unit) if is_lost else self._phone(worker.device_id)

    def spare_phone(self, unit: DemoUnit) -> Phone:
        """The one in the group's drawer."""
        return self._phone(self.municipality.spare_devices[unit.unit_id])

    def sets_clock_right(self, worker: DemoWorker, day: date) -> bool:
        """Whether the worker sees today that the phone is hours ahead. It happens once."""
        is_due = worker is self._odd.ahead and day >= self._odd.set_right_from
        return is_due and self.phone_of(worker).shows_wrong_time

    def loses_phone(self, worker: DemoWorker, day: date) -> bool:
        """Whether the worker's phone is lost today. It happens once."""
        return worker is self._odd.lost and day >= self._odd.lost_from and not self.found.lost_phones

    def is_away(self, client: DemoClient, at: datetime) -> bool:
        """Whether a worker would come in vain."""
        stay = self._stays.get(client.client_id)
        return stay is not None and stay.covers(at)

    def away_known_at(self, client: DemoClient, at: datetime) -> datetime | None:
        """Since when the office knows that the client is away at that instant; None when it is not so."""
        stay = self._stays.get(client.client_id)
        return stay.known_at if stay is not None and stay.covers(at) else None

    def pace(self, client: DemoClient, day: date) -> float:
        """How long a visit takes, seen from its plan. Once the plan follows a changed order, it is as before."""
        story = self._needs.get(client.client_id)
        if story is None or day < story.noticed_on:
            return client.pace
        revision = story.revision
        is_followed = revision and revision.effective_from <= day and revision.decided_at <= planned_at(day)
        return client.pace * (1.0 if is_followed else story.pace)

    def neighbour(self, client: DemoClient) -> DemoClient:
        """Who stands next in the list."""
        return self._neighbours[client.client_id]

    def is_covered(self, client: DemoClient, visit_id: VisitId, worker_id: WorkerId) -> bool:
        """Whether the phone has coverage at that home this time."""
        return not happens(self.chance.of("coverage", visit_id, worker_id), DEAD_ZONES[client.home.area])

    def _phone(self, device_id: DeviceId) -> Phone:
        if device_id not in self._phones:
            chance = self.chance.of("phone", device_id)
            self._phones[device_id] = Phone(device_id, chance, self._odd.flaw(device_id))
        return self._phones[device_id]


def _neighbours(clients: Iterable[DemoClient]) -> dict[ClientId, DemoClient]:
    units: defaultdict[UnitId, list[DemoClient]] = defaultdict(list)
    for client in clients:
        units[client.unit.unit_id].append(client)
    return {
        client.client_id: listed[(number + 1) % len(listed)]
        for listed in units.values()
        for number, client in enumerate(listed)
    }
