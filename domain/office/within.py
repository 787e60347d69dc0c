"""Whether what a decision is about lies within the decider's reach: asked in the writer's transaction, of what stands there.

What lies outside is refused in the words for what is not in the ledger.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from types import MappingProxyType
from typing import Any

import msgspec

from domain.access.reach import Held, Reach
from domain.aggregate import Aggregate
from domain.client.aggregate import Client
from domain.client.errors import ClientUnknownError
from domain.command import Guard, Look
from domain.device.aggregate import Device
from domain.device.errors import DeviceUnknownError
from domain.errors import DomainError
from domain.ids import ClientId, PersonId, UnitId, VisitId, WorkerId
from domain.office.errors import UnitUnknownError
from domain.order.aggregate import Order
from domain.order.errors import OrderUnknownError
from domain.supervision.aggregate import Supervision
from domain.supervision.errors import SupervisionUnknownError
from domain.timeline import standing_on, stretches
from domain.visit.aggregate import Visit
from domain.visit.concerned import concerned, workers_named
from domain.visit.errors import VisitUnknownError
from domain.visit.facts import visit_facts
from domain.worker.aggregate import Worker
from domain.worker.errors import WorkerUnknownError

NO_UNIT = UnitId("")
UNKNOWN: Mapping[type[Aggregate[Any]], type[DomainError]] = MappingProxyType(
    {
        Client: ClientUnknownError,
        Device: DeviceUnknownError,
        Order: OrderUnknownError,
        Supervision: SupervisionUnknownError,
        Visit: VisitUnknownError,
        Worker: WorkerUnknownError,
    }
)
"""The error for a subject that is not there."""


class Named(msgspec.Struct, frozen=True, kw_only=True):
    """Whom a decision names beside its subject, who must lie within reach too. Clients and workers that the visit names
    already may be named again."""

    client_ids: tuple[ClientId, ...] = ()
    worker_ids: tuple[WorkerId, ...] = ()
    unit_ids: tuple[UnitId, ...] = ()


NOBODY_ELSE = Named()


def within(reach: Reach, named: Named = NOBODY_ELSE, unknown: type[DomainError] | None = None) -> Guard | None:
    """Ask of the subject, once there is one, and of those named. Raises the error for what is unknown; None: nothing to ask.

    `unknown` is the error where there must be a subject already: it comes first, so that nobody learns by whom they name
    whether what they do not reach is there.
    """
    if reach.is_all:
        return None

    def guard(look: Look, subject: Aggregate[Any]) -> None:
        if unknown is not None and subject.version == 0:
            raise unknown
        require_within(reach, look, subject)
        _require_named(reach, look, subject, named)

    return guard


def there(reach: Reach, kind: type[Client | Worker], person_id: PersonId) -> Guard:
    """Ask that somebody is in the ledger, registered or not, and lies within reach. Raises the error for what is unknown."""

    def guard(look: Look, _: Aggregate[Any]) -> None:
        person: Client | Worker = look(kind, person_id)
        if person.version == 0 or not is_within(reach, look, person):
            raise UNKNOWN[kind]

    return guard


def both(*guards: Guard | None) -> Guard | None:
    """Ask each guard in turn."""
    asked = [guard for guard in guards if guard is not None]
    if len(asked) <= 1:
        return next(iter(asked), None)

    def guard(look: Look, subject: Any) -> None:
        for each in asked:
            each(look, subject)

    return guard


def require_within(reach: Reach, look: Look, subject: Aggregate[Any]) -> None:
    """Raise the error for what is unknown where the subject lies outside. One that is not there yet lies nowhere."""
    if subject.version and not is_within(reach, look, subject):
        raise UNKNOWN[type(subject)]


def is_within(reach: Reach, look: Look, subject: Aggregate[Any]) -> bool:
    """Whether the subject lies within reach as it stands."""
    if reach.is_all:
        return True
    match subject:
        case Client():
            return reach.has_client(ClientId(subject.subject_id), _units_of_client(subject))
        case Worker():
            return reach.has_worker(WorkerId(subject.subject_id), _units_of_worker(subject))
        case Order():
            placed = subject.history.placement
            return placed is not None and is_within(reach, look, look(Client, placed.client_id))
        case Visit():
            facts = visit_facts(VisitId(subject.subject_id), subject.history)
            return reach.has_visit(facts, Looked(look))
        case Device():
            return _has_unit(reach, subject.history.unit_id)
        case Supervision():
            occasion = subject.history.occasion
            return _has_unit(reach, occasion.unit_id if occasion else NO_UNIT)
        case _:
            return reach.is_wide


def clients_of(subject: Aggregate[Any]) -> set[ClientId]:
    """Whom a subject is about, or names as a visit does; nobody where it is of no client."""
    match subject:
        case Client():
            return {ClientId(subject.subject_id)}
        case Order():
            return {subject.history.placement.client_id} if subject.history.placement else set()
        case Visit():
            return concerned(visit_facts(VisitId(subject.subject_id), subject.history))
        case _:
            return set()


class Looked:
    """Who belongs where, as each one's own stream says."""

    def __init__(self, look: Look) -> None:
        self._look = look

    def unit_of(self, client_id: ClientId, day: date) -> UnitId:
        """The unit responsible for a client on a day."""
        return standing_on(self._look(Client, client_id).history.units, day) or NO_UNIT

    def of_client(self, client_id: ClientId) -> list[Held]:
        """The units that were, are and will be responsible for a client; none for nobody."""
        return _units_of_client(self._look(Client, client_id)) if client_id else []

    def of_worker(self, worker_id: WorkerId) -> list[Held]:
        """The units that a worker belongs to or is lent to."""
        return _units_of_worker(self._look(Worker, worker_id))


def _units_of_client(client: Client) -> list[Held]:
    return [Held(unit_id, days) for days, unit_id in stretches(client.history.units)]


def _units_of_worker(worker: Worker) -> list[Held]:
    return [Held(each.group_id, each.days) for each in (*worker.history.units, *worker.history.loans)]


def _has_unit(reach: Reach, unit_id: UnitId) -> bool:
    """What was never given to a unit is every office's."""
    return reach.has_unit(unit_id) or not (unit_id or reach.is_own)


def _require_named(reach: Reach, look: Look, subject: Aggregate[Any], named: Named) -> None:
    clients, workers = _named_already(subject)
    _require_each(reach, look, Client, (each for each in named.client_ids if each not in clients))
    _require_each(reach, look, Worker, (each for each in named.worker_ids if each not in workers))
    if not all(reach.has_unit(unit_id) for unit_id in named.unit_ids):
        raise UnitUnknownError


def _require_each(reach: Reach, look: Look, kind: type[Client | Worker], subject_ids: Iterable[str]) -> None:
    if reach.is_wide and kind is not Client:
        return
    for subject_id in subject_ids:
        person: Client | Worker = look(kind, subject_id)
        if person.history.registered_on is None or not is_within(reach, look, person):
            raise UNKNOWN[kind]


def _named_already(subject: Aggregate[Any]) -> tuple[set[ClientId], set[WorkerId]]:
    if not isinstance(subject, Visit):
        return set(), set()
    facts = visit_facts(VisitId(subject.subject_id), subject.history)
    return concerned(facts), workers_named(facts)
