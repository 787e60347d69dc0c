"""The facts as the ledger believed them at one position of the log, and those alone: what every report starts from.

A fact belongs to a period if it holds in any moment of it; periods run up to, not including, their end, and None means at any
time. What a fact is worth in the period is for the domain's functions to say.
"""

from collections.abc import Collection
from functools import lru_cache
from itertools import islice
from typing import Any, TypeVar

import sqlalchemy as sa

from domain.evidence import Acknowledgement, Delegation, DeviceContact, QuarantinedFact, Tag
from domain.facts import Absence, Fact, IndirectTime, Membership, NeedChange, OrderLine, Person, Shift, VisitFacts
from domain.ids import ClientId, UnitId, VisitId, WorkerId
from domain.municipality import EditionAdopted, Provider, ServiceDefined, Unit
from domain.order.time_frame import TimeFrame
from domain.period.facts import PeriodClosing
from domain.rulebook.adoption import believed_rulebook
from domain.rulebook.rulebook import Rulebook
from domain.standing import CareContact, TitleHeld
from domain.supervision.facts import SupervisionSession, TeamMeeting
from domain.values import Period
from projections.believed import Condition, believed, columns, holds_in, read, read_among
from projections.fact_tables import table_of
from projections.visit_reader import placed, read_visits

F = TypeVar("F", bound=Fact)
VISITS_PER_QUERY_MAX = 5_000


class FactReader:
    """Reads facts as of one log position: those opened at or before it and not closed by then."""

    def __init__(self, db: sa.Connection, as_of: int) -> None:
        self.db = db
        self._as_of = as_of

    def facts(self, fact_class: type[F], *conditions: Condition, period: Period | None = None) -> list[F]:
        """Read the facts of one class, in the order of their keys. Conditions are over `believed.columns(fact_class)`."""
        held = () if period is None else (holds_in(fact_class, period),)
        return read(self.db, fact_class, believed(fact_class, self._as_of), *held, *conditions)

    def facts_among(self, fact_class: type[F], **values: Collection[str]) -> list[F]:
        """The same of facts whose columns have one of the values given for each: quicker, where they are few."""
        return read_among(self.db, fact_class, self._as_of, values)

    def visits(
        self,
        period: Period | None = None,
        *,
        client_id: ClientId | None = None,
        worker_id: WorkerId | None = None,
        unit_id: UnitId | None = None,
        visit_ids: Collection[VisitId] | None = None,
    ) -> list[VisitFacts]:
        """Read whole visits, in the order of their ids: those that a plan, stay, service or failure puts into the period and
        to client, worker and unit. None: no matter which."""
        subjects = {"client": client_id, "worker": worker_id, "unit": unit_id}
        about = {kind: subject_id for kind, subject_id in subjects.items() if subject_id is not None}
        wanted = None if visit_ids is None else set(visit_ids)
        if period or about:
            found = placed(self.db, self._as_of, period, about)
            wanted = found if wanted is None else found & wanted
        if wanted is None:
            return read_visits(self.db, self._as_of, None)
        waiting = iter(sorted(wanted))
        pages = iter(lambda: list(islice(waiting, VISITS_PER_QUERY_MAX)), [])
        return [visit for page in pages for visit in read_visits(self.db, self._as_of, page)]

    def orders(self, period: Period | None = None, *, client_id: ClientId | None = None) -> list[OrderLine]:
        """Read the order lines that hold in the period."""
        return self.facts(OrderLine, *_of(OrderLine, "client_id", client_id), period=period)

    def time_frames(self, period: Period | None = None, *, client_id: ClientId | None = None) -> list[TimeFrame]:
        """Read the orders' pots of minutes that hold in the period."""
        return self.facts(TimeFrame, *_of(TimeFrame, "client_id", client_id), period=period)

    def need_changes(self, period: Period | None = None, *, client_id: ClientId | None = None) -> list[NeedChange]:
        """Read the changes of need that were noticed and not answered before the period."""
        return self.facts(NeedChange, *_of(NeedChange, "client_id", client_id), period=period)

    def absences(self, period: Period | None = None) -> list[Absence]:
        """Read when clients and workers are away."""
        return self.facts(Absence, period=period)

    def memberships(self, period: Period | None = None) -> list[Membership]:
        """Read who belongs where."""
        return self.facts(Membership, period=period)

    def delegations(self, period: Period | None = None) -> list[Delegation]:
        """Read who may do which health task."""
        return self.facts(Delegation, period=period)

    def care_contacts(self, period: Period | None = None) -> list[CareContact]:
        """Read who is whose designated care contact."""
        return self.facts(CareContact, period=period)

    def titles(self, period: Period | None = None) -> list[TitleHeld]:
        """Read the titles that workers hold by licence."""
        return self.facts(TitleHeld, period=period)

    def tags(self) -> list[Tag]:
        """Read which tags hang at whose home."""
        return self.facts(Tag)

    def shifts(self, period: Period | None = None, *, worker_id: WorkerId | None = None) -> list[Shift]:
        """Read the shifts that were planned or worked in the period."""
        return self.facts(Shift, *_of(Shift, "worker_id", worker_id), period=period)

    def indirect_time(self, period: Period | None = None, *, worker_id: WorkerId | None = None) -> list[IndirectTime]:
        """Read the workers' time that is not at a client."""
        return self.facts(IndirectTime, *_of(IndirectTime, "worker_id", worker_id), period=period)

    def supervision_sessions(self, period: Period | None = None) -> list[SupervisionSession]:
        """Read the sessions of supervision that were held or cancelled in the period."""
        return self.facts(SupervisionSession, period=period)

    def team_meetings(self, period: Period | None = None) -> list[TeamMeeting]:
        """Read the units' team meetings."""
        return self.facts(TeamMeeting, period=period)

    def services_defined(self, period: Period | None = None) -> list[ServiceDefined]:
        """Read the catalogue of services."""
        return self.facts(ServiceDefined, period=period)

    def rulebook(self) -> Rulebook:
        """Read the municipality's rules; the default ones where none were ever adopted."""
        editions = table_of(EditionAdopted)
        query = (
            sa.select(editions.table).where(believed(EditionAdopted, self._as_of)).order_by(editions.table.c.from_on)
        )
        return _rulebook_of(tuple(tuple(row) for row in self.db.execute(query)))

    def people(self) -> list[Person]:
        """Read who is in the ledger."""
        return self.facts(Person)

    def units(self) -> list[Unit]:
        """Read the units."""
        return self.facts_among(Unit)

    def providers(self) -> list[Provider]:
        """Read the providers."""
        return self.facts_among(Provider)

    def device_contacts(self) -> list[DeviceContact]:
        """Read when each worker's phone was last heard of."""
        return self.facts_among(DeviceContact)

    def quarantined(self) -> list[QuarantinedFact]:
        """Read what came from phones and is no fact. It has no time of its own in the world."""
        return self.facts(QuarantinedFact)

    def period_closings(
        self, period: Period | None = None, *, accountable_id: str | None = None
    ) -> list[PeriodClosing]:
        """Read how months stand that were ever closed: a unit's or a provider's, or everybody's."""
        c = columns(PeriodClosing)
        mine = () if accountable_id is None else (sa.or_(c.unit_id == accountable_id, c.provider_id == accountable_id),)
        return self.facts(PeriodClosing, *mine, period=period)

    def acknowledgements(self) -> list[Acknowledgement]:
        """Read the exceptions that the office has accepted."""
        return self.facts(Acknowledgement)


@lru_cache(maxsize=64)
def _rulebook_of(rows: tuple[tuple[Any, ...], ...]) -> Rulebook:
    """Put the rows together, once for the same ones: a rulebook remembers what it was asked."""
    return believed_rulebook(table_of(EditionAdopted).facts(rows))


def _of(fact_class: type[Fact], column: str, subject_id: str | None) -> list[Condition]:
    return [] if subject_id is None else [columns(fact_class)[column] == subject_id]
