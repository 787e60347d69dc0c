"""`/v1/persons`: what keeps a client or worker from being erased, and erasures, each decided by two who are signed in."""

from datetime import date
from enum import StrEnum
from typing import Annotated

import msgspec
import structlog
from fastapi import Depends, Response
from pydantic import Field
from starlette.concurrency import run_in_threadpool

from api import erasing
from api.access import require_purpose
from api.bootstrap import House
from api.dependencies import HouseDep, ReachDep, allowed
from api.log_look import LogLook
from api.office_bodies import AnyUuid, Body, Uuid
from api.office_call import READ_PROBLEMS, WRITE_PROBLEMS, OfficeCall, etag_of, office
from api.office_desk import Written
from api.problems import Problem, documented
from api.reading import AsOf, position_named
from api.rendering import Told
from api.strict_json import Text
from api.versioned import versioned_router
from api.writing import RETRY_AFTER, submit
from domain.access.reach import Reach
from domain.command import Accepted
from domain.ids import PersonId, stream_of
from domain.office.act import Act
from domain.office.persons import (
    PERSONS,
    approve_erasure,
    complete_erasure,
    lift_hold,
    place_hold,
    request_erasure,
    withdraw_erasure_request,
)
from domain.office.within import UNKNOWN
from domain.person.aggregate import Person
from domain.person.history import Hold, Request
from domain.person.values import ErasureReason, HoldReason
from infra.master_key import KeyStoreError

router = versioned_router(prefix="/v1/persons", tags=["persons"])
log = structlog.get_logger()
READ = READ_PROBLEMS | documented("purpose_required")
ERASE = WRITE_PROBLEMS | documented("erasure_incomplete")


class PersonKind(StrEnum):
    """What somebody is in the ledger."""

    CLIENT = "client"
    WORKER = "worker"


PersonUuid = Annotated[PersonId, Uuid()]
Holding = Annotated[OfficeCall, Depends(office("hold.change", creates=True))]
"""Without a version: a hold holds whatever stands."""
Lifting = Annotated[OfficeCall, Depends(office("hold.change"))]
Requesting = Annotated[OfficeCall, Depends(office("erasure.request", creates=True))]
Withdrawing = Annotated[OfficeCall, Depends(office("erasure.request"))]
Approving = Annotated[OfficeCall, Depends(office("erasure.approve"))]


def today_of(house: HouseDep) -> date:
    """The day in the municipality."""
    return erasing.today(house)


def is_research_file(person_kind: PersonKind, person_id: PersonUuid, house: HouseDep) -> bool:
    """Whether the file is archived first, as far as the number is known; for whoever comes after the caller's permission."""
    return erasing.is_research_file(house, person_kind, person_id)


Today = Annotated[date, Depends(today_of)]
ResearchFile = Annotated[bool, Depends(is_research_file)]


class PlaceHoldBody(Body):
    """The hold's id, which the caller draws, and the ground."""

    hold_id: AnyUuid
    reason: Annotated[HoldReason, Field(strict=False)]


class LiftHoldBody(Body):
    """Whose ground is gone."""

    hold_id: AnyUuid


class RequestErasureBody(Body):
    """On what ground; and the reference of the archive's receipt, where the file is kept for research."""

    reason: Annotated[ErasureReason, Field(strict=False)]
    archived: Annotated[str, Text(64, min_code_points=1)] | None = None


class HoldsNow(msgspec.Struct, frozen=True, kw_only=True):
    """A person's holds, open and lifted, the first placed first, as of a position."""

    person_kind: str
    id: str
    version: int
    position: int
    holds: tuple[Hold, ...]


class ErasureNow(msgspec.Struct, frozen=True, kw_only=True):
    """How the erasure of a person stands as of a position. Of holds it tells their number and no ground. `last_on` is the last
    day that the request may be approved; `erasures` are the certificates of those that were decided."""

    person_kind: str
    id: str
    version: int
    position: int
    open_holds: int
    held_since: date | None
    request: Request | None
    last_on: date | None
    is_unfinished: bool
    erasures: tuple[erasing.Certificate, ...]


@router.get(
    "/{person_kind}/{person_id}/holds",
    response_class=Response,
    dependencies=[Depends(allowed("read.holds"))],
    responses=READ,
)
def read_holds(
    person_kind: PersonKind, person_id: PersonUuid, house: HouseDep, reach: ReachDep, as_of: AsOf = None
) -> Response:
    """What keeps a person from being erased, on what grounds, and what did; with the ETag to decide on."""
    position, person = _shown(house, person_kind, person_id, reach, as_of)
    holds = tuple(person.history.holds.values())
    now = HoldsNow(person_kind=person_kind, id=person_id, version=person.version, position=position, holds=holds)
    return _told(now, person_kind, person_id, person.version)


@router.get(
    "/{person_kind}/{person_id}/erasure",
    response_class=Response,
    dependencies=[Depends(allowed("read.erasure"))],
    responses=READ,
)
def read_erasure(
    person_kind: PersonKind, person_id: PersonUuid, house: HouseDep, reach: ReachDep, as_of: AsOf = None
) -> Response:
    """How an erasure stands: who asked for it, what holds it up, and the certificates; with the ETag to decide on."""
    position, person = _shown(house, person_kind, person_id, reach, as_of)
    history = person.history
    now = ErasureNow(
        person_kind=person_kind,
        id=person_id,
        version=person.version,
        position=position,
        open_holds=len(history.open_holds),
        held_since=history.held_since,
        request=history.request,
        last_on=history.request.last_on if history.request else None,
        is_unfinished=history.is_unfinished,
        erasures=tuple(erasing.certificates(house, person_kind, person_id, upto=position)),
    )
    return _told(now, person_kind, person_id, person.version)


@router.post("/{person_kind}/{person_id}/place-hold", responses=WRITE_PROBLEMS)
async def place(
    call: Holding, person_kind: PersonKind, person_id: PersonUuid, body: PlaceHoldBody, on: Today
) -> Written:
    """Let nobody erase the person before this hold is lifted."""
    return await call.write(
        place_hold(person_kind, person_id, hold_id=body.hold_id, reason=body.reason, on=on, act=call.act)
    )


@router.post("/{person_kind}/{person_id}/lift-hold", responses=WRITE_PROBLEMS)
async def lift(call: Lifting, person_kind: PersonKind, person_id: PersonUuid, body: LiftHoldBody, on: Today) -> Written:
    """Say that the ground of a hold is gone."""
    return await call.write(lift_hold(person_kind, person_id, hold_id=body.hold_id, on=on, act=call.act))


@router.post("/{person_kind}/{person_id}/request-erasure", responses=WRITE_PROBLEMS)
async def request(
    call: Requesting,
    person_kind: PersonKind,
    person_id: PersonUuid,
    body: RequestErasureBody,
    on: Today,
    is_research_file: ResearchFile,
) -> Written:
    """Ask for the person to be erased. Nothing happens before somebody else approves it, within 30 days."""
    command = request_erasure(
        person_kind,
        person_id,
        reason=body.reason,
        on=on,
        archived=body.archived or "",
        is_research_file=is_research_file,
        act=call.act,
    )
    return await call.write(command)


@router.post("/{person_kind}/{person_id}/withdraw-erasure-request", responses=WRITE_PROBLEMS)
async def withdraw(call: Withdrawing, person_kind: PersonKind, person_id: PersonUuid) -> Written:
    """Let a request no longer stand, whosever it is."""
    return await call.write(withdraw_erasure_request(person_kind, person_id, act=call.act))


@router.post("/{person_kind}/{person_id}/approve-erasure", responses=ERASE)
async def approve(
    call: Approving,
    person_kind: PersonKind,
    person_id: PersonUuid,
    house: HouseDep,
    on: Today,
    is_research_file: ResearchFile,
) -> Written:
    """Erase the person, as the second one. Where it did not end, send it again: it ends, and nothing new is decided."""
    command = approve_erasure(
        person_kind,
        person_id,
        on=on,
        to_follow=erasing.names_to_follow(house),
        is_research_file=is_research_file,
        act=call.act,
    )
    return await _ended(house, call, person_id, await call.write(command))


async def _ended(house: House, call: OfficeCall, person_id: PersonId, written: Written) -> Written:
    """Do what follows, and say so in the log: the answer is that of the last event then."""
    person = await run_in_threadpool(erasing.person_at, house, person_id)
    if not person.history.is_unfinished:
        return written
    person.require_unheld()
    try:
        followed = await run_in_threadpool(erasing.do_what_follows, house, person_id, written.position)
    except (KeyStoreError, OSError) as error:
        log.warning("erasure_incomplete", position=written.position, exc_info=error)
        raise Problem("erasure_incomplete", headers=RETRY_AFTER) from None
    completed = complete_erasure(person_id, followed=followed, act=Act(actor=call.act.actor))
    (outcome,) = await submit(house.writer, [completed])
    assert isinstance(outcome, Accepted)
    call.response.headers["ETag"] = etag_of(outcome.version)
    return written.model_copy(update={"position": outcome.position, "version": outcome.version})


def _shown(house: House, kind: str, person_id: PersonId, reach: Reach, as_of: str | None) -> tuple[int, Person]:
    """The position that is asked for, and the person there. Raises the error for what is unknown."""
    if kind == PersonKind.CLIENT:
        require_purpose(reach)
    head = house.log.head()[0]
    LogLook(house, head).require(reach, kind, person_id)
    wanted = position_named(house, as_of)
    position = head if wanted is None else min(wanted, head)
    if not house.log.read_stream(stream_of(kind, person_id), upto_position=position):
        raise UNKNOWN[PERSONS[kind]]
    return position, erasing.person_at(house, person_id, upto=position)


def _told(now: HoldsNow | ErasureNow, kind: str, person_id: PersonId, version: int) -> Told:
    headers = {"ETag": etag_of(version), "Cache-Control": "no-store"}
    return Told(msgspec.json.encode(now), whose=frozenset({(kind, person_id)}), headers=headers)
