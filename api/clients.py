"""`/v1/clients`: the people who receive care."""

from typing import Annotated

from fastapi import Depends, Response
from starlette.concurrency import run_in_threadpool

from api.access import require_purpose
from api.client_bodies import (
    AssignTagBody,
    ChangeClientDetailsBody,
    ChangeClientUnitBody,
    DesignateCareContactBody,
    JoinHouseholdBody,
    LeaveHouseholdBody,
    MarkProtectedIdentityBody,
    NameStaffBody,
    RecordClientAbsenceBody,
    RecordClientReturnBody,
    RegisterClientBody,
    RemoveStaffBody,
    RetireTagBody,
)
from api.dependencies import HouseDep, ReachDep, allowed
from api.office_bodies import ClientUuid
from api.office_call import PERSON_PROBLEMS, WRITE_PROBLEMS, OfficeCall, office
from api.office_desk import Written
from api.office_state import current
from api.problems import documented
from api.versioned import versioned_router
from domain.command import Command

router = versioned_router(prefix="/v1/clients", tags=["clients"])

Registering = Annotated[OfficeCall, Depends(office("client.register", creates=True))]
Changing = Annotated[OfficeCall, Depends(office("client.change"))]
Naming = Annotated[OfficeCall, Depends(office("client.name_staff", creates=True))]
"""Without a version: whoever is not named cannot read it, and to name somebody holds whatever stands."""


@router.get(
    "/{client_id}",
    dependencies=[Depends(allowed("read.people"))],
    responses=PERSON_PROBLEMS | documented("purpose_required"),
)
def read(client_id: ClientUuid, house: HouseDep, reach: ReachDep) -> Response:
    """The client as they stand, opened, with the ETag to decide on. A value whose key is destroyed reads `erased`."""
    require_purpose(reach)
    return current(house, "client", client_id, reach, with_person=True)


@router.post("/{client_id}/register", responses=WRITE_PROBLEMS)
async def register(client_id: ClientUuid, body: RegisterClientBody, call: Registering) -> Written:
    """Take the client into the ledger, in the care of a unit."""
    return await call.write(body.command_on(client_id, call.act))


@router.post("/{client_id}/change-details", responses=WRITE_PROBLEMS)
async def change_details(client_id: ClientUuid, body: ChangeClientDetailsBody, call: Changing) -> Written:
    """State some details anew."""
    return await call.write(body.command_on(client_id, call.act))


@router.post("/{client_id}/change-unit", responses=WRITE_PROBLEMS)
async def change_unit(client_id: ClientUuid, body: ChangeClientUnitBody, call: Changing) -> Written:
    """Let another unit be responsible from a day on."""
    return await call.write(body.command_on(client_id, call.act))


@router.post("/{client_id}/join-household", responses=WRITE_PROBLEMS)
async def join_household(client_id: ClientUuid, body: JoinHouseholdBody, call: Changing) -> Written:
    """Let the client share a home, and so visits, with the others of a household."""
    return await call.write(body.command_on(client_id, call.act))


@router.post("/{client_id}/leave-household", responses=WRITE_PROBLEMS)
async def leave_household(client_id: ClientUuid, body: LeaveHouseholdBody, call: Changing) -> Written:
    """Let the client no longer share it, from a day on."""
    return await call.write(body.command_on(client_id, call.act))


@router.post("/{client_id}/designate-care-contact", responses=WRITE_PROBLEMS)
async def designate_care_contact(client_id: ClientUuid, body: DesignateCareContactBody, call: Changing) -> Written:
    """Name an assistant nurse as the client's care contact."""
    return await call.write(body.command_on(client_id, call.act))


@router.post("/{client_id}/record-absence", responses=WRITE_PROBLEMS)
async def record_absence(client_id: ClientUuid, body: RecordClientAbsenceBody, call: Changing) -> Written:
    """Record that the client is away."""
    return await call.write(body.command_on(client_id, call.act))


@router.post("/{client_id}/record-return", responses=WRITE_PROBLEMS)
async def record_return(client_id: ClientUuid, body: RecordClientReturnBody, call: Changing) -> Written:
    """Record that the client is back."""
    return await call.write(body.command_on(client_id, call.act))


@router.post("/{client_id}/assign-tag", responses=WRITE_PROBLEMS)
async def assign_tag(client_id: ClientUuid, body: AssignTagBody, call: Changing) -> Written:
    """Say that a tag hangs at the client's home."""
    return await call.write(body.command_on(client_id, call.act))


@router.post("/{client_id}/retire-tag", responses=WRITE_PROBLEMS)
async def retire_tag(client_id: ClientUuid, body: RetireTagBody, call: Changing) -> Written:
    """Say that a tag proves nothing any more, from a day on."""
    return await call.write(body.command_on(client_id, call.act))


@router.post("/{client_id}/mark-protected-identity", responses=WRITE_PROBLEMS)
async def mark_protected_identity(
    client_id: ClientUuid, body: MarkProtectedIdentityBody, call: Changing, house: HouseDep
) -> Written:
    """Protect the client's identity, or lift the protection. Whoever does is named, with those that the body names."""
    return await _protect(house, call, body.command_on(client_id, call.act, marked_by=call.caller.subject))


@router.post("/{client_id}/name-staff", responses=WRITE_PROBLEMS)
async def name_staff(client_id: ClientUuid, body: NameStaffBody, call: Naming, house: HouseDep) -> Written:
    """Let some staff see the client also while the identity is protected."""
    return await _protect(house, call, body.command_on(client_id, call.act))


@router.post("/{client_id}/remove-staff", responses=WRITE_PROBLEMS)
async def remove_staff(client_id: ClientUuid, body: RemoveStaffBody, call: Naming, house: HouseDep) -> Written:
    """Let some staff no longer see the client while it is."""
    return await _protect(house, call, body.command_on(client_id, call.act))


async def _protect(house: HouseDep, call: OfficeCall, command: Command) -> Written:
    """Let it be decided, and hold for the next call already."""
    written = await call.write(command)
    await run_in_threadpool(house.protected.look)
    return written
