"""Each sync is also a sign of life: the wish that records it."""

from datetime import datetime

from domain.command import Command
from domain.device.aggregate import Device
from domain.device.events import SeqGap
from domain.ids import DeviceId, WorkerId


def hearing_command(
    *,
    device_id: DeviceId,
    worker_id: WorkerId,
    actor: str,
    at: datetime,
    queue_depth: int,
    app_version: str,
    last_seq: int | None,
    offset_ms: int,
    gaps: tuple[SeqGap, ...] = (),
) -> Command:
    """Wish that the contact at `at`, by the server's clock, be recorded; nothing is added when one was a moment ago."""

    def decide(device: Device) -> None:
        device.hear(
            worker_id=worker_id,
            heard_at=at,
            queue_depth=queue_depth,
            app_version=app_version,
            last_seq=last_seq,
            offset_ms=offset_ms,
            gaps=gaps,
        )

    return Command(aggregate=Device, subject_id=device_id, decide=decide, actor=actor)
