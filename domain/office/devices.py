"""What the office decides about phones. Each function gives the command."""

from domain.command import Command
from domain.device.aggregate import Device
from domain.device.errors import DeviceUnknownError
from domain.device.values import RevocationReason
from domain.ids import DeviceId, UnitId, WorkerId
from domain.office.act import Act
from domain.office.known import unit_known, worker_known
from domain.office.within import Named


def register_device(
    device_id: DeviceId, *, unit_id: UnitId, worker_id: WorkerId | None = None, model: str = "", act: Act
) -> Command:
    """Let a phone register for a unit that is open; for one registered worker only, where one is named."""

    def decide(device: Device) -> None:
        device.register(unit_id=unit_id, worker_id=worker_id, model=model)

    for_worker = (worker_known(worker_id),) if worker_id else ()
    named = Named(unit_ids=(unit_id,), worker_ids=(worker_id,) if worker_id else ())
    return act.on(Device, device_id, decide, given=(unit_known(unit_id), *for_worker), named=named)


def revoke_device(device_id: DeviceId, *, reason: RevocationReason, act: Act) -> Command:
    """Let it register no longer: what it still sends is kept for a person to look at."""
    return act.on(Device, device_id, lambda device: device.revoke(reason=reason), unknown=DeviceUnknownError)
