"""`/v1/supervision/{id}/...`: what the office registers of supervision. The caller draws the id of an occasion."""

from typing import Annotated

from fastapi import Depends, Response
from pydantic import Field

from api.dependencies import HouseDep, ReachDep, allowed
from api.office_bodies import AnyUuid, Body, Day, Minutes, Reasons, UnitUuid, WorkerUuid
from api.office_call import READ_PROBLEMS, WRITE_PROBLEMS, OfficeCall, office
from api.office_desk import Written
from api.office_state import current
from api.versioned import versioned_router
from domain.command import Command
from domain.office import supervision
from domain.office.act import Act
from domain.supervision.values import SupervisionCancelReason

router = versioned_router(prefix="/v1/supervision", tags=["supervision"])

PARTICIPANTS_MAX = 100
Registering = Annotated[OfficeCall, Depends(office("supervision.register", creates=True))]
Changing = Annotated[OfficeCall, Depends(office("supervision.register"))]


class HoldBody(Body):
    """A session that took place: who took part, and who supervised them."""

    unit_id: UnitUuid
    on: Day
    worker_ids: Annotated[tuple[WorkerUuid, ...], Field(strict=False, max_length=PARTICIPANTS_MAX)]
    minutes: Minutes
    supervisor_id: WorkerUuid

    def command_on(self, occasion_id: str, act: Act) -> Command:
        """The decision, for the writer."""
        return supervision.hold(
            occasion_id,
            unit_id=self.unit_id,
            on=self.on,
            worker_ids=self.worker_ids,
            minutes=self.minutes,
            supervisor_id=self.supervisor_id,
            act=act,
        )


class CancelSessionBody(Body):
    """A session that did not take place, and why."""

    unit_id: UnitUuid
    on: Day
    reason: Annotated[SupervisionCancelReason, Field(strict=False)]

    def command_on(self, occasion_id: str, act: Act) -> Command:
        """The decision, for the writer."""
        return supervision.cancel(occasion_id, unit_id=self.unit_id, on=self.on, reason=self.reason, act=act)


class PlanTeamMeetingBody(Body):
    """A team meeting: in its week there is no session."""

    unit_id: UnitUuid
    on: Day

    def command_on(self, occasion_id: str, act: Act) -> Command:
        """The decision, for the writer."""
        return supervision.plan_team_meeting(occasion_id, unit_id=self.unit_id, on=self.on, act=act)


class WithdrawBody(Body):
    """Why what was said of the occasion does not hold."""

    reason_codes: Reasons

    def command_on(self, occasion_id: str, act: Act) -> Command:
        """The decision, for the writer."""
        return supervision.withdraw(occasion_id, reason_codes=self.reason_codes, act=act)


@router.get("/{occasion_id}", dependencies=[Depends(allowed("read.supervision"))], responses=READ_PROBLEMS)
def read(occasion_id: AnyUuid, house: HouseDep, reach: ReachDep) -> Response:
    """The occasion as it stands, with the ETag to decide on."""
    return current(house, "supervision", occasion_id, reach)


@router.post("/{occasion_id}/hold", responses=WRITE_PROBLEMS)
async def hold(occasion_id: AnyUuid, body: HoldBody, call: Registering) -> Written:
    """Register a session that took place."""
    return await call.write(body.command_on(occasion_id, call.act))


@router.post("/{occasion_id}/cancel", responses=WRITE_PROBLEMS)
async def cancel(occasion_id: AnyUuid, body: CancelSessionBody, call: Registering) -> Written:
    """Register that a session did not take place."""
    return await call.write(body.command_on(occasion_id, call.act))


@router.post("/{occasion_id}/plan-team-meeting", responses=WRITE_PROBLEMS)
async def plan_team_meeting(occasion_id: AnyUuid, body: PlanTeamMeetingBody, call: Registering) -> Written:
    """Register a team meeting, in whose week there is no session."""
    return await call.write(body.command_on(occasion_id, call.act))


@router.post("/{occasion_id}/withdraw", responses=WRITE_PROBLEMS)
async def withdraw(occasion_id: AnyUuid, body: WithdrawBody, call: Changing) -> Written:
    """Take back what was said of the occasion."""
    return await call.write(body.command_on(occasion_id, call.act))
