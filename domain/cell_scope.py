"""What a cell is about: whose, which visits, which days; and whether a fact speaks of it."""

from collections.abc import Collection, Iterable
from datetime import date

import msgspec

from domain.alarm_visits import ALARMS
from domain.evidence import Acknowledgement, Delegation, QuarantinedFact, Tag
from domain.facts import (
    Absence,
    ApprovalGiven,
    Attendance,
    ExcessApproved,
    Fact,
    Membership,
    NeedChange,
    OrderLine,
    Person,
    PlannedVisit,
    ServiceRegistered,
    VisitFacts,
    VisitFailed,
)
from domain.ids import VisitId
from domain.local_time import ONE_DAY, Month, local_day
from domain.municipality import Provider, ServiceDefined, Unit
from domain.order.time_frame import TimeFrame
from domain.period.facts import PeriodClosing
from domain.report_cells import Piece
from domain.standing import TitleHeld
from domain.supervision.facts import SupervisionSession, TeamMeeting
from domain.visit.concerned import concerned, workers_named


class Scope(msgspec.Struct, frozen=True):
    """Who and what a cell is about, or the change of one. `subjects` are whatever else it names by id: a device, an order."""

    clients: frozenset[str] = frozenset()
    workers: frozenset[str] = frozenset()
    visits: frozenset[VisitId] = frozenset()
    services: frozenset[str] = frozenset()
    """Empty: all of them."""
    places: frozenset[str] = frozenset()
    """Units and providers."""
    subjects: frozenset[str] = frozenset()
    first_on: date = date.max
    last_on: date = date.min
    zone: str = "UTC"
    """Whose days they are."""

    def holds(self, first_on: date, until_on: date | None) -> bool:
        """Whether the days from the first up to, not including, the last touch those of the scope."""
        return first_on <= self.last_on and (until_on is None or until_on > self.first_on)

    def has_person(self, person_id: str) -> bool:
        """Whether it is about a client or a worker."""
        return person_id in self.clients or person_id in self.workers

    def is_near(self, day: date) -> bool:
        """Whether the day is one of them, or next to one."""
        return self.first_on - ONE_DAY <= day <= self.last_on + ONE_DAY


def scope_of(pieces: Collection[Piece], visits: Iterable[VisitFacts], zone: str) -> Scope:
    """What some pieces are about. `visits` are all of their clients', with those that are believed no longer: they say who
    was there, and which alarm may be counted in another visit."""
    days = [piece.day for piece in pieces]
    bare = Scope(
        clients=frozenset(piece.client_id for piece in pieces),
        workers=frozenset(piece.worker_id for piece in pieces if piece.worker_id),
        visits=frozenset(piece.visit_id for piece in pieces if piece.visit_id),
        services=frozenset(piece.service_code or "" for piece in pieces),
        places=frozenset(place for piece in pieces for place in (piece.unit_id, piece.provider_id)),
        first_on=min(days, default=date.max),
        last_on=max(days, default=date.min),
        zone=zone,
    )
    return with_visits(
        bare, [visit for visit in visits if visit.visit_id in bare.visits or _is_alarm(visit, bare, zone)]
    )


def nearby(scope: Scope, visits: Collection[VisitFacts], zone: str) -> Scope:
    """All of the same clients on the same days and those beside them, whatever the service."""
    near = {visit.visit_id for visit in visits if _is_near(visit, scope, zone)}
    theirs = [visit for visit in visits if visit.visit_id in near and not scope.clients.isdisjoint(concerned(visit))]
    return msgspec.structs.replace(with_visits(scope, theirs), services=frozenset())


def all_month(scope: Scope, visits: Iterable[VisitFacts], month: Month) -> Scope:
    """All of the same clients in the whole month: what is capped or counted by the month depends on every day of it."""
    theirs = [visit for visit in visits if not scope.clients.isdisjoint(concerned(visit))]
    days = {"first_on": month.first_on, "last_on": month.until_on - ONE_DAY}
    return msgspec.structs.replace(with_visits(scope, theirs), services=frozenset(), **days)


def with_visits(scope: Scope, visits: Collection[VisitFacts]) -> Scope:
    """The scope with some more visits, and those who were assigned to them or there."""
    workers = {worker_id for visit in visits for worker_id in workers_named(visit)}
    return msgspec.structs.replace(
        scope,
        workers=scope.workers | workers,
        visits=scope.visits | {visit.visit_id for visit in visits},
    )


def speaks_of(fact: Fact, scope: Scope) -> bool:
    """Whether a fact is about what the scope is about. Of the adoption of an edition its rules say so, not this."""
    match fact:
        case PlannedVisit() | Attendance() | ServiceRegistered() | VisitFailed() | ApprovalGiven() | ExcessApproved():
            return fact.visit_id in scope.visits
        case OrderLine() | TimeFrame() | NeedChange() | Tag():
            return fact.client_id in scope.clients and _is_ordered(fact, scope)
        case Absence() | Person() | Membership():
            return scope.has_person(fact.person_id) and _holds(fact, scope)
        case Delegation() | TitleHeld():
            return fact.worker_id in scope.workers
        case ServiceDefined():
            return (not scope.services or fact.service_code in scope.services) and _holds(fact, scope)
        case Unit() | Provider() | PeriodClosing():
            return not scope.places.isdisjoint(_places_of(fact))
        case Acknowledgement() | QuarantinedFact() | SupervisionSession() | TeamMeeting():
            return not scope.subjects.isdisjoint(_subjects_of(fact))
        case _:
            return False


def _is_ordered(fact: OrderLine | TimeFrame | NeedChange | Tag, scope: Scope) -> bool:
    match fact:
        case OrderLine(service_code=code):
            is_its = not scope.services or "" in scope.services or code in scope.services
            return is_its and scope.holds(fact.starts_on, fact.ends_on)
        case TimeFrame():
            return scope.holds(fact.starts_on, fact.ends_on)
        case NeedChange():
            return fact.noticed_on <= scope.last_on
        case Tag():
            return scope.holds(fact.from_on, fact.until_on)


def _holds(fact: Absence | Person | Membership | ServiceDefined, scope: Scope) -> bool:
    match fact:
        case Absence(until_at=until_at):
            has_begun = local_day(fact.from_at, scope.zone) <= scope.last_on + ONE_DAY
            return has_begun and (until_at is None or local_day(until_at, scope.zone) >= scope.first_on - ONE_DAY)
        case Person():
            return True
        case _:
            return scope.holds(fact.from_on, fact.until_on)


def _places_of(fact: Unit | Provider | PeriodClosing) -> set[str]:
    match fact:
        case Unit(unit_id=unit_id, provider_id=provider_id):
            return {unit_id, provider_id}
        case Provider(provider_id=provider_id):
            return {provider_id}
        case PeriodClosing(accountable_id=accountable_id):
            return {accountable_id}


def _subjects_of(fact: Acknowledgement | QuarantinedFact | SupervisionSession | TeamMeeting) -> set[str]:
    match fact:
        case Acknowledgement(subject_id=subject_id, key=key):
            return {subject_id, key}
        case QuarantinedFact(device_id=device_id):
            return {device_id}
        case SupervisionSession(session_id=session_id, unit_id=unit_id):
            return {session_id, unit_id}
        case TeamMeeting(unit_id=unit_id):
            return {unit_id}


def _is_alarm(visit: VisitFacts, scope: Scope, zone: str) -> bool:
    """Whether there was an alarm: it may be counted in the visit that it led to."""
    is_theirs = not scope.clients.isdisjoint(concerned(visit))
    return is_theirs and any(stay.kind in ALARMS for stay in visit.attendances) and _is_near(visit, scope, zone)


def _is_near(visit: VisitFacts, scope: Scope, zone: str) -> bool:
    return visit.stands_at is not None and scope.is_near(local_day(visit.stands_at, zone))
