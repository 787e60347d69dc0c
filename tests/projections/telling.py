"""Telling events in few words, and putting them into a log."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from domain.event import DomainEvent, FactStamp, RecordedEvent
from domain.ids import (
    ClientId,
    DeviceId,
    FactId,
    ProviderId,
    ServiceCode,
    StreamId,
    UnitId,
    WorkerId,
)
from domain.values import (
    ClockReading,
    ClockRule,
    ReasonCode,
)
from domain.visit.events import (
    VisitApproved,
)

ASTA, BROR = ClientId("asta"), ClientId("bror")
ANNA, BO = WorkerId("anna"), WorkerId("bo")
BRACKE, GALLO = UnitId("bracke"), UnitId("gallo")
MUNICIPAL, PRIVATE = ProviderId("municipal"), ProviderId("private")
SHOWER, CLEAN, INSULIN = ServiceCode("SHOWER"), ServiceCode("CLEAN"), ServiceCode("INSULIN")
PHONE = DeviceId("phone-1")
MONDAY, FRIDAY = date(2025, 3, 3), date(2025, 3, 7)
EVA, ULLA = "coordinator/eva", "coordinator/ulla"
WRONG = (ReasonCode.DATA_ENTRY_ERROR,)
RECORDED_FROM = datetime(2025, 3, 3, 20, tzinfo=UTC)


def at(hour: int, minute: int = 0, day: date = MONDAY) -> datetime:
    """An instant, UTC."""
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=UTC)


@dataclass(frozen=True)
class Said:
    """An event without its place."""

    stream: str
    event_class: type[DomainEvent]
    actor: str
    sent_as: str
    fields: dict[str, Any]


def said(stream: str, event_class: type[DomainEvent], actor: str = EVA, sent_as: str = "", **fields: object) -> Said:
    """Say what happened. `sent_as` is the id that the phone gave it; empty for the office."""
    return Said(stream, event_class, actor, sent_as, fields)


def seen(stream: str, event_class: type[DomainEvent], sent_as: str, worker: WorkerId = ANNA, **fields: object) -> Said:
    """Say what a worker registered by phone."""
    clock = ClockReading(wall_at="2025-03-03T08:00:00+01:00", rule=ClockRule.MONOTONIC, offset_ms=120)
    return said(stream, event_class, f"worker/{worker}", sent_as, worker_id=worker, clock=clock, **fields)


def recorded(story: Iterable[Said]) -> list[RecordedEvent]:
    """Put the story into a log: position 1, 2, 3..., a minute apart. An approval covers its stream so far."""
    versions, last = Counter[str](), dict[str, int]()
    events: list[RecordedEvent] = []
    for position, each in enumerate(story, start=1):
        versions[each.stream] += 1
        covers = {"position": last[each.stream]} if each.event_class is VisitApproved else {}
        event = each.event_class(
            originator_id=StreamId(each.stream),
            originator_version=versions[each.stream],
            actor=each.actor,
            stamp=FactStamp(id=FactId(each.sent_as), digest="ZGlnZXN0", device_id=PHONE) if each.sent_as else None,
            **covers,
            **each.fields,
        )
        last[each.stream] = position
        events.append(RecordedEvent(position, RECORDED_FROM + timedelta(minutes=position), event))
    return events
