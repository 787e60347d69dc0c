"""Every fact about a phone, on one screen: our contract with the past."""

from datetime import datetime

import msgspec

from domain.device.values import RevocationReason
from domain.event import DomainEvent
from domain.ids import FactId, UnitId, WorkerId


class SeqGap(msgspec.Struct, frozen=True, array_like=True):
    """Numbers that the phone has given to facts and that have not come, both ends included."""

    first_seq: int
    last_seq: int


class DeviceRegistered(DomainEvent, frozen=True, kw_only=True):
    """A phone may register for a unit; for one worker only, or for whoever signs in."""

    TOPIC = "device.registered"
    unit_id: UnitId
    worker_id: WorkerId | None = None
    model: str = ""


class DeviceRevoked(DomainEvent, frozen=True, kw_only=True):
    """The phone may no longer register: what it still sends is kept for a person to look at."""

    TOPIC = "device.revoked"
    reason: RevocationReason


class DeviceHeardFrom(DomainEvent, frozen=True, kw_only=True):
    """The phone was in contact at `heard_at`, by the server's clock. At most one each five minutes, so that who is silent
    can be replayed like everything else."""

    TOPIC = "device.heard_from"
    worker_id: WorkerId
    heard_at: datetime
    queue_depth: int = 0
    """Facts still on the phone."""
    app_version: str = ""
    last_seq: int | None = None
    """The highest number among the facts that came."""
    offset_ms: int = 0
    """Server clock minus device clock."""
    gaps: tuple[SeqGap, ...] = ()


class DeviceFactQuarantined(DomainEvent, frozen=True, kw_only=True):
    """Something came that is no fact of the ledger. Its bytes are kept, sealed, under `quarantine_id`."""

    TOPIC = "device.fact_quarantined"
    fact_id: FactId
    """The id that the phone gave it; empty when it had none."""
    reason: str
    """A code: `id_conflict`, `device_revoked`, `person_erased`, `malformed_json`..."""
    quarantine_id: str
    worker_id: WorkerId


DeviceEvent = DeviceRegistered | DeviceRevoked | DeviceHeardFrom | DeviceFactQuarantined
