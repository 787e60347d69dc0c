"""Who the facts come from: for each kind of stream its history, how an event changes it, and the facts it comes to.

Where the events of a stream speak of things that do not touch each other (a worker's shifts), each such part has a history
of its own: what a year's events of one worker cost is then the same in January and in December.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from types import MappingProxyType
from typing import Any

import msgspec

from domain.client.facts import client_facts
from domain.client.history import ClientHistory
from domain.client.history import evolve as evolve_client
from domain.device.events import DeviceFactQuarantined, DeviceHeardFrom
from domain.device.facts import device_facts
from domain.device.history import DeviceHistory
from domain.device.history import evolve as evolve_device
from domain.event import DomainEvent, RecordedEvent
from domain.exception.events import ExceptionAcknowledged
from domain.exception.facts import exception_facts
from domain.exception.history import ExceptionHistory
from domain.exception.history import evolve as evolve_exception
from domain.facts import Fact
from domain.field import fact_id_of
from domain.ids import VisitId
from domain.order.facts import order_facts
from domain.order.history import OrderHistory
from domain.order.history import evolve as evolve_order
from domain.organisation.events import (
    OrganisationProviderRegistered,
    OrganisationRulebookAdopted,
    OrganisationServiceCodeChanged,
    OrganisationServiceCodeDefined,
    OrganisationUnitOpened,
)
from domain.organisation.facts import organisation_facts
from domain.organisation.history import OrganisationHistory
from domain.organisation.history import evolve as evolve_organisation
from domain.period.facts import period_facts
from domain.period.history import PeriodHistory
from domain.period.history import evolve as evolve_period
from domain.supervision.facts import supervision_facts
from domain.supervision.history import SupervisionHistory
from domain.supervision.history import evolve as evolve_supervision
from domain.visit.followed import FollowedVisit
from domain.visit.history import VisitHistory
from domain.visit.history import evolve as evolve_visit
from domain.worker.events import (
    WorkerIndirectTimeRecorded,
    WorkerShiftChanged,
    WorkerShiftEnded,
    WorkerShiftScheduled,
    WorkerShiftStarted,
)
from domain.worker.facts import worker_facts
from domain.worker.history import WorkerHistory
from domain.worker.history import evolve as evolve_worker

WHOLE = ""
"""The part of events that speak of the stream's subject as a whole."""


def whole(_: DomainEvent) -> str:
    """Keep the stream's history in one piece."""
    return WHOLE


Parts = tuple[tuple[Fact, ...], ...]
"""All that is believed of a subject, in parts. A part that is the same object as before has not changed."""


@dataclass(frozen=True)
class SubjectKind:
    """One kind of stream that facts come from. `evolve` changes a history in place and never refuses; `follow` takes the
    subject's id, and gives what tells the subject's facts each time that its history has grown; `part` says which part of
    the subject an event speaks of."""

    history: type[msgspec.Struct]
    evolve: Callable[[Any, RecordedEvent], None]
    follow: Callable[[str], Callable[[Any], Parts]]
    part: Callable[[DomainEvent], str] = whole

    @cached_property
    def decode(self) -> Callable[[bytes], Any]:
        """Reads a stored history back."""
        return msgspec.msgpack.Decoder(self.history).decode

    def facts(self, subject_id: str, history: msgspec.Struct) -> Iterable[Fact]:
        """All that a history comes to."""
        return chain.from_iterable(self.follow(subject_id)(history))


def _in_one_part(facts: Callable[[Any, Any], Iterable[Fact]]) -> Callable[[str], Callable[[Any], Parts]]:
    """For what changes seldom: all facts are computed anew at each event."""
    return lambda subject_id: lambda history: (tuple(facts(subject_id, history)),)


def part_of_worker(event: DomainEvent) -> str:
    """Each shift, and each piece of indirect time, is for itself."""
    match event:
        case WorkerShiftScheduled() | WorkerShiftChanged() | WorkerShiftStarted() | WorkerShiftEnded():
            return f"shift/{event.shift_id}"
        case WorkerIndirectTimeRecorded():
            return f"indirect/{fact_id_of(event)}"
        case _:
            return WHOLE


def part_of_device(event: DomainEvent) -> str:
    """Each worker who held the phone, and each piece of evidence, is for itself."""
    match event:
        case DeviceHeardFrom(worker_id=worker_id):
            return f"worker/{worker_id}"
        case DeviceFactQuarantined(quarantine_id=quarantine_id):
            return f"quarantine/{quarantine_id}"
        case _:
            return WHOLE


def part_of_organisation(event: DomainEvent) -> str:
    """Each provider, unit and service code is for itself, and so are the rules."""
    match event:
        case OrganisationProviderRegistered(provider_id=provider_id):
            return f"provider/{provider_id}"
        case OrganisationUnitOpened(unit_id=unit_id):
            return f"unit/{unit_id}"
        case OrganisationServiceCodeDefined() | OrganisationServiceCodeChanged():
            return f"service/{event.service_code}"
        case OrganisationRulebookAdopted():
            return "rulebook"
        case _:
            return WHOLE


def part_of_exception(event: DomainEvent) -> str:
    """Each acknowledged exception is for itself."""
    return event.key if isinstance(event, ExceptionAcknowledged) else WHOLE


def _by_event(evolve: Callable[[Any, Any], None]) -> Callable[[Any, RecordedEvent], None]:
    return lambda history, recorded: evolve(history, recorded.event)


def _evolve_visit(history: VisitHistory, recorded: RecordedEvent) -> None:
    event: Any = recorded.event
    evolve_visit(history, event, position=recorded.position, recorded_at=recorded.recorded_at)


SUBJECT_KINDS: Mapping[str, SubjectKind] = MappingProxyType(
    {
        "visit": SubjectKind(VisitHistory, _evolve_visit, lambda visit_id: FollowedVisit(VisitId(visit_id)).parts),
        "order": SubjectKind(OrderHistory, _by_event(evolve_order), _in_one_part(order_facts)),
        "client": SubjectKind(ClientHistory, _by_event(evolve_client), _in_one_part(client_facts)),
        "worker": SubjectKind(WorkerHistory, _by_event(evolve_worker), _in_one_part(worker_facts), part_of_worker),
        "device": SubjectKind(DeviceHistory, _by_event(evolve_device), _in_one_part(device_facts), part_of_device),
        "organisation": SubjectKind(
            OrganisationHistory,
            _by_event(evolve_organisation),
            _in_one_part(lambda _, history: organisation_facts(history)),
            part_of_organisation,
        ),
        "exception": SubjectKind(
            ExceptionHistory, _by_event(evolve_exception), _in_one_part(exception_facts), part_of_exception
        ),
        "supervision": SubjectKind(SupervisionHistory, _by_event(evolve_supervision), _in_one_part(supervision_facts)),
        "period": SubjectKind(
            PeriodHistory, _by_event(evolve_period), _in_one_part(lambda _, history: period_facts(history))
        ),
    }
)
"""By the kind in the stream's name. Streams of other kinds come to no facts."""
