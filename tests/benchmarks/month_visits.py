"""A month of visits as facts: planned, driven to by a team, registered, now and then doubled, declined, corrected or missed."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from heapq import heapify, heappop, heappush
from operator import itemgetter
from random import Random
from typing import NamedTuple
from zoneinfo import ZoneInfo

import msgspec

from domain.facts import ApprovalGiven, Attendance, Fact, PlannedVisit, ServiceRegistered, VisitFacts, VisitFailed
from domain.ids import DeviceId, FactId, ServiceCode, UnitId, VisitId, WorkerId
from domain.values import ApprovalRole, NotPerformedReason, PlaceCode, PlannedService, Source, VisitKind
from domain.visit.concerned import client_visits
from tests.benchmarks.month_people import CATALOGUE, MONTH, SEED, SLOTS, Home, Municipality, new_id

ZONE = ZoneInfo("Europe/Stockholm")
DOUBLED, DECLINED, FAILED, OPEN, UNPLANNED, UNREGISTERED = 0.05, 0.03, 0.01, 0.002, 0.02, 0.004
CORRECTED, UNAPPROVED, LATE = 0.04, 0.03, 0.05
"""Shares of the visits."""
LAST_ON = MONTH.until_on


class Believed(NamedTuple):
    """A fact with the positions that it was believed from and until (None: still)."""

    fact: Fact
    since: int
    until: int | None


class Wanted(NamedTuple):
    """A visit to make: whose home, when, and what for."""

    starts_at: datetime
    home: Home
    codes: tuple[str, ...]
    kind: VisitKind = VisitKind.PLANNED


@dataclass(slots=True)
class Month:
    """Draws the month day by day; positions rise as in a log."""

    municipality: Municipality
    chance: Random
    position: int = 0
    visits: int = 0

    def days(self) -> Iterator[tuple[date, list[Believed]]]:
        """The facts of each day's visits."""
        by_unit: dict[UnitId, list[Home]] = {}
        for home in self.municipality.homes:
            by_unit.setdefault(home.unit_id, []).append(home)
        day = MONTH.first_on
        while day < LAST_ON:
            wanted = {
                unit_id: sorted(self._wanted(homes, day), key=itemgetter(0)) for unit_id, homes in by_unit.items()
            }
            yield day, [told for unit_id, visits in wanted.items() for told in self._driven(unit_id, visits)]
            day += timedelta(days=1)

    def _wanted(self, homes: Iterable[Home], day: date) -> Iterator[Wanted]:
        for home in homes:
            extra = [code for code, weekday in home.weekly if weekday == day.weekday()]
            with_first = [code for code in extra if code in {"SHOWER", "BED"}] if home.daily else []
            for number, slot in enumerate(home.daily):
                codes = (slot, *with_first, "DISH_WASTE") if number == 0 else (slot,)
                yield Wanted(self._at(day, SLOTS[slot]), home, codes)
            for code in extra:
                if code not in with_first:
                    yield Wanted(self._at(day, 10), home, (code,))
            if self.chance.random() < UNPLANNED:
                yield Wanted(self._at(day, self.chance.randrange(24)), home, ("CHECK",), VisitKind.ALARM)

    def _at(self, day: date, hour: int) -> datetime:
        minutes = hour * 60 + 5 * self.chance.randrange(30)
        wall = datetime.combine(day, time(0), ZONE).astimezone(UTC)
        return wall + timedelta(minutes=min(minutes, 1439))

    def _driven(self, unit_id: UnitId, wanted: Iterable[Wanted]) -> Iterator[Believed]:
        """Give each visit to whoever is free first."""
        free = [(datetime.min.replace(tzinfo=UTC), worker_id) for worker_id in self.municipality.workers[unit_id]]
        heapify(free)
        for visit in wanted:
            is_doubled = visit.home.is_heavy or self.chance.random() < DOUBLED
            team = [heappop(free) for _ in range(2 if is_doubled else 1)]
            facts = self._visit(visit, unit_id, [worker_id for _, worker_id in team], max(at for at, _ in team))
            ends = [stay.departed_at or stay.starts_at for stay in facts.attendances]
            for _, worker_id in team:
                heappush(free, (max(ends, default=visit.starts_at) + timedelta(minutes=4), worker_id))
            self.visits += 1
            yield from self._believed(facts)

    def _visit(self, wanted: Wanted, unit_id: UnitId, workers: list[WorkerId], free_at: datetime) -> VisitFacts:
        visit_id, clients = VisitId(new_id(self.chance)), wanted.home.client_ids
        services = tuple(
            PlannedService(ServiceCode(code), client_id, CATALOGUE[code][1])
            for code in wanted.codes
            for client_id in clients
        )
        length = timedelta(minutes=sum(service.minutes for service in services))
        draw = self.chance.random()
        plan = PlannedVisit(
            visit_id=visit_id,
            client_ids=clients,
            unit_id=unit_id,
            kind=wanted.kind,
            starts_at=wanted.starts_at,
            ends_at=wanted.starts_at + length,
            services=services,
            workers_needed=len(workers),
            worker_ids=tuple(workers),
        )
        planned = None if wanted.kind is VisitKind.ALARM else plan
        if draw < UNREGISTERED and planned:
            return VisitFacts(visit_id=visit_id, planned=planned)
        arrived_at = max(free_at, wanted.starts_at + timedelta(seconds=self.chance.randrange(-300, 600)))
        stays = tuple(self._stay(plan, worker_id, arrived_at, length, is_open=draw > 1 - OPEN) for worker_id in workers)
        failed = UNREGISTERED < draw < UNREGISTERED + FAILED
        declined = UNREGISTERED + FAILED < draw < UNREGISTERED + FAILED + DECLINED
        return VisitFacts(
            visit_id=visit_id,
            planned=planned,
            attendances=stays,
            services=() if failed else tuple(self._services(plan, stays[0], declined=declined)),
            failures=(self._failure(plan, stays[0]),) if failed else (),
            approvals=() if draw > 1 - UNAPPROVED else tuple(_approvals(visit_id, self.position, stays)),
        )

    def _stay(
        self, plan: PlannedVisit, worker_id: WorkerId, arrived_at: datetime, length: timedelta, *, is_open: bool
    ) -> Attendance:
        arrival_id, departure_id = FactId(new_id(self.chance)), FactId(new_id(self.chance))
        arrived_at += timedelta(seconds=self.chance.randrange(60))
        lasted = length.total_seconds() * self.chance.uniform(0.7, 1.25)
        corrected = self.chance.random() < CORRECTED
        source = Source.OFFICE_MANUAL if corrected else Source.PRESENCE_RECEIPT
        return Attendance(
            visit_id=plan.visit_id,
            attendance_id=arrival_id,
            worker_id=worker_id,
            client_ids=plan.client_ids,
            unit_id=plan.unit_id,
            kind=plan.kind,
            arrived_at=arrived_at,
            departed_at=None if is_open else arrived_at + timedelta(seconds=int(lasted)),
            arrival_fact_id=arrival_id,
            departure_fact_id=None if is_open else departure_id,
            arrival_source=source,
            departure_source=None if is_open else source,
            device_id=DeviceId(worker_id),
            corrected=corrected,
            delay_s=100_000 if self.chance.random() < LATE else 40,
            offset_ms=self.chance.randrange(-2_000, 2_000),
            arrival_place=PlaceCode.INSIDE,
            departure_place=PlaceCode.INSIDE,
        )

    def _services(self, plan: PlannedVisit, stay: Attendance, *, declined: bool) -> Iterator[ServiceRegistered]:
        for number, service in enumerate(plan.services):
            yield ServiceRegistered(
                visit_id=plan.visit_id,
                fact_id=FactId(new_id(self.chance)),
                worker_id=stay.worker_id,
                client_id=service.client_id,
                service_code=service.service_code,
                performed=not (declined and number == 0),
                minutes=service.minutes if number and self.chance.random() < 0.3 else None,
                at=stay.departed_at or stay.starts_at,
                source=Source.MOBILE_NO_RECEIPT,
            )

    def _failure(self, plan: PlannedVisit, stay: Attendance) -> VisitFailed:
        return VisitFailed(
            visit_id=plan.visit_id,
            fact_id=FactId(new_id(self.chance)),
            worker_id=stay.worker_id,
            client_ids=plan.client_ids,
            reason=NotPerformedReason.NOBODY_HOME,
            at=stay.starts_at,
        )

    def _believed(self, visit: VisitFacts) -> Iterator[Believed]:
        """A corrected stay was believed otherwise before."""
        self.position += 6
        planned = (visit.planned,) if visit.planned else ()
        found_by = client_visits(visit.visit_id, planned, visit.attendances, visit.services, visit.failures)
        for fact in (*planned, *visit.services, *visit.failures, *visit.approvals, *found_by):
            yield Believed(fact, self.position, None)
        for stay in visit.attendances:
            if stay.corrected and stay.arrived_at:
                before = msgspec.structs.replace(
                    stay, arrived_at=stay.arrived_at - timedelta(minutes=9), corrected=False
                )
                yield Believed(before, self.position - 1, self.position)
            yield Believed(stay, self.position, None)


def month_of(municipality: Municipality) -> Month:
    """Begin the month."""
    return Month(municipality, Random(SEED + 1))


def _approvals(visit_id: VisitId, position: int, stays: tuple[Attendance, ...]) -> Iterator[ApprovalGiven]:
    if all(stay.departed_at for stay in stays):
        for role in ApprovalRole:
            yield ApprovalGiven(
                visit_id=visit_id,
                role=role,
                actor=f"{role}/{stays[0].worker_id}",
                position=position,
                minutes=30,
                stands=True,
            )
