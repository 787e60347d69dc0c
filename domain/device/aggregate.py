"""Device: a worker's phone. Contact and evidence are recorded whether or not anybody registered it."""

from collections.abc import Sequence
from datetime import datetime

from domain.aggregate import Aggregate
from domain.device import errors
from domain.device.events import (
    DeviceEvent,
    DeviceFactQuarantined,
    DeviceHeardFrom,
    DeviceRegistered,
    DeviceRevoked,
    SeqGap,
)
from domain.device.history import DeviceHistory, evolve, should_record_hearing
from domain.device.values import RevocationReason
from domain.ids import FactId, UnitId, WorkerId
from domain.log import StoredRow


class Device(Aggregate[DeviceEvent]):
    """Decides what may be added to the history of one phone."""

    KIND = "device"
    history: DeviceHistory

    @classmethod
    def needed(cls, rows: Sequence[StoredRow]) -> Sequence[StoredRow]:
        """Of the many times it was heard from, only the last matters: a phone in daily use is heard from thousands of times."""
        last_heard = next((row for row in reversed(rows) if row.topic == DeviceHeardFrom.TOPIC), None)
        return [row for row in rows if row.topic != DeviceHeardFrom.TOPIC or row is last_heard or row is rows[-1]]

    def start(self) -> None:
        """Nothing is known of the phone yet."""
        self.history = DeviceHistory()

    @property
    def revoked(self) -> bool:
        """Whether what it sends is to be kept apart for a person to look at."""
        return self.history.revoked

    def holds(self, quarantine_id: str) -> bool:
        """Whether that evidence is kept already."""
        return quarantine_id in self.history.evidence

    # What is heard of it: recorded whatever the state.

    def hear(
        self,
        *,
        worker_id: WorkerId,
        heard_at: datetime,
        queue_depth: int,
        app_version: str,
        last_seq: int | None,
        offset_ms: int,
        gaps: tuple[SeqGap, ...] = (),
    ) -> None:
        """Record that the phone was in contact, unless that was recorded a moment ago."""
        if should_record_hearing(self.history, heard_at):
            self.record(
                DeviceHeardFrom,
                worker_id=worker_id,
                heard_at=heard_at,
                queue_depth=queue_depth,
                app_version=app_version,
                last_seq=last_seq,
                offset_ms=offset_ms,
                gaps=gaps,
            )

    def quarantine(self, *, fact_id: FactId, reason: str, quarantine_id: str, worker_id: WorkerId) -> None:
        """Record that bytes from the phone are kept as evidence: once, however often they come."""
        if not self.holds(quarantine_id):
            self.record(
                DeviceFactQuarantined,
                fact_id=fact_id,
                reason=reason,
                quarantine_id=quarantine_id,
                worker_id=worker_id,
            )

    # What the office decides.

    def register(self, *, unit_id: UnitId, worker_id: WorkerId | None = None, model: str = "") -> None:
        """Let the phone register for a unit. One that was revoked may be registered anew."""
        if self.history.registered and not self.history.revoked:
            raise errors.DeviceAlreadyRegisteredError
        self.record(DeviceRegistered, unit_id=unit_id, worker_id=worker_id, model=model)

    def revoke(self, *, reason: RevocationReason) -> None:
        """Let it register no longer. A phone that was only heard of can be revoked too."""
        if self.version == 0:
            raise errors.DeviceUnknownError
        if self.history.revoked:
            raise errors.DeviceAlreadyRevokedError
        self.record(DeviceRevoked, reason=reason)

    def when(self, event: DeviceEvent) -> None:
        """Evolve from a fact."""
        evolve(self.history, event)
