"""What began or ended to be believed between two positions: whom it concerns, and the facts with their events' positions."""

from collections.abc import Collection, Iterable
from typing import Any

import sqlalchemy as sa

from domain.cell_causes import FactChange
from domain.evidence import Acknowledgement, Delegation, DeviceContact, QuarantinedFact, Tag
from domain.facts import (
    Absence,
    Attendance,
    Fact,
    Membership,
    NeedChange,
    OrderLine,
    Person,
    PlannedVisit,
    ServiceRegistered,
    VisitFailed,
)
from domain.ids import ClientId
from domain.municipality import EditionAdopted, Provider, ServiceDefined, Unit
from domain.order.time_frame import TimeFrame
from domain.period.facts import PeriodClosing
from domain.standing import TitleHeld
from domain.supervision.facts import SupervisionSession, TeamMeeting
from domain.values import Period
from domain.visit.concerned import ClientVisit
from projections.believed import ROWS_AT_ONCE, Condition, columns, holds_in
from projections.fact_tables import table_of
from projections.projection import FOREVER
from projections.ties import HOUSEHOLD
from projections.visit_reader import OF_VISITS, on_days_of

FactClass = type[Fact]
OF_CLIENTS: tuple[FactClass, ...] = (OrderLine, TimeFrame, NeedChange, Tag)
OF_PERSONS: tuple[FactClass, ...] = (Absence, Person, Membership)
OF_TITLES: tuple[FactClass, ...] = (Delegation, TitleHeld)
OF_WORKERS: tuple[FactClass, ...] = (*OF_TITLES, DeviceContact)
OF_ALL: tuple[FactClass, ...] = (
    ServiceDefined,
    Unit,
    Provider,
    EditionAdopted,
    PeriodClosing,
    Acknowledgement,
    QuarantinedFact,
    SupervisionSession,
    TeamMeeting,
)
"""Few beside the others: they are read whole."""
CATALOGUE: tuple[FactClass, ...] = (ServiceDefined, Unit, Provider)
"""Whatever changes in these may change anybody's figures."""
WORKERS_MAX = 100
"""Where so many changed, anybody may have met one of them."""


class FactChanges:
    """Reads the changes after one position, up to and including another, of the classes that a report reads."""

    def __init__(self, db: sa.Connection, after: int, upto: int, period: Period, reads: Collection[FactClass]) -> None:
        self._db = db
        self._after, self._upto, self._period, self._reads = after, upto, period, reads

    def everywhere(self) -> list[FactChange]:
        """The changes of what all clients share."""
        return [change for each in OF_ALL if each in self._reads for change in self._changes(each)]

    def around(self, client_ids: Collection[str], worker_ids: Collection[str]) -> list[FactChange]:
        """The changes of the clients' visits in the period, and of what is known of them and of some workers; also of the
        workers' stays elsewhere in the period."""
        c = columns(ClientVisit)
        visits = sa.select(c.visit_id).where(c.client_id.in_(client_ids), on_days_of(self._period))
        found: list[FactChange] = []
        for each in self._read(OF_VISITS):
            found += self._changes(each, columns(each).visit_id.in_(visits))
        for each in self._read(OF_CLIENTS):
            found += self._changes(each, columns(each).client_id.in_(client_ids))
        for each in self._read(OF_PERSONS):
            found += self._changes(each, columns(each).person_id.in_([*client_ids, *worker_ids]))
        for each in self._read(OF_WORKERS):
            found += self._changes(each, columns(each).worker_id.in_(worker_ids))
        if Delegation in self._reads:
            theirs = columns(Attendance).worker_id.in_(worker_ids)
            found += self._changes(Attendance, theirs, holds_in(Attendance, self._period))
        return found

    def clients(self) -> set[ClientId] | None:
        """Whose figures the changes may have changed in the period; None: anybody's."""
        workers = self._workers()
        if len(workers) > WORKERS_MAX or any(
            self._db.execute(self._any(each)).first() for each in self._read(CATALOGUE)
        ):
            return None
        asked = [self._of_visits(), *self._of_clients(), *self._of_workers(workers)]
        return {ClientId(client_id) for client_id in self._db.scalars(sa.union(*asked))}

    def _of_visits(self) -> sa.Select[str]:
        """The clients of the visits of which anything changed."""
        changed = sa.union(
            *(sa.select(columns(each).visit_id).where(self._between(each)) for each in self._read(OF_VISITS)),
            sa.select(columns(ClientVisit).visit_id).where(self._between(ClientVisit)),
        )
        return self._told_of(changed)

    def _of_clients(self) -> Iterable[sa.Select[str]]:
        for each in self._read(OF_CLIENTS):
            yield sa.select(columns(each).client_id).where(self._between(each))
        for each in self._read(OF_PERSONS):
            yield sa.select(columns(each).person_id).where(self._between(each), *_figured(each))

    def _workers(self) -> set[str]:
        """The workers (and clients) of whom anything changed. When a phone was heard of matters by the hour only."""
        asked = [sa.select(columns(each).person_id).where(self._between(each)) for each in self._read(OF_PERSONS)]
        asked += [sa.select(columns(each).worker_id).where(self._between(each)) for each in self._read(OF_TITLES)]
        return set(self._db.scalars(sa.union(*asked))) if asked else set()

    def _of_workers(self, worker_ids: Collection[str]) -> Iterable[sa.Select[str]]:
        """The clients whom these workers were at, of whom they have told, or to whom they were to come."""
        plan = columns(PlannedVisit)
        for each in (Attendance, ServiceRegistered, VisitFailed):
            c = columns(each)
            yield self._told_of(sa.select(c.visit_id).where(c.worker_id.in_(worker_ids), holds_in(each, self._period)))
        named = [plan.worker_ids.contains(f'"{worker_id}"', autoescape=True) for worker_id in worker_ids]
        if named:
            yield self._told_of(sa.select(plan.visit_id).where(sa.or_(*named), holds_in(PlannedVisit, self._period)))

    def _told_of(self, visit_ids: sa.Select[str] | sa.CompoundSelect[str]) -> sa.Select[str]:
        c = columns(ClientVisit)
        return sa.select(c.client_id).where(c.visit_id.in_(visit_ids), on_days_of(self._period))

    def _read(self, classes: Iterable[FactClass]) -> list[FactClass]:
        return [each for each in classes if each in self._reads]

    def _any(self, fact_class: FactClass) -> sa.Select[Any]:
        return (
            sa.select(sa.literal(1)).select_from(table_of(fact_class).table).where(self._between(fact_class)).limit(1)
        )

    def _changes(self, fact_class: FactClass, *conditions: Condition) -> list[FactChange]:
        source = table_of(fact_class)
        c = source.table.c
        query = sa.select(*source.own_columns, c.believed_from, c.believed_to).where(
            self._between(fact_class), *conditions, *_figured(fact_class)
        )
        return [
            FactChange(fact, tuple(position for position in row[-2:] if self._after < position <= self._upto))
            for rows in self._db.execute(query).partitions(ROWS_AT_ONCE)
            for fact, row in zip(source.facts(rows), rows, strict=True)
        ]

    def _between(self, fact_class: FactClass) -> Condition:
        c = columns(fact_class)
        began = sa.and_(c.believed_from > self._after, c.believed_from <= self._upto)
        ended = sa.and_(
            c.believed_to > self._after, c.believed_to <= self._upto, c.believed_to < sa.literal_column(str(FOREVER))
        )
        return sa.or_(began, ended)


def _figured(fact_class: FactClass) -> list[Condition]:
    """Who lives with whom decides what is computed together, and no figure."""
    return [columns(Membership).kind != HOUSEHOLD] if fact_class is Membership else []
