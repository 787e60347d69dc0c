"""Which clients' months a batch of events touches: those whose figures are computed from a fact that changed."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import chain
from typing import NamedTuple

import sqlalchemy as sa

from domain.facts import Absence, Attendance, Fact, Membership, NeedChange, OrderLine, Person
from domain.ids import ClientId
from domain.local_time import Month, parse_month
from domain.municipality import Provider, ServiceDefined, Unit
from domain.order.time_frame import TimeFrame
from domain.values import Period
from domain.visit.concerned import ClientVisit
from projections.believed import believed, columns, holds_in
from projections.builds import LIVE, build_of
from projections.kept_months import EVERYONE, Client, Span, kept_months, mark_due
from projections.projection import FOREVER
from projections.subjects import Parts
from projections.ties import HOUSEHOLD
from projections.visit_reader import on_days_of

ONE_DAY = timedelta(days=1)
NOW = FOREVER - 1
CLIENT, WORKER = "client", "worker"


class Touch(NamedTuple):
    """Somebody's figures may have changed on some days, both included: a client's, those of the clients a worker was at, of
    those who ever lived in a household, or everyone's."""

    kind: str
    subject_id: str
    first_on: date = date.min
    last_on: date = date.max


class Touched:
    """Collects what a batch touches, and marks it. Costs nothing where no month's figures are kept; they are kept of the live
    facts alone."""

    def __init__(self, db: sa.Connection) -> None:
        self._db = db
        self._months = [parse_month(month) for month in kept_months(db)] if build_of(db) == LIVE else []
        self._touches: dict[Touch, Span] = {}

    def note(self, position: int, before: Parts, after: Parts) -> None:
        """Take what the event at `position` made of a subject's facts."""
        if self._months and before != after:
            for touch in _touches(list(chain(*before)), list(chain(*after))):
                first, _ = self._touches.get(touch, (position, position))
                self._touches[touch] = (first, position)

    def mark(self) -> None:
        """Write down what is due, once the facts themselves are written."""
        due: dict[Client, Span] = {}
        for touch, (first, last) in self._touches.items():
            for month in self._months:
                if touch.first_on < month.until_on and touch.last_on >= month.first_on:
                    for client_id in self._clients(touch, month):
                        since, until = due.get((str(month), client_id), (first, last))
                        due[str(month), client_id] = (min(since, first), max(until, last))
        if due:
            mark_due(self._db, due)

    def _clients(self, touch: Touch, month: Month) -> Iterable[ClientId]:
        if touch.kind == WORKER:
            return self._met_by(touch.subject_id, month)
        if touch.kind == HOUSEHOLD:
            c = columns(Membership)
            lived = sa.select(c.person_id).where(c.kind == HOUSEHOLD, c.group_id == touch.subject_id)
            return map(ClientId, self._db.scalars(lived.distinct()).all())
        return (ClientId(touch.subject_id),)

    def _met_by(self, worker_id: str, month: Month) -> Iterable[ClientId]:
        """The clients of the visits that a worker was at in a month, of whichever zone."""
        period = Period(_midnight(month.first_on - ONE_DAY), _midnight(month.until_on + ONE_DAY))
        stay, told = columns(Attendance), columns(ClientVisit)
        visits = sa.select(stay.visit_id).where(
            stay.worker_id == worker_id, believed(Attendance, NOW), holds_in(Attendance, period)
        )
        met = sa.select(told.client_id).where(told.visit_id.in_(visits), believed(ClientVisit, NOW), on_days_of(period))
        return map(ClientId, self._db.scalars(met.distinct()).all())


def _touches(before: Sequence[Fact], after: Sequence[Fact]) -> Iterator[Touch]:
    """A visit touches all of its clients, those it had and those it has; of other subjects, each fact that changed."""
    visits = [fact for fact in (*before, *after) if isinstance(fact, ClientVisit)]
    for told in visits:
        yield Touch(CLIENT, told.client_id, told.day - ONE_DAY, told.day + ONE_DAY)
    if not visits:
        changed = [fact for fact in before if fact not in after] + [fact for fact in after if fact not in before]
        for fact in changed:
            yield from _of_fact(fact)


def _of_fact(fact: Fact) -> Iterator[Touch]:
    match fact:
        case OrderLine() | TimeFrame():
            yield Touch(CLIENT, fact.client_id, fact.starts_on, fact.ends_on or date.max)
        case NeedChange():
            yield Touch(CLIENT, fact.client_id, fact.noticed_on)
        case Person(kind="client") | Absence(person_kind="client"):
            yield Touch(CLIENT, fact.person_id)
        case Membership() if fact.kind == HOUSEHOLD:
            yield Touch(HOUSEHOLD, fact.group_id, fact.from_on, fact.until_on or date.max)
        case Membership(kind="client_unit"):
            yield Touch(CLIENT, fact.person_id, fact.from_on, fact.until_on or date.max)
        case Membership():
            yield Touch(WORKER, fact.person_id, fact.from_on, fact.until_on or date.max)
        case ServiceDefined() | Unit() | Provider():
            yield Touch(CLIENT, EVERYONE)
        case _:
            pass


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, tzinfo=UTC)
