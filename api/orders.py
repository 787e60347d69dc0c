"""`/v1/orders`: what the municipality asks of a provider."""

from typing import Annotated

from fastapi import Depends, Response

from api.dependencies import HouseDep, ReachDep, allowed
from api.office_bodies import OrderUuid
from api.office_call import READ_PROBLEMS, WRITE_PROBLEMS, OfficeCall, office
from api.office_desk import Written
from api.office_state import current
from api.order_bodies import (
    ChangeOrderBody,
    EndOrderBody,
    MoveOrderBody,
    PlaceOrderBody,
    ReportNeedChangeBody,
    ResumeOrderBody,
    SuspendOrderBody,
)
from api.versioned import versioned_router

router = versioned_router(prefix="/v1/orders", tags=["orders"])

Placing = Annotated[OfficeCall, Depends(office("order.decide", creates=True))]
Deciding = Annotated[OfficeCall, Depends(office("order.decide"))]
Reporting = Annotated[OfficeCall, Depends(office("order.report_need_change"))]


@router.get("/{order_id}", dependencies=[Depends(allowed("read.orders"))], responses=READ_PROBLEMS)
def read(order_id: OrderUuid, house: HouseDep, reach: ReachDep) -> Response:
    """The order as it stands, with the ETag to decide on."""
    return current(house, "order", order_id, reach)


@router.post("/{order_id}/place", responses=WRITE_PROBLEMS)
async def place(order_id: OrderUuid, body: PlaceOrderBody, call: Placing) -> Written:
    """Order services for a client from a provider, from a day on."""
    return await call.write(body.command_on(order_id, call.act))


@router.post("/{order_id}/change", responses=WRITE_PROBLEMS)
async def change(order_id: OrderUuid, body: ChangeOrderBody, call: Deciding) -> Written:
    """Say all lines anew from a day on, which may lie back in time."""
    return await call.write(body.command_on(order_id, call.act))


@router.post("/{order_id}/suspend", responses=WRITE_PROBLEMS)
async def suspend(order_id: OrderUuid, body: SuspendOrderBody, call: Deciding) -> Written:
    """Let the order rest from a day on."""
    return await call.write(body.command_on(order_id, call.act))


@router.post("/{order_id}/resume", responses=WRITE_PROBLEMS)
async def resume(order_id: OrderUuid, body: ResumeOrderBody, call: Deciding) -> Written:
    """Let the order hold again from a day on."""
    return await call.write(body.command_on(order_id, call.act))


@router.post("/{order_id}/move", responses=WRITE_PROBLEMS)
async def move(order_id: OrderUuid, body: MoveOrderBody, call: Deciding) -> Written:
    """Let another provider perform it from a day on."""
    return await call.write(body.command_on(order_id, call.act))


@router.post("/{order_id}/end", responses=WRITE_PROBLEMS)
async def end(order_id: OrderUuid, body: EndOrderBody, call: Deciding) -> Written:
    """Let the order no longer hold from a day on."""
    return await call.write(body.command_on(order_id, call.act))


@router.post("/{order_id}/report-need-change", responses=WRITE_PROBLEMS)
async def report_need_change(order_id: OrderUuid, body: ReportNeedChangeBody, call: Reporting) -> Written:
    """Say that the client needs more or less than is ordered."""
    return await call.write(body.command_on(order_id, call.act))
