"""Every kind of fact the ledger can hold: the codec knows these and no other."""

from typing import get_args

from domain.admission.events import AdmissionEvent
from domain.client.events import ClientEvent
from domain.device.events import DeviceEvent
from domain.event import DomainEvent
from domain.exception.events import ExceptionEvent
from domain.order.events import OrderEvent
from domain.organisation.events import OrganisationEvent
from domain.period.events import PeriodEvent
from domain.person.events import PersonEvent
from domain.supervision.events import SupervisionEvent
from domain.visit.events import VisitEvent
from domain.worker.events import WorkerEvent

EVENT_CLASSES: tuple[type[DomainEvent], ...] = (
    *get_args(VisitEvent),
    *get_args(OrderEvent),
    *get_args(ClientEvent),
    *get_args(WorkerEvent),
    *get_args(DeviceEvent),
    *get_args(OrganisationEvent),
    ExceptionEvent,
    *get_args(SupervisionEvent),
    *get_args(PeriodEvent),
    *get_args(AdmissionEvent),
    *get_args(PersonEvent),
)
"""In the order of the aggregates; each class has a topic of its own, which outlives the code."""
