"""`/v1/workers`: the people who visit, where they belong, and when they are to work."""

from typing import Annotated

from fastapi import Depends, Response

from api.dependencies import HouseDep, ReachDep, allowed
from api.office_bodies import WorkerUuid
from api.office_call import PERSON_PROBLEMS, WRITE_PROBLEMS, OfficeCall, office
from api.office_desk import Written
from api.office_state import current
from api.versioned import versioned_router
from api.worker_bodies import (
    ChangeShiftBody,
    DelegateHealthTaskBody,
    JoinUnitBody,
    LeaveUnitBody,
    LendToUnitBody,
    RecordLicensedTitleBody,
    RecordWorkerAbsenceBody,
    RecordWorkerReturnBody,
    RegisterWorkerBody,
    RevokeDelegationBody,
    ScheduleShiftBody,
)

router = versioned_router(prefix="/v1/workers", tags=["workers"])

Registering = Annotated[OfficeCall, Depends(office("worker.register", creates=True))]
Changing = Annotated[OfficeCall, Depends(office("worker.change"))]
Scheduling = Annotated[OfficeCall, Depends(office("worker.schedule"))]
Delegating = Annotated[OfficeCall, Depends(office("worker.delegate"))]


@router.get("/{worker_id}", dependencies=[Depends(allowed("read.workers"))], responses=PERSON_PROBLEMS)
def read(worker_id: WorkerUuid, house: HouseDep, reach: ReachDep) -> Response:
    """The worker as they stand, opened, with the ETag to decide on. A value whose key is destroyed reads `erased`."""
    return current(house, "worker", worker_id, reach, with_person=True)


@router.post("/{worker_id}/register", responses=WRITE_PROBLEMS)
async def register(worker_id: WorkerUuid, body: RegisterWorkerBody, call: Registering) -> Written:
    """Take the worker into the ledger."""
    return await call.write(body.command_on(worker_id, call.act))


@router.post("/{worker_id}/join-unit", responses=WRITE_PROBLEMS)
async def join_unit(worker_id: WorkerUuid, body: JoinUnitBody, call: Changing) -> Written:
    """Let a unit employ the worker from a day on."""
    return await call.write(body.command_on(worker_id, call.act))


@router.post("/{worker_id}/leave-unit", responses=WRITE_PROBLEMS)
async def leave_unit(worker_id: WorkerUuid, body: LeaveUnitBody, call: Changing) -> Written:
    """Let it no longer, from a day on."""
    return await call.write(body.command_on(worker_id, call.act))


@router.post("/{worker_id}/lend-to-unit", responses=WRITE_PROBLEMS)
async def lend_to_unit(worker_id: WorkerUuid, body: LendToUnitBody, call: Changing) -> Written:
    """Lend the worker to another unit, or change the end of the loan that begins on that day."""
    return await call.write(body.command_on(worker_id, call.act))


@router.post("/{worker_id}/record-absence", responses=WRITE_PROBLEMS)
async def record_absence(worker_id: WorkerUuid, body: RecordWorkerAbsenceBody, call: Changing) -> Written:
    """Record that the worker is away."""
    return await call.write(body.command_on(worker_id, call.act))


@router.post("/{worker_id}/record-return", responses=WRITE_PROBLEMS)
async def record_return(worker_id: WorkerUuid, body: RecordWorkerReturnBody, call: Changing) -> Written:
    """Record that the worker is back."""
    return await call.write(body.command_on(worker_id, call.act))


@router.post("/{worker_id}/schedule-shift", responses=WRITE_PROBLEMS)
async def schedule_shift(worker_id: WorkerUuid, body: ScheduleShiftBody, call: Scheduling) -> Written:
    """Plan a shift."""
    return await call.write(body.command_on(worker_id, call.act))


@router.post("/{worker_id}/change-shift", responses=WRITE_PROBLEMS)
async def change_shift(worker_id: WorkerUuid, body: ChangeShiftBody, call: Scheduling) -> Written:
    """Give a scheduled shift other times, or another unit."""
    return await call.write(body.command_on(worker_id, call.act))


@router.post("/{worker_id}/delegate-health-task", responses=WRITE_PROBLEMS)
async def delegate_health_task(worker_id: WorkerUuid, body: DelegateHealthTaskBody, call: Delegating) -> Written:
    """Let the worker do a health task, on the word of a licensed professional."""
    return await call.write(body.command_on(worker_id, call.act))


@router.post("/{worker_id}/revoke-delegation", responses=WRITE_PROBLEMS)
async def revoke_delegation(worker_id: WorkerUuid, body: RevokeDelegationBody, call: Delegating) -> Written:
    """Let a delegation no longer hold from a day on."""
    return await call.write(body.command_on(worker_id, call.act))


@router.post("/{worker_id}/record-licensed-title", responses=WRITE_PROBLEMS)
async def record_licensed_title(worker_id: WorkerUuid, body: RecordLicensedTitleBody, call: Changing) -> Written:
    """Record a title that the worker holds by licence."""
    return await call.write(body.command_on(worker_id, call.act))
