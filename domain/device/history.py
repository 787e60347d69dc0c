"""What is remembered of a phone, evolved from its events."""

from datetime import datetime, timedelta
from typing import assert_never

import msgspec

from domain.device.events import DeviceEvent, DeviceFactQuarantined, DeviceHeardFrom, DeviceRegistered, DeviceRevoked
from domain.ids import FactId, UnitId, WorkerId

HEARING_INTERVAL = timedelta(minutes=5)
"""A phone syncs more often than anybody needs to know (architecture 13)."""


class Hearing(msgspec.Struct, frozen=True, array_like=True):
    """What the phone said of itself when it was last in contact."""

    heard_at: datetime
    queue_depth: int
    app_version: str
    last_seq: int | None
    offset_ms: int
    missing_facts: int


class Evidence(msgspec.Struct, frozen=True, array_like=True):
    """Bytes that are kept and are no fact."""

    quarantine_id: str
    fact_id: FactId
    worker_id: WorkerId
    reason: str


class DeviceHistory(msgspec.Struct, array_like=True):
    """What is remembered of a phone: small enough to store whole beside a read model."""

    registered: bool = False
    revoked: bool = False
    unit_id: UnitId = UnitId("")
    worker_id: WorkerId | None = None
    hearings: dict[WorkerId, Hearing] = msgspec.field(default_factory=dict)
    evidence: dict[str, Evidence] = msgspec.field(default_factory=dict)

    @property
    def heard_at(self) -> datetime | None:
        """When it was last in contact, whoever held it."""
        return max((hearing.heard_at for hearing in self.hearings.values()), default=None)


def evolve(history: DeviceHistory, event: DeviceEvent) -> None:
    """Take one event into the history. Never refuses: it already happened."""
    match event:
        case DeviceRegistered(unit_id=unit_id, worker_id=worker_id):
            history.registered, history.revoked = True, False
            history.unit_id, history.worker_id = unit_id, worker_id
        case DeviceRevoked():
            history.revoked = True
        case DeviceHeardFrom():
            history.hearings[event.worker_id] = _hearing(event)
        case DeviceFactQuarantined(quarantine_id=quarantine_id):
            evidence = Evidence(quarantine_id, event.fact_id, event.worker_id, event.reason)
            history.evidence[quarantine_id] = evidence
        case _:
            assert_never(event)


def should_record_hearing(history: DeviceHistory, at: datetime) -> bool:
    """Whether a contact at that time is worth a fact: the first one, and then at most one each five minutes."""
    return history.heard_at is None or at - history.heard_at >= HEARING_INTERVAL


def _hearing(event: DeviceHeardFrom) -> Hearing:
    return Hearing(
        heard_at=event.heard_at,
        queue_depth=event.queue_depth,
        app_version=event.app_version,
        last_seq=event.last_seq,
        offset_ms=event.offset_ms,
        missing_facts=sum(gap.last_seq - gap.first_seq + 1 for gap in event.gaps),
    )
