"""What a case takes for given, folded into the facts that calculations take: by the same functions as the ledger's own."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import TypeVar

import msgspec

from domain.cases.case import (
    PROVIDER,
    Case,
    Given,
    ServiceGiven,
    VisitGiven,
)
from domain.cases.hours import hours_on, moment
from domain.cases.orders_told import order_told
from domain.cases.people_told import LONG_AGO, people_told
from domain.cases.visit_story import Told, VisitStory
from domain.context import Context, context_of
from domain.evidence import Delegation
from domain.facts import Absence, Fact, Membership, NeedChange, OrderLine, Person, Shift, VisitFacts
from domain.ids import (
    ClientId,
    ProviderId,
    ServiceCode,
    UnitId,
    VisitId,
    WorkerId,
)
from domain.municipality import Provider, ServiceDefined, Unit
from domain.order.time_frame import TimeFrame
from domain.organisation.values import ServiceCategory, UnitKind
from domain.standing import CareContact, TitleHeld
from domain.visit.events import VisitApproved, VisitEvent
from domain.visit.facts import visit_facts
from domain.visit.history import VisitHistory
from domain.visit.history import evolve as evolve_visit

OUR_UNIT = UnitId("our unit")
A_DAY = timedelta(days=1)
F = TypeVar("F", bound=Fact)


class Town(msgspec.Struct, frozen=True, kw_only=True):
    """The facts of a case."""

    visits: tuple[VisitFacts, ...]
    context: Context
    need_changes: tuple[NeedChange, ...]
    shifts: tuple[Shift, ...]
    client_ids: tuple[ClientId, ...]
    learned_at: Mapping[VisitId, datetime]
    """When the ledger learned of the visits that say so."""

    def late(self, closed_at: datetime) -> frozenset[VisitId]:
        """The visits that it learned of after a moment."""
        return frozenset(visit_id for visit_id, learned_at in self.learned_at.items() if learned_at > closed_at)


def town_of(case: Case, zone: str) -> Town:
    """Fold a case's story. Raises CaseHoursUnreadableError for times that cannot be read."""
    given = case.given
    units = {UnitId(unit): ProviderId(provider) for unit, provider in given.units.items()} or {
        OUR_UNIT: ProviderId(PROVIDER)
    }
    clients = dict.fromkeys((*given.clients, *_named(given)))
    facts = [
        *people_told(given, clients, next(iter(units)), zone),
        *(fact for number, order in enumerate(given.orders) for fact in order_told(order, number)),
    ]
    context = context_of(
        people=_only(facts, Person),
        memberships=_only(facts, Membership),
        order_lines=_only(facts, OrderLine),
        time_frames=_only(facts, TimeFrame),
        services=[_service(ServiceCode(code), meaning) for code, meaning in given.services.items()],
        units=[
            Unit(unit_id=unit, name=unit, provider_id=owner, kind=UnitKind.HOME_CARE_GROUP)
            for unit, owner in units.items()
        ],
        providers=_providers(given, units.values()),
        absences=_only(facts, Absence),
        care_contacts=_only(facts, CareContact),
        titles=_only(facts, TitleHeld),
        delegations=_delegations(given),
    )
    return Town(
        visits=tuple(_visits(given, next(iter(units)), zone)),
        context=context,
        need_changes=tuple(_only(facts, NeedChange)),
        shifts=tuple(_shifts(given, next(iter(units)), zone)),
        client_ids=tuple(ClientId(client) for client in clients),
        learned_at={
            VisitId(name): moment(visit.learned, zone) for name, visit in _named_visits(given) if visit.learned
        },
    )


def _named(given: Given) -> Iterator[str]:
    for order in given.orders:
        yield order.client
    for visit in given.visits:
        yield from visit.clients or ((visit.client,) if visit.client else ())


def _only(facts: Iterable[Fact], kind: type[F]) -> list[F]:
    return [fact for fact in facts if isinstance(fact, kind)]


def _service(code: ServiceCode, meaning: ServiceCategory | ServiceGiven) -> ServiceDefined:
    given = meaning if isinstance(meaning, ServiceGiven) else ServiceGiven(category=meaning)
    return ServiceDefined(
        service_code=code,
        from_on=LONG_AGO,
        until_on=None,
        name_sv=code,
        name_en=code,
        category=str(given.category),
        standard_minutes=given.standard_minutes,
        legal_basis=str(given.legal_basis or ""),
    )


def _providers(given: Given, owners: Iterable[ProviderId]) -> list[Provider]:
    named = dict.fromkeys((*owners, *(ProviderId(order.provider) for order in given.orders)))
    return [Provider(provider_id=each, name=each, in_house=each not in given.private_providers) for each in named]


def _visits(given: Given, unit_id: UnitId, zone: str) -> Iterator[VisitFacts]:
    """All visits, their events put into one log by when the ledger learned of them."""
    told: list[tuple[str, Told]] = []
    for name, visit in _named_visits(given):
        story = VisitStory(visit, name, UnitId(visit.unit) or unit_id, zone)
        told += [(name, each) for each in story.told()]
    told.sort(key=lambda each: each[1][1])
    histories: dict[str, VisitHistory] = {}
    for position, (name, (event, recorded_at)) in enumerate(told, start=1):
        known = _as_known(event, position - 1)
        evolve_visit(histories.setdefault(name, VisitHistory()), known, position=position, recorded_at=recorded_at)
    for name, history in histories.items():
        yield visit_facts(VisitId(name), history)


def _named_visits(given: Given) -> Iterator[tuple[str, VisitGiven]]:
    """Each visit by its name, or by its place in the case; one that is given for several days on each of them."""
    for number, visit in enumerate(given.visits, start=1):
        name = visit.name or f"visit {number}"
        days = ((visit.until or visit.day) - visit.day).days + 1
        for day in (visit.day + A_DAY * passed for passed in range(days)):
            yield (f"{name} on {day}" if visit.until else name), msgspec.structs.replace(visit, day=day)


def _as_known(event: VisitEvent, position: int) -> VisitEvent:
    """An approval is given for all that was known when it came."""
    return msgspec.structs.replace(event, position=position) if isinstance(event, VisitApproved) else event


def _delegations(given: Given) -> Iterator[Delegation]:
    for name, worker in given.workers.items():
        for code in worker.delegated:
            yield Delegation(
                worker_id=WorkerId(name),
                service_code=ServiceCode(code),
                from_on=LONG_AGO,
                until_on=None,
                delegated_by=WorkerId("nurse"),
            )


def _shifts(given: Given, unit_id: UnitId, zone: str) -> Iterator[Shift]:
    for number, shift in enumerate(given.shifts, start=1):
        starts_at, ends_at = hours_on(shift.day, shift.hours, zone)
        yield Shift(
            worker_id=WorkerId(shift.worker),
            shift_id=f"shift {number}",
            unit_id=unit_id,
            scheduled_start_at=starts_at,
            scheduled_end_at=ends_at,
            started_at=starts_at,
            ended_at=ends_at,
            paid_minutes=shift.paid,
        )
