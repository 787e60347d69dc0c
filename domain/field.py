"""Facts from the field: what they all carry, on a visit's stream and on a worker's."""

from datetime import datetime
from typing import Annotated

from domain.event import DomainEvent, Personal
from domain.ids import FactId, WorkerId
from domain.ports import SealClass, Sealed
from domain.values import ClockReading, Source


class FieldEvent(DomainEvent, frozen=True, kw_only=True):
    """What all facts from the field carry: who was there, when, and how we know."""

    worker_id: WorkerId
    occurred_at: datetime
    source: Source = Source.MOBILE_NO_RECEIPT
    clock: ClockReading | None = None
    unrecognised: Annotated[Sealed | None, Personal("worker_id", SealClass.SENSITIVE)] = None
    """Fields of a newer app that this version does not know, kept as they were sent."""


def fact_id_of(event: DomainEvent) -> FactId:
    """The sender's id of a fact; for one without (entered before ids were required) its place in the stream."""
    return event.stamp.id if event.stamp else FactId(f"{event.originator_id}@{event.originator_version}")
