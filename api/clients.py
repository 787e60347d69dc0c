"""`/v1/clients`: the people who receive care."""

from typing import Annotated
from uuid import uuid4

import msgspec
from fastapi import Depends, Request, Response
from starlette.concurrency import run_in_threadpool

from api.access import require_purpose, tell_protected
from api.client_bodies import (
    AssignTagBody,
    ChangeClientDetailsBody,
    ChangeClientUnitBody,
    DesignateCareContactBody,
    DetailsBody,
    FindClientBody,
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
from api.log_look import LogLook
from api.office_bodies import ClientUuid
from api.office_call import PERSON_PROBLEMS, WRITE_PROBLEMS, OfficeCall, office
from api.office_desk import Written
from api.office_state import current
from api.problems import documented
from api.rendering import Told
from api.versioned import versioned_router
from domain.client.errors import ClientUnknownError
from domain.command import Command
from domain.ids import ClientId

router = versioned_router(prefix="/v1/clients", tags=["clients"])

BODY_PROBLEMS = ("malformed_json", "too_large", "unsupported_media_type")
"""Of a body that reads and decides nothing."""
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


@router.post(
    "/find",
    dependencies=[Depends(allowed("read.people"))],
    responses=PERSON_PROBLEMS | documented("purpose_required", *BODY_PROBLEMS),
)
def find(body: FindClientBody, request: Request, house: HouseDep, reach: ReachDep) -> Response:
    """The ids of the clients within reach who have a personnummer, mostly one. Whoever is not there, out of reach or erased is
    unknown alike."""
    require_purpose(reach)
    look = LogLook(house, house.log.head()[0])
    holders = house.numbers.holders(body.personnummer)
    for client_id in holders:
        tell_protected(reach, client_id)
    found = [client_id for client_id in holders if look.has(reach, "client", client_id)]
    if not found:
        # Denied is entered of nobody too, so that it takes as long as of somebody out of reach.
        request.state.sent = {"client_ids": holders or [str(uuid4())]}
        raise ClientUnknownError
    whose = frozenset(("client", client_id) for client_id in found)
    return Told(msgspec.json.encode({"client_ids": found}), whose=whose)


@router.post("/{client_id}/register", responses=WRITE_PROBLEMS)
async def register(client_id: ClientUuid, body: RegisterClientBody, call: Registering, house: HouseDep) -> Written:
    """Take the client into the ledger, in the care of a unit."""
    written = await call.write(body.command_on(client_id, call.act))
    await _let_find(house, client_id, body)
    return written


@router.post("/{client_id}/change-details", responses=WRITE_PROBLEMS)
async def change_details(
    client_id: ClientUuid, body: ChangeClientDetailsBody, call: Changing, house: HouseDep
) -> Written:
    """State some details anew."""
    written = await call.write(body.command_on(client_id, call.act))
    await _let_find(house, client_id, body)
    return written


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


async def _let_find(house: HouseDep, client_id: ClientId, body: DetailsBody) -> None:
    """Once the number is stored. Whoever gets no answer sends the call again, and it is entered then."""
    if body.personnummer is not None:
        await run_in_threadpool(house.numbers.enter, client_id, body.personnummer)


async def _protect(house: HouseDep, call: OfficeCall, command: Command) -> Written:
    """Let it be decided, and hold for the next call already."""
    written = await call.write(command)
    await run_in_threadpool(house.protected.look)
    return written
