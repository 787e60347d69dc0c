"""A call of the office as a route is handed it: who calls, the key that makes it safe to repeat, and the version that the
decision was made on."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Header, Request, Response

from api.access import is_allowed, reach_of, tell_protected
from api.dependencies import HouseDep, allowed
from api.office_desk import OfficeDesk, Written
from api.problems import Problem, documented
from api.strict_json import JsonValue, parse
from domain.client.aggregate import Client
from domain.command import Command
from domain.ids import WorkerId
from domain.office.act import Act
from domain.person.aggregate import Person
from infra.tokens import Caller

_KEY = re.compile(r"[A-Za-z0-9._~:-]{8,64}", re.ASCII)
_ETAG = re.compile(r'"(0|[1-9][0-9]{0,14})"', re.ASCII)
_NO_SUCH_VERSION = -1
"""Stands for an `If-Match` that we never gave out, and so matches nothing (RFC 9110, 13.1.1)."""

CALL_PROBLEMS = documented(
    "malformed_json", "idempotency_key", "unauthenticated", "forbidden", "too_large"
) | documented("unsupported_media_type", "busy", "store_unavailable", "keys_unavailable")
WRITE_PROBLEMS = (
    CALL_PROBLEMS
    | documented("not_found", "refused", "in_progress", "id_conflict")
    | documented("wrong_version", "invalid", "version_required")
)
"""What a write may answer besides 200, for the `responses` of a route."""
READER_PROBLEMS = documented("unauthenticated", "forbidden")
READ_PROBLEMS = READER_PROBLEMS | documented("not_found", "invalid")
"""What a read of one subject may answer besides 200."""
PERSON_PROBLEMS = READ_PROBLEMS | documented("keys_unavailable")
"""What a read that opens what says who somebody is may answer besides 200."""

IdempotencyKey = Annotated[
    str | None,
    Header(description="Names the call, so that it can be sent again: a UUID, or 8-64 letters, digits and `._~:-`."),
]
IfMatch = Annotated[str | None, Header(description="The ETag of what the decision was made on.")]


@dataclass(frozen=True, slots=True)
class OfficeCall:
    """One write."""

    desk: OfficeDesk
    caller: Caller
    act: Act
    response: Response

    async def write(self, command: Command) -> Written:
        """Let it be decided and stored, and answer with position, version and ETag. Raises the rule's error, or `Problem`."""
        if command.aggregate in {Client, Person}:
            tell_protected(self.act.reach, command.subject_id)
        (answer,) = await self.desk.decide([command])
        if not isinstance(answer, Written):
            raise answer
        self.response.headers["ETag"] = etag_of(answer.version)
        return answer


def office(
    action: str, *, creates: bool = False, content: Callable[[bytes], JsonValue] = parse
) -> Callable[..., object]:
    """A dependency that lets pass whoever may do `action` with a good `Idempotency-Key`.

    `creates`: the decision may be the first about its subject, so `If-Match` may be left out. `content` gives what tells
    one body from another, where it is no JSON.
    """
    permitted = allowed(action)

    async def call(
        *,
        request: Request,
        response: Response,
        desk: DeskDep,
        caller: Annotated[Caller, Depends(permitted)],
        idempotency_key: IdempotencyKey = None,
        if_match: IfMatch = None,
    ) -> OfficeCall:
        key = checked_key(idempotency_key)
        version = expected_version(if_match, required=not creates)
        body = await request.body()
        sent = content(body) if body else None
        request.state.sent = sent
        stamp = desk.stamp(caller, key, request.method, request.url.path, sent)
        act = Act(
            actor=caller.actor,
            stamp=stamp,
            expected_version=version,
            may_adjust=may_adjust(caller),
            reach=reach_of(request),
        )
        return OfficeCall(desk, caller, act, response)

    return call


async def desk_of(request: Request) -> OfficeDesk:
    """The app's desk."""
    desk: OfficeDesk = request.app.state.desk
    return desk


DeskDep = Annotated[OfficeDesk, Depends(desk_of)]


def head_of(house: HouseDep) -> int:
    """Where the log ends as the call comes: what the caller can have read. 0 while it is empty."""
    return house.log.head()[0]


Head = Annotated[int, Depends(head_of)]


def etag_of(version: int) -> str:
    """Write a version as an entity tag."""
    return f'"{version}"'


def checked_key(key: object) -> str:
    """Give an idempotency key back. Raises `Problem` when it is missing or malformed."""
    if not isinstance(key, str) or not _KEY.fullmatch(key):
        raise Problem("idempotency_key")
    return key


def worker_of(caller: Caller) -> WorkerId | None:
    """The worker that somebody decides as; None for the office."""
    return WorkerId(caller.subject) if caller.role == "care_worker" else None


def may_adjust(caller: Caller) -> bool:
    """Whether somebody's decision about a closed month becomes an adjustment, where others are refused."""
    return is_allowed(caller.role, "period.adjust")


def expected_version(if_match: str | None, *, required: bool) -> int | None:
    """Read `If-Match`: one strong tag, as we give them. Raises `Problem` when it is needed and missing."""
    if if_match is None:
        if required:
            raise Problem("version_required")
        return None
    tag = _ETAG.fullmatch(if_match)
    return int(tag[1]) if tag else _NO_SUCH_VERSION
