"""From a phone's history to the facts that exceptions are judged by. Pure."""

from domain.device.history import DeviceHistory
from domain.evidence import DeviceContact, QuarantinedFact
from domain.ids import DeviceId

DeviceFact = DeviceContact | QuarantinedFact


def device_facts(device_id: DeviceId, history: DeviceHistory) -> tuple[DeviceFact, ...]:
    """Everything believed of the phone now."""
    return (*_contacts(device_id, history), *_quarantined(device_id, history))


def _contacts(device_id: DeviceId, history: DeviceHistory) -> tuple[DeviceContact, ...]:
    return tuple(
        DeviceContact(
            device_id=device_id,
            worker_id=worker_id,
            heard_at=hearing.heard_at,
            queue_depth=hearing.queue_depth,
            app_version=hearing.app_version,
            last_seq=hearing.last_seq,
            offset_ms=hearing.offset_ms,
            missing_facts=hearing.missing_facts,
        )
        for worker_id, hearing in history.hearings.items()
    )


def _quarantined(device_id: DeviceId, history: DeviceHistory) -> tuple[QuarantinedFact, ...]:
    return tuple(
        QuarantinedFact(
            device_id=device_id,
            quarantine_id=evidence.quarantine_id,
            fact_id=evidence.fact_id,
            worker_id=evidence.worker_id,
            reason=evidence.reason,
        )
        for evidence in history.evidence.values()
    )
