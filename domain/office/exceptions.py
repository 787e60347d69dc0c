"""What the office decides about exceptions. Each function gives the command."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from domain.aggregate import Aggregate
from domain.client.aggregate import Client
from domain.client.errors import ClientUnknownError
from domain.command import Command, Look
from domain.device.aggregate import Device
from domain.device.errors import DeviceUnknownError
from domain.errors import NotFoundError
from domain.exception.aggregate import Acknowledgements
from domain.exception_catalogue import CATALOGUE, ExceptionCode
from domain.ids import PersonId
from domain.office.act import Act
from domain.office.errors import ExceptionKeyError, PositionAheadError
from domain.office.within import require_within
from domain.order.aggregate import Order
from domain.order.errors import OrderUnknownError
from domain.supervision.aggregate import Supervision
from domain.supervision.errors import SupervisionUnknownError
from domain.values import ReasonCode
from domain.visit.aggregate import Visit
from domain.visit.believed import believed
from domain.visit.errors import VisitUnknownError
from domain.worker.aggregate import Worker
from domain.worker.errors import WorkerUnknownError


@dataclass(frozen=True, slots=True)
class SubjectKind:
    """A kind of subject that exceptions are about. `person` says under whose key a note about it is sealed."""

    aggregate: type[Aggregate[Any]]
    unknown: type[NotFoundError]
    person: Callable[[Any], str]


def acknowledge_exception(
    subject_kind: str,
    subject_id: str,
    *,
    key: str,
    reason_codes: tuple[ReasonCode, ...],
    note: str | None = None,
    position: int,
    known_through: int,
    act: Act,
) -> Command:
    """Accept an exception about a known subject, as it stood at log `position`. The key says its code.

    `known_through` is where the log ended when the call came.
    """
    kind = SUBJECT_KINDS[subject_kind]

    def decide(acknowledgements: Acknowledgements, subject: Aggregate[Any]) -> None:
        if subject.version == 0:
            raise kind.unknown
        acknowledgements.expect_version(act.expected_version)
        if position > known_through:
            raise PositionAheadError
        code = _code_in(key, subject_kind, subject_id)
        acknowledgements.acknowledge(
            key=key,
            code=code,
            exception_class=CATALOGUE[code].exception_class,
            subject_kind=subject_kind,
            reason_codes=reason_codes,
            position=position,
            person_id=PersonId(kind.person(subject)),
            note=note,
        )

    def guard(look: Look, _: Acknowledgements) -> None:
        require_within(act.reach, look, look(kind.aggregate, subject_id))

    return Command(
        aggregate=Acknowledgements,
        subject_id=subject_id,
        decide=decide,
        actor=act.actor,
        stamp=act.stamp,
        reads=((kind.aggregate, subject_id),),
        guard=guard,
    )


def _code_in(key: str, subject_kind: str, subject_id: str) -> ExceptionCode:
    """The code that a key of this subject begins with: `MANUAL|visit/<id>|...`. Raises `ExceptionKeyError`."""
    code, _, rest = key.partition("|")
    if code not in set(ExceptionCode) or not rest.startswith(f"{subject_kind}/{subject_id}|"):
        raise ExceptionKeyError
    return ExceptionCode(code)


def _person_of_visit(visit: Visit) -> str:
    """A client of the visit, planned or met; else a worker who was there; else nobody but the visit itself."""
    known = believed(visit.history.entries)
    planned = visit.history.plan.client_ids if visit.history.plan else ()
    met = (client_id for arrival in known.arrivals for client_id in arrival.client_ids)
    there = (fact.worker_id for fact in (*known.arrivals, *known.departures, *known.failures))
    return next(iter((*planned, *met, *there, visit.subject_id)))


def _person_of_order(order: Order) -> str:
    return order.history.placement.client_id if order.history.placement else order.subject_id


def _person_of_device(device: Device) -> str:
    return device.history.worker_id or next(iter(device.history.hearings), device.subject_id)


def _person_of_supervision(supervision: Supervision) -> str:
    """Who supervised; where nothing stands, nobody but the occasion itself."""
    occasion = supervision.history.occasion
    return (occasion.supervisor_id if occasion else "") or supervision.subject_id


def _itself(subject: Client | Worker) -> str:
    return subject.subject_id


SUBJECT_KINDS: Mapping[str, SubjectKind] = MappingProxyType(
    {
        "visit": SubjectKind(Visit, VisitUnknownError, _person_of_visit),
        "order": SubjectKind(Order, OrderUnknownError, _person_of_order),
        "client": SubjectKind(Client, ClientUnknownError, _itself),
        "worker": SubjectKind(Worker, WorkerUnknownError, _itself),
        "device": SubjectKind(Device, DeviceUnknownError, _person_of_device),
        "supervision": SubjectKind(Supervision, SupervisionUnknownError, _person_of_supervision),
    }
)
"""By the word that an exception's key has for them."""
