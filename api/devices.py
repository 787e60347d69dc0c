"""`/v1/devices` and `/v1/quarantine`: which phones may register, and what came from them and is no fact of the ledger."""

from datetime import datetime
from typing import Annotated

from fastapi import Depends, Query, Response
from pydantic import BaseModel, Field

from api.dependencies import HouseDep, ReachDep, allowed
from api.log_look import LogLook
from api.office_bodies import Body, DeviceUuid, UnitUuid, WorkerUuid
from api.office_call import READ_PROBLEMS, READER_PROBLEMS, WRITE_PROBLEMS, OfficeCall, office
from api.office_desk import Written
from api.office_state import current
from api.problems import documented
from api.rendering import Told
from api.strict_json import Text
from api.versioned import versioned_router
from domain.access.entry import Doing
from domain.access.whose import NOBODY
from domain.command import Command
from domain.device.aggregate import Device
from domain.device.values import RevocationReason
from domain.ids import DeviceId
from domain.log import QuarantineRow
from domain.office import devices
from domain.office.act import Act
from projections.fact_columns import instant

router = versioned_router(prefix="/v1", tags=["devices"])

KEPT_MAX = 500
LIST_PROBLEMS = READER_PROBLEMS | documented("invalid")
Registering = Annotated[OfficeCall, Depends(office("device.change", creates=True))]
Changing = Annotated[OfficeCall, Depends(office("device.change"))]


class RegisterDeviceBody(Body):
    """A phone of a unit; of one worker only, or of whoever signs in."""

    unit_id: UnitUuid
    worker_id: WorkerUuid | None = None
    model: Annotated[str, Text(100)] = ""

    def command_on(self, device_id: DeviceId, act: Act) -> Command:
        """The decision, for the writer."""
        return devices.register_device(
            device_id, unit_id=self.unit_id, worker_id=self.worker_id, model=self.model, act=act
        )


class RevokeDeviceBody(Body):
    """Why the phone may register no longer."""

    reason: Annotated[RevocationReason, Field(strict=False)]

    def command_on(self, device_id: DeviceId, act: Act) -> Command:
        """The decision, for the writer."""
        return devices.revoke_device(device_id, reason=self.reason, act=act)


class Kept(BaseModel):
    """Bytes that are kept, unopened. `fact_id` is what the phone called them; empty when it gave no id."""

    quarantine_id: str
    device_id: str
    reason: str
    fact_id: str
    received_at: datetime
    sealed_bytes: int

    @classmethod
    def of(cls, row: QuarantineRow) -> "Kept":
        """Tell of a row, and not what is in it."""
        return cls(
            quarantine_id=row.quarantine_id,
            device_id=row.device_id,
            reason=row.reason,
            fact_id=row.fact_id,
            received_at=instant(row.received_at),
            sealed_bytes=len(row.sealed),
        )


class Quarantine(BaseModel):
    """What is kept, the latest first."""

    position: int
    items: list[Kept]


@router.get("/devices/{device_id}", dependencies=[Depends(allowed("device.change"))], responses=READ_PROBLEMS)
def read(device_id: DeviceUuid, house: HouseDep, reach: ReachDep) -> Response:
    """The phone as it stands, with the ETag to decide on."""
    return current(house, "device", device_id, reach)


@router.post("/devices/{device_id}/register", responses=WRITE_PROBLEMS)
async def register(device_id: DeviceUuid, body: RegisterDeviceBody, call: Registering) -> Written:
    """Let a phone register for a unit."""
    return await call.write(body.command_on(device_id, call.act))


@router.post("/devices/{device_id}/revoke", responses=WRITE_PROBLEMS)
async def revoke(device_id: DeviceUuid, body: RevokeDeviceBody, call: Changing) -> Written:
    """Let it register no longer: what it still sends is kept for a person to look at."""
    return await call.write(body.command_on(device_id, call.act))


@router.get(
    "/quarantine",
    response_model=Quarantine,
    dependencies=[Depends(allowed("read.quarantine"))],
    responses=LIST_PROBLEMS,
)
def read_quarantine(
    house: HouseDep, reach: ReachDep, limit: Annotated[int, Query(ge=1, le=KEPT_MAX)] = 100
) -> Response:
    """What came from the unit's phones and is no fact of the ledger. Nothing is opened."""
    position, _ = house.log.head()
    look = LogLook(house, position)
    rows = house.log.quarantined(limit if reach.is_all else KEPT_MAX)
    items = [Kept.of(row) for row in rows if look.has(reach, Device.KIND, row.device_id)]
    found = Quarantine(position=position, items=items[:limit])
    return Told(found.model_dump_json(), whose=NOBODY, doing=Doing.LIST)
