"""The monthly review of the access log: whom to look at by chance, and what stands out by rule. Nothing is decided here: a
person looks, asks, and writes down what came of it."""

import random
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from datetime import date, datetime, time
from enum import StrEnum
from math import ceil
from zoneinfo import ZoneInfo

import msgspec

from domain.access.entry import Doing, Entry
from domain.access.values import Role
from domain.calendar import SATURDAY
from domain.local_time import Month, local_day

SAMPLE_SHARE = 0.02
"""[A] Of those who read in the month, at least so many are drawn."""
SAMPLE_MIN = 5
CLIENTS_A_DAY_MAX = 60
"""[A] A coordinator's unit has some forty clients."""
DENIED_MAX = 5
"""[A] In a month: a mistyped address or two is nothing to ask about."""
OFFICE_HOURS = (time(6), time(20))
"""[A] Local time. Care workers have no odd hours: care is given day and night, and so it is led."""
OFFICE = frozenset({Role.CARE_MANAGER, Role.AUDITOR, Role.ADMIN, Role.COORDINATOR})


class Ground(StrEnum):
    """Why somebody is to be looked at."""

    SAMPLE = "sample"
    """Drawn by chance."""
    MANY_CLIENTS = "many_clients"
    ODD_HOURS = "odd_hours"
    NO_RELATION = "no_relation"
    """The reader's units have had nothing to do with the client."""
    STATED_PURPOSE = "stated_purpose"
    """Likewise, of somebody who reads the municipality and said what for."""
    DENIED_OFTEN = "denied_often"
    PROTECTED = "protected"
    """A person with protected identity was read."""


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One line of a review. `count` is of clients, of entries or of what was denied, by the ground."""

    ground: Ground
    actor: str
    unit_ids: tuple[str, ...]
    day: date | None = None
    client_id: str = ""
    purposes: tuple[str, ...] = ()
    count: int

    def of_nobody(self) -> "Finding":
        """The same without the client."""
        return msgspec.structs.replace(self, client_id="")


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """What a review holds entries against: the units that have had to do with each client, who was protected on a day of the
    month, and the zone."""

    units_of: Mapping[str, Collection[str]]
    protected: frozenset[str]
    zone: str


def review(month: Month, entries: Iterable[Entry], facts: Facts) -> list[Finding]:
    """Look through a month's entries: the sample first, then by ground and reader. The same each time, for the same month."""
    seen = _Readers(facts)
    for entry in entries:
        seen.take(entry)
    found = [*_sampled(month, seen), *seen.findings()]
    grounds = list(Ground)
    return sorted(
        found, key=lambda each: (grounds.index(each.ground), each.actor, each.day or date.min, each.client_id)
    )


def sample(month: Month, readers: Collection[str]) -> list[str]:
    """Draw some of those who read: two in a hundred, five at least; by a seed of the month, so that it can be drawn again."""
    wanted = min(len(readers), max(SAMPLE_MIN, ceil(len(readers) * SAMPLE_SHARE)))
    return sorted(random.Random(str(month)).sample(sorted(readers), wanted))


class _Reader(msgspec.Struct):
    """What one person did in the month."""

    unit_ids: set[str] = msgspec.field(default_factory=set)
    entries: int = 0
    denied: int = 0
    clients_by_day: defaultdict[date, set[str]] = msgspec.field(default_factory=lambda: defaultdict(set))
    odd_by_day: defaultdict[date, int] = msgspec.field(default_factory=lambda: defaultdict(int))
    reads: defaultdict[str, int] = msgspec.field(default_factory=lambda: defaultdict(int))
    strangers: defaultdict[str, int] = msgspec.field(default_factory=lambda: defaultdict(int))
    purposes: defaultdict[str, set[str]] = msgspec.field(default_factory=lambda: defaultdict(set))


class _Readers:
    """Those who read, by who they are."""

    def __init__(self, facts: Facts) -> None:
        self._facts, self._zone = facts, ZoneInfo(facts.zone)
        self.by_actor: defaultdict[str, _Reader] = defaultdict(_Reader)

    def take(self, entry: Entry) -> None:
        if entry.doing is Doing.PRUNE:
            return
        reader = self.by_actor[entry.reader]
        reader.unit_ids.update(entry.unit_ids)
        if entry.doing is Doing.DENIED:
            reader.denied += 1
            return
        reader.entries += 1
        day = local_day(entry.recorded_at, self._facts.zone)
        if entry.role in OFFICE and self._is_odd(entry.recorded_at):
            reader.odd_by_day[day] += 1
        for kind, client_id in entry.whose:
            if kind == "client":
                self._take_client(reader, entry, client_id, day)

    def _take_client(self, reader: _Reader, entry: Entry, client_id: str, day: date) -> None:
        reader.clients_by_day[day].add(client_id)
        reader.reads[client_id] += 1
        if entry.purpose:
            reader.purposes[client_id].add(entry.purpose)
        # A worker's own reach is by visits, which are asked anew at each call; a list of all is no curiosity about one.
        if entry.role != Role.CARE_WORKER and entry.doing is Doing.READ:
            units = self._facts.units_of.get(client_id, ())
            if not set(entry.unit_ids) & set(units):
                reader.strangers[client_id] += 1

    def _is_odd(self, at: datetime) -> bool:
        local = at.astimezone(self._zone)
        first, last = OFFICE_HOURS
        return not first <= local.time() < last or local.weekday() >= SATURDAY

    def findings(self) -> Iterator[Finding]:
        for actor, reader in self.by_actor.items():
            tell = _teller(actor, reader)
            for day, clients in reader.clients_by_day.items():
                if len(clients) > CLIENTS_A_DAY_MAX:
                    yield tell(Ground.MANY_CLIENTS, len(clients), day=day)
            for day, count in reader.odd_by_day.items():
                yield tell(Ground.ODD_HOURS, count, day=day)
            for client_id, count in reader.strangers.items():
                stated = reader.purposes[client_id]
                yield tell(Ground.STATED_PURPOSE if stated else Ground.NO_RELATION, count, client_id=client_id)
            if reader.denied > DENIED_MAX:
                yield tell(Ground.DENIED_OFTEN, reader.denied)
            for client_id in reader.reads.keys() & self._facts.protected:
                yield tell(Ground.PROTECTED, reader.reads[client_id], client_id=client_id)


def _teller(actor: str, reader: _Reader) -> Callable[..., Finding]:
    units = tuple(sorted(reader.unit_ids))

    def tell(ground: Ground, count: int, *, day: date | None = None, client_id: str = "") -> Finding:
        purposes = tuple(sorted(reader.purposes.get(client_id, ())))
        return Finding(
            ground=ground, actor=actor, unit_ids=units, day=day, client_id=client_id, purposes=purposes, count=count
        )

    return tell


def _sampled(month: Month, seen: _Readers) -> Iterator[Finding]:
    for actor in sample(month, [actor for actor, reader in seen.by_actor.items() if reader.entries]):
        reader = seen.by_actor[actor]
        yield _teller(actor, reader)(Ground.SAMPLE, reader.entries)
