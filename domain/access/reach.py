"""How far somebody reaches, and whether a client, worker, visit or row of a report lies within.

A unit keeps what it was responsible for on its day: visits, and rows of figures. The file follows the person: a client or
worker is the unit's that is responsible for them now, will be, or was until lately.
"""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple, Protocol

import msgspec

from domain.access.values import DOCUMENTATION, WINDOW_AHEAD, WINDOW_BACK, Extent, Purpose
from domain.facts import VisitFacts
from domain.ids import ClientId, UnitId, WorkerId
from domain.local_time import local_day
from domain.performed_time import PerformedMinutes
from domain.period.standing import client_days
from domain.timeline import DaySpan
from domain.visit.concerned import concerned, workers_named


class Held(NamedTuple):
    """That somebody belongs to a unit over some days."""

    unit_id: str
    days: DaySpan


class Belongings(Protocol):
    """Who belongs where, as one source tells it: the log, or the read models."""

    def unit_of(self, client_id: ClientId, day: date) -> UnitId:
        """The unit responsible for a client on a day; empty where none is known."""
        ...

    def of_client(self, client_id: ClientId) -> Sequence[Held]:
        """The units that were, are and will be responsible for a client."""
        ...

    def of_worker(self, worker_id: WorkerId) -> Sequence[Held]:
        """The units that a worker belongs to or is lent to."""
        ...


class Reach(msgspec.Struct, frozen=True, kw_only=True):
    """What lies open to a caller. `client_ids` are those of a worker's own visits around today; `purposes` are those of which
    one is still to be stated before a named client's record is read. Of the clients whose identity is protected today,
    `hidden` are those for whom the caller is not named, `entrusted` all others."""

    extent: Extent
    today: date = date.min
    zone: str = ""
    unit_ids: frozenset[str] = frozenset()
    worker_id: WorkerId = WorkerId("")
    client_ids: frozenset[ClientId] = frozenset()
    purposes: tuple[Purpose, ...] = ()
    hidden: frozenset[ClientId] = frozenset()
    entrusted: frozenset[ClientId] = frozenset()
    cell_clients_min: int = 0
    """Of a cell that names nobody and has fewer clients no figure is told; 0: of any."""

    @property
    def is_all(self) -> bool:
        """Whether nothing needs to be asked."""
        return self.is_wide and not self.hidden

    @property
    def is_wide(self) -> bool:
        """Whether no unit is asked for: all of them lie within, with what adds up several."""
        return self.extent in {Extent.ALL, Extent.SELF}

    @property
    def is_own(self) -> bool:
        """Whether it is one worker's."""
        return self.extent is Extent.OWN

    def tells(self, client_id: str | None) -> bool:
        """Whether a row that names the client may be told; one that names nobody may. What adds up several clients and names
        none holds everybody."""
        return client_id not in self.hidden

    def is_protected(self, client_id: str | None) -> bool:
        """Whether the client's identity is protected today."""
        return client_id in self.entrusted or client_id in self.hidden

    def is_around(self, day: date) -> bool:
        """Whether a worker may still, or already, see their visits of the day."""
        return self.today - WINDOW_BACK <= day <= self.today + WINDOW_AHEAD

    def has_schedule(self, day: date) -> bool:
        """Whether a day's shifts of a worker within reach may be seen."""
        return not self.is_own or self.is_around(day)

    def has_unit(self, unit_id: str | None) -> bool:
        """Whether a unit, or what it was responsible for, lies within. None: what is wider than a unit does not."""
        return self.is_wide or (self.extent is Extent.UNIT and unit_id in self.unit_ids)

    def has_client(self, client_id: ClientId, held: Sequence[Held]) -> bool:
        """Whether a client does, by the units that were and are responsible for them, and by who is named."""
        if client_id in self.hidden:
            return False
        if self.is_own:
            return client_id in self.client_ids
        return self.is_wide or self._is_of_mine(held)

    def has_worker(self, worker_id: WorkerId, held: Sequence[Held]) -> bool:
        """Whether a worker does. One who never belonged to a unit is every office's to place."""
        if self.is_own:
            return worker_id == self.worker_id
        return self.is_wide or not held or self._is_of_mine(held)

    def has_minutes(self, row: PerformedMinutes) -> bool:
        """Whether a worker's minutes do: their own around today, or those for clients of the unit. Minutes with a client whom
        no unit has are the worker's unit's, and with nobody by a worker of no unit every office's."""
        if self.is_own:
            return row.worker_id == self.worker_id and self.is_around(row.day)
        unit_id = row.client_unit_id or row.worker_unit_id
        return self.has_unit(unit_id) or not (unit_id or row.client_id)

    def has_visit(self, visit: VisitFacts, belongings: Belongings) -> bool:
        """Whether a visit does: a worker's own around today, or one that a unit was responsible for. One that no unit was is
        every office's, unless it names somebody of another unit. One to a hidden client is nobody's but of those named."""
        if self.hidden and not self.hidden.isdisjoint(concerned(visit)):
            return False
        if self.is_wide:
            return True
        if self.is_own:
            stands_at = visit.stands_at
            is_near = stands_at is not None and self.is_around(local_day(stands_at, self.zone))
            return is_near and self.worker_id in workers_named(visit)
        named = units_named(visit)
        if not named.isdisjoint(self.unit_ids):
            return True
        units = named | units_of_clients(visit, belongings, self.zone)
        if units:
            return not units.isdisjoint(self.unit_ids)
        clients = [(client_id, belongings.of_client(client_id)) for client_id in concerned(visit)]
        return all(not held or self.has_client(client_id, held) for client_id, held in clients) and all(
            self.has_worker(worker_id, belongings.of_worker(worker_id)) for worker_id in workers_named(visit)
        )

    def _is_of_mine(self, held: Sequence[Held]) -> bool:
        return any(each.unit_id in self.unit_ids and self._is_current(each.days) for each in held)

    def _is_current(self, days: DaySpan) -> bool:
        return not days.is_empty and (days.until_on is None or self.today < days.until_on + DOCUMENTATION)


EVERYTHING = Reach(extent=Extent.ALL)


def units_named(visit: VisitFacts) -> set[str]:
    """The units that were to make a visit, as it says itself: it belongs to them whoever its clients belong to."""
    units = {str(stay.unit_id) for stay in visit.attendances}
    if visit.planned is not None:
        units.add(visit.planned.unit_id)
    return units - {""}


def units_of_clients(visit: VisitFacts, belongings: Belongings, zone: str) -> set[str]:
    """Those of its clients on its days, to whom it belongs too. The log has to be read for them."""
    return {str(belongings.unit_of(client_id, day)) for client_id, day in client_days(visit, zone)} - {""}
