"""`/v1/visits`: what the office decides about visits, one by one and in batches."""

from typing import Annotated

from fastapi import Depends, Response

from api.dependencies import HouseDep, ReachDep, allowed
from api.office_batch import BatchAnswer, BatchCall, batch, batch_body
from api.office_bodies import VisitUuid
from api.office_call import CALL_PROBLEMS, READ_PROBLEMS, WRITE_PROBLEMS, OfficeCall, office, worker_of
from api.office_desk import Written
from api.office_state import current
from api.problems import documented
from api.versioned import versioned_router
from api.visit_bodies import (
    AssignWorkerBody,
    AssignWorkerItem,
    CancelVisitBody,
    PlanVisitBody,
    PlanVisitItem,
    RescheduleVisitBody,
    UnassignWorkerBody,
)
from api.visit_follow_up_bodies import (
    ApproveBeyondOrderBody,
    Approver,
    ApproveVisitBody,
    ApproveVisitItem,
    CorrectAttendanceBody,
    CorrectServicesBody,
    WithdrawApprovalBody,
    approver_of,
)

router = versioned_router(prefix="/v1/visits", tags=["visits"])
BATCH_PROBLEMS = CALL_PROBLEMS | documented("batch_size")

Planning = Annotated[OfficeCall, Depends(office("visit.plan"))]
Correcting = Annotated[OfficeCall, Depends(office("visit.correct"))]
Approving = Annotated[OfficeCall, Depends(office("visit.approve"))]
ApprovingExcess = Annotated[OfficeCall, Depends(office("visit.approve_excess"))]


@router.post("/plan", responses=BATCH_PROBLEMS, openapi_extra=batch_body(PlanVisitItem))
async def plan_many(call: Annotated[BatchCall, Depends(batch("visit.plan"))]) -> BatchAnswer:
    """Plan up to 500 visits."""
    return await call.write(PlanVisitItem)


@router.post("/assign", responses=BATCH_PROBLEMS, openapi_extra=batch_body(AssignWorkerItem))
async def assign_many(call: Annotated[BatchCall, Depends(batch("visit.plan"))]) -> BatchAnswer:
    """Give up to 500 visits to workers."""
    return await call.write(AssignWorkerItem)


@router.post("/approve", responses=BATCH_PROBLEMS, openapi_extra=batch_body(ApproveVisitItem))
async def approve_many(call: Annotated[BatchCall, Depends(batch("visit.approve"))]) -> BatchAnswer:
    """Approve up to 500 visits, each as it was read."""
    return await call.write(ApproveVisitItem)


@router.get("/{visit_id}", dependencies=[Depends(allowed("read.visits"))], responses=READ_PROBLEMS)
def read(visit_id: VisitUuid, house: HouseDep, reach: ReachDep) -> Response:
    """The visit as it stands, with its minutes of staff time and the ETag to decide on."""
    return current(house, "visit", visit_id, reach)


@router.post("/{visit_id}/plan", responses=WRITE_PROBLEMS)
async def plan(
    visit_id: VisitUuid, body: PlanVisitBody, call: Annotated[OfficeCall, Depends(office("visit.plan", creates=True))]
) -> Written:
    """Intend the visit. One that has arrivals already may still be planned."""
    return await call.write(body.command_on(visit_id, call.act))


@router.post("/{visit_id}/reschedule", responses=WRITE_PROBLEMS)
async def reschedule(visit_id: VisitUuid, body: RescheduleVisitBody, call: Planning) -> Written:
    """Change the planned times, and the services when given."""
    return await call.write(body.command_on(visit_id, call.act))


@router.post("/{visit_id}/cancel", responses=WRITE_PROBLEMS)
async def cancel(visit_id: VisitUuid, body: CancelVisitBody, call: Planning) -> Written:
    """Say that the visit is not to happen."""
    return await call.write(body.command_on(visit_id, call.act))


@router.post("/{visit_id}/assign", responses=WRITE_PROBLEMS)
async def assign(visit_id: VisitUuid, body: AssignWorkerBody, call: Planning) -> Written:
    """Give the visit to a worker."""
    return await call.write(body.command_on(visit_id, call.act))


@router.post("/{visit_id}/unassign", responses=WRITE_PROBLEMS)
async def unassign(visit_id: VisitUuid, body: UnassignWorkerBody, call: Planning) -> Written:
    """Take the visit from a worker."""
    return await call.write(body.command_on(visit_id, call.act))


@router.post("/{visit_id}/correct-attendance", responses=WRITE_PROBLEMS)
async def correct_attendance(visit_id: VisitUuid, body: CorrectAttendanceBody, call: Correcting) -> Written:
    """Change, complete, add or withdraw an attendance by hand. Both values stay visible for ever."""
    return await call.write(body.command_on(visit_id, call.act))


@router.post("/{visit_id}/correct-services", responses=WRITE_PROBLEMS)
async def correct_services(visit_id: VisitUuid, body: CorrectServicesBody, call: Correcting) -> Written:
    """Change, add or withdraw a service outcome by hand."""
    return await call.write(body.command_on(visit_id, call.act))


@router.post("/{visit_id}/approve", responses=WRITE_PROBLEMS)
async def approve(
    visit_id: VisitUuid, body: ApproveVisitBody, call: Approving, approver: Annotated[Approver, Depends(approver_of)]
) -> Written:
    """Approve for pay what is known up to a position, as the worker who was there or as coordinator."""
    return await call.write(body.command_on(visit_id, call.act, approver))


@router.post("/{visit_id}/withdraw-approval", responses=WRITE_PROBLEMS)
async def withdraw_approval(visit_id: VisitUuid, body: WithdrawApprovalBody, call: Approving) -> Written:
    """Take your side's approval back, with a reason."""
    return await call.write(body.command_on(visit_id, call.act, worker_of(call.caller)))


@router.post("/{visit_id}/approve-excess", responses=WRITE_PROBLEMS)
async def approve_excess(visit_id: VisitUuid, body: ApproveBeyondOrderBody, call: ApprovingExcess) -> Written:
    """Let time beyond a client's order be paid, as care manager, with the reason written down."""
    return await call.write(body.excess_on(visit_id, call.act))


@router.post("/{visit_id}/approve-extra-visit", responses=WRITE_PROBLEMS)
async def approve_extra_visit(visit_id: VisitUuid, body: ApproveBeyondOrderBody, call: ApprovingExcess) -> Written:
    """Let time that no order names be paid, as care manager, with the reason written down."""
    return await call.write(body.extra_on(visit_id, call.act))
