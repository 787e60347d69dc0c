"""What of a read its caller reaches: filters that may be asked for, rows of units, and events of subjects."""

from collections.abc import Callable, Collection, Iterable
from datetime import date
from functools import cache
from typing import Protocol, TypeVar

from api.access import require_purpose, tell_protected
from api.log_look import AGGREGATES, LogLook
from api.problems import Problem
from api.reading import View
from domain.access.reach import Held, Reach
from domain.context import Context
from domain.detectors.found import FoundException
from domain.exception.aggregate import Acknowledgements
from domain.facts import VisitFacts
from domain.ids import ClientId, UnitId, VisitId, WorkerId, kind_of, subject_of
from domain.organisation.aggregate import Organisation
from domain.timeline import DaySpan

Row = TypeVar("Row", bound="OfUnit")


ClientRow = TypeVar("ClientRow", bound="OfClientAndUnit")


class OfUnit(Protocol):
    """A row that says whose it is."""

    @property
    def unit_id(self) -> UnitId | None:
        """The unit responsible; None where it is of several."""
        ...


class OfClientAndUnit(OfUnit, Protocol):
    """A row that says whose and of whom it is."""

    @property
    def client_id(self) -> ClientId:
        """The client."""
        ...


def of_reach(view: View, rows: Iterable[Row]) -> list[Row]:
    """The rows of the caller's units. What adds up several units is told to those who reach all of them."""
    return [row for row in rows if view.reach.has_unit(row.unit_id)]


def told_of(view: View, rows: Iterable[ClientRow]) -> list[ClientRow]:
    """Likewise rows that name one client each: none of a client who is hidden from the caller."""
    return [row for row in of_reach(view, rows) if view.reach.tells(row.client_id)]


def look_now(view: View) -> LogLook:
    """The log as it stands: what somebody may see of the past is asked of today."""
    return LogLook(view.house)


def require_reached(
    view: View, *, client_id: str | None = None, worker_id: str | None = None, unit_id: str | None = None
) -> None:
    """Raise 404 where a filter names what lies outside of the caller's reach, or is not there; and 403 `purpose_required`
    where it names a client and nobody says what for. To somebody who reaches every unit what is hidden is as what is not
    there: nothing of it is told."""
    if client_id is not None:
        require_purpose(view.reach)
        tell_protected(view.reach, client_id)
    if view.reach.is_wide:
        return
    look = look_now(view)
    named = (("client", client_id), ("worker", worker_id))
    people = all(look.has(view.reach, kind, person_id) for kind, person_id in named if person_id is not None)
    if not people or not (unit_id is None or view.reach.has_unit(unit_id)):
        raise Problem("not_found")


class Believed:
    """Who belongs where, as the read models believe it."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def unit_of(self, client_id: ClientId, day: date) -> UnitId:
        """The unit responsible for a client on a day."""
        return self._context.client_unit(client_id, day)

    def of_client(self, client_id: ClientId) -> list[Held]:
        """The units that were, are and will be responsible for a client."""
        return self._held("client_unit", client_id)

    def of_worker(self, worker_id: WorkerId) -> list[Held]:
        """The units that a worker belongs to or is lent to."""
        return self._held("worker_unit", worker_id) + self._held("lent", worker_id)

    def _held(self, kind: str, person_id: str) -> list[Held]:
        found = self._context.memberships.get((kind, person_id), ())
        return [Held(each.group_id, DaySpan(each.from_on, each.until_on)) for each in found]


def visits_within(reach: Reach, context: Context) -> Callable[[VisitFacts], bool]:
    """Tells which visits lie within reach, by who was responsible for them on their days."""
    belongings = Believed(context)
    return lambda visit: reach.has_visit(visit, belongings)


def visits_reached(view: View, visits: Collection[VisitFacts]) -> Collection[VisitFacts]:
    """Those of some visits that lie within the caller's reach."""
    return visits if view.reach.is_all else list(filter(visits_within(view.reach, view.context()), visits))


def workers_reached(view: View, worker_ids: Collection[str]) -> list[str]:
    """Those of some workers that lie within the caller's reach: of others no absence is told, nor where they belong."""
    look = look_now(view)
    return [worker_id for worker_id in worker_ids if look.has(view.reach, "worker", worker_id)]


def exceptions_within(view: View, visits: Collection[VisitFacts], context: Context) -> Callable[[FoundException], bool]:
    """Tells which exceptions lie within reach: those of visits that all do, or of a subject that does."""
    look, reach = look_now(view), view.reach
    is_within, known = visits_within(reach, context), {visit.visit_id: visit for visit in visits}

    @cache
    def has_visit(visit_id: VisitId) -> bool:
        visit = known.get(visit_id)
        return look.has(reach, "visit", visit_id) if visit is None else is_within(visit)

    def has(found: FoundException) -> bool:
        if reach.is_all:
            return True
        if found.visit_ids:
            return all(map(has_visit, found.visit_ids))
        return look.has(reach, found.subject_kind, found.subject_id)

    return has


def streams_within(look: LogLook, reach: Reach) -> Callable[[str], bool]:
    """Tells which streams are of a subject within reach; with those that are of no person."""

    @cache
    def has_stream(stream: str) -> bool:
        kind, subject_id = kind_of(stream), subject_of(stream)
        if kind == Acknowledgements.KIND:  # named as its subject is, which may be of any kind
            found = [each for each in AGGREGATES if look.is_there(each, subject_id)]
            return any(look.has(reach, each, subject_id) for each in found) if found else reach.is_wide
        return kind == Organisation.KIND or look.has(reach, kind, subject_id)

    return has_stream


def events_within(view: View) -> Callable[[int], bool]:
    """Tells which events, by position, speak of a subject within reach; with those that are of no person."""
    log, reach = view.house.log, view.reach
    has_stream = streams_within(look_now(view), reach)

    @cache
    def has(position: int) -> bool:
        return reach.is_all or all(has_stream(row.stream) for row in log.read(position - 1, 1, upto=position))

    return has
