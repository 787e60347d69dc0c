"""The facts of a month client by client: who must be computed together, and all that their figures are computed from."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import cached_property
from typing import NamedTuple

import sqlalchemy as sa

from domain.context import Context, context_of
from domain.detectors.hour import Moment
from domain.deviation.grounds import EVERYTHING_OVER
from domain.evidence import Delegation, Tag
from domain.facts import (
    Absence,
    Attendance,
    Fact,
    Membership,
    NeedChange,
    OrderLine,
    Person,
    VisitFacts,
)
from domain.household_month import HouseholdMonth, households
from domain.ids import ClientId, VisitId, WorkerId
from domain.local_time import Month, month_bounds
from domain.municipality import Provider, ServiceDefined, Unit
from domain.order.time_frame import TimeFrame
from domain.pay.absence import LOOK_BACK, away_at
from domain.presence import NOBODY
from domain.rulebook.rulebook import Rulebook
from domain.standing import CareContact, TitleHeld
from domain.values import Period
from domain.visit.concerned import ClientVisit, concerned, workers_named
from projections.among import among
from projections.believed import believed, columns, holds_in
from projections.fact_reader import FactReader
from projections.month_stream import stream_stays, stream_visits
from projections.ties import HOUSEHOLD, all_ties, ties_of
from projections.visit_reader import find_visits, on_days_of, read_visits

PERSON_KINDS = ("client", "worker")
MEMBERSHIP_KINDS = ("client_unit", HOUSEHOLD, "worker_unit", "lent")
WORKERS_NAMED_MAX = 500
"""Where more are asked for, all are read, once: a hundred clients meet most of a municipality's workers."""


class _People(NamedTuple):
    """What there is of clients and workers."""

    people: list[Person]
    memberships: list[Membership]
    absences: list[Absence]
    titles: list[TitleHeld]
    delegations: list[Delegation]

    def beside(self, others: "_People") -> "_People":
        """These and others together."""
        return _People(
            self.people + others.people,
            self.memberships + others.memberships,
            self.absences + others.absences,
            self.titles + others.titles,
            self.delegations + others.delegations,
        )


class HouseholdReader:
    """Reads one month as of one log position. What all clients share is read once."""

    def __init__(self, db: sa.Connection, as_of: int, month: Month, rulebook: Rulebook) -> None:
        self.db = db
        self.as_of = as_of
        self._facts = FactReader(db, as_of)
        self.month = month
        self._rulebook = rulebook
        self._period = Period(*month_bounds(month, rulebook.zone))

    def clients(self) -> list[ClientId]:
        """Everybody who has a visit or an order in the month."""
        found = sa.union(*(self._clients_in(each) for each in (ClientVisit, OrderLine, TimeFrame)))
        return sorted(ClientId(client_id) for client_id in self.db.scalars(found))

    def ties(self) -> list[tuple[ClientId, ...]]:
        """The clients of each visit that has several, and those of each household."""
        return all_ties(self.db, self.as_of, self._period)

    def around(self, client_ids: Collection[ClientId]) -> list[tuple[ClientId, ...]]:
        """These clients with everybody who hangs together with them, found step by step."""
        known, new = set[ClientId](), set(client_ids)
        ties = list[tuple[ClientId, ...]]()
        while new:
            known |= new
            ties += ties_of(self.db, self.as_of, self._period, new)
            new = {client_id for tie in ties for client_id in tie if client_id != NOBODY} - known
        return households(known, ties)

    def household_month(
        self,
        client_ids: Collection[ClientId],
        moment: Moment = EVERYTHING_OVER,
        to_fix: frozenset[VisitId] = frozenset(),
    ) -> HouseholdMonth:
        """All that the figures of clients who hang together are computed from; several households at once are quicker."""
        return self._month_of(client_ids, self._visits(self._period, client_ids), moment, to_fix)

    def household_months(
        self, batches: Sequence[Collection[ClientId]], moment: Moment, to_fix: frozenset[VisitId]
    ) -> Iterator[HouseholdMonth]:
        """The same of one batch of clients after the other; for most of a month's clients, since all visits are read."""
        found = stream_visits(self.db, self.as_of, self._period, batches)
        for client_ids, visits in zip(batches, found, strict=True):
            yield self._month_of(client_ids, visits, moment, to_fix)

    def _month_of(
        self, client_ids: Collection[ClientId], visits: list[VisitFacts], moment: Moment, to_fix: frozenset[VisitId]
    ) -> HouseholdMonth:
        clients = set(client_ids)
        if NOBODY in clients:
            clients.update(client_id for visit in visits for client_id in concerned(visit))
        workers = {worker_id for visit in visits for worker_id in workers_named(visit)}
        context = self._context(clients, workers)
        known = {visit.visit_id for visit in visits}
        return HouseholdMonth(
            self.month,
            client_ids,
            visits,
            context=context,
            rulebook=self._rulebook,
            moment=moment,
            need_changes=self._facts.facts_among(NeedChange, client_id=client_ids),
            to_fix=to_fix,
            before=[visit for visit in self._before(clients, context) if visit.visit_id not in known],
        )

    def _before(self, client_ids: Iterable[ClientId], context: Context) -> list[VisitFacts]:
        """The earlier visits of those who were away when the month began."""
        starts_at = self._period.starts_at
        away = away_at(client_ids, starts_at, context)
        if not away:
            return []
        earlier = Period(starts_at - LOOK_BACK, starts_at)
        return self._visits(earlier, away)

    def _visits(self, period: Period, client_ids: Collection[ClientId]) -> list[VisitFacts]:
        """Find the visits, then read them: not for each class of facts once more."""
        return read_visits(self.db, self.as_of, find_visits(self.db, self.as_of, period, client_ids))

    def workers(self) -> list[WorkerId]:
        """Everybody who was at a client in the month."""
        c = columns(Attendance)
        found = sa.select(c.worker_id).where(believed(Attendance, self.as_of), holds_in(Attendance, self._period))
        return sorted(WorkerId(worker_id) for worker_id in self.db.scalars(found.distinct()))

    def stays(self, worker_ids: Collection[WorkerId]) -> list[Attendance]:
        """All stays of some workers in the month."""
        return self._facts.facts(Attendance, among(columns(Attendance).worker_id, worker_ids), period=self._period)

    def stays_in_turn(self, groups: Sequence[Sequence[WorkerId]]) -> Iterator[list[Attendance]]:
        """The same of one group of workers after the other, in the order of `workers`; for most of a month's workers."""
        return stream_stays(self.db, self.as_of, self._period, groups)

    def _clients_in(self, fact_class: type[Fact]) -> sa.Select[str]:
        held = on_days_of(self._period) if fact_class is ClientVisit else holds_in(fact_class, self._period)
        return sa.select(columns(fact_class).client_id).where(believed(fact_class, self.as_of), held)

    def _context(self, client_ids: Collection[ClientId], worker_ids: Collection[WorkerId]) -> Context:
        """What there is of these clients and workers, and the catalogue."""
        if len(worker_ids) > WORKERS_NAMED_MAX:
            return self._with_orders(client_ids, self._people(client_ids).beside(self._every_worker))
        return self._with_orders(client_ids, self._people([*client_ids, *worker_ids]))

    def _with_orders(self, client_ids: Collection[ClientId], people: "_People") -> Context:
        facts = self._facts.facts_among
        services, units, providers = self._catalogue
        return context_of(
            **people._asdict(),
            order_lines=facts(OrderLine, client_id=client_ids),
            time_frames=facts(TimeFrame, client_id=client_ids),
            services=services,
            units=units,
            providers=providers,
            care_contacts=facts(CareContact, client_id=client_ids),
            tags=facts(Tag, client_id=client_ids),
        )

    def _people(
        self,
        ids: Collection[str] | None,
        kinds: Sequence[str] = PERSON_KINDS,
        membership_kinds: Sequence[str] = MEMBERSHIP_KINDS,
    ) -> "_People":
        """What there is of some people, or of all of a kind."""
        facts = self._facts.facts_among
        persons = {} if ids is None else {"person_id": ids}
        workers = {} if ids is None else {"worker_id": ids}
        return _People(
            facts(Person, kind=kinds, **persons),
            facts(Membership, kind=membership_kinds, **persons),
            facts(Absence, person_kind=kinds, **persons),
            facts(TitleHeld, **workers),
            facts(Delegation, **workers),
        )

    @cached_property
    def _every_worker(self) -> "_People":
        return self._people(None, ("worker",), ("worker_unit", "lent"))

    @cached_property
    def _catalogue(self) -> tuple[Sequence[ServiceDefined], Sequence[Unit], Sequence[Provider]]:
        return self._facts.services_defined(), self._facts.units(), self._facts.providers()
