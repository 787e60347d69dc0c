"""`/v1/exceptions/{kind}/{id}/acknowledge`: the office accepts an exception about a subject."""

from enum import StrEnum
from typing import Annotated

from fastapi import Depends

from api.office_bodies import AnyUuid, Body, Position, Reasons
from api.office_call import WRITE_PROBLEMS, Head, OfficeCall, office
from api.office_desk import Written
from api.strict_json import Note, Text
from api.versioned import versioned_router
from domain.command import Command
from domain.office.act import Act
from domain.office.exceptions import acknowledge_exception

router = versioned_router(prefix="/v1/exceptions", tags=["exceptions"])

KEY_CODE_POINTS_MAX = 4_000
"""A key names all facts that cause the exception."""


class ExceptionSubject(StrEnum):
    """What exceptions are about."""

    VISIT = "visit"
    ORDER = "order"
    CLIENT = "client"
    WORKER = "worker"
    DEVICE = "device"
    SUPERVISION = "supervision"


class AcknowledgeExceptionBody(Body):
    """Which exception, as the list of exceptions names it, as it stood at which position, and why it is accepted."""

    key: Annotated[str, Text(KEY_CODE_POINTS_MAX, min_code_points=1)]
    position: Position
    reason_codes: Reasons
    note: Note | None = None

    def command_on(self, kind: ExceptionSubject, subject_id: str, act: Act, head: int) -> Command:
        """The decision, for the writer."""
        return acknowledge_exception(
            kind,
            subject_id,
            key=self.key,
            reason_codes=self.reason_codes,
            note=self.note,
            position=self.position,
            known_through=head,
            act=act,
        )


Acknowledging = Annotated[OfficeCall, Depends(office("exception.acknowledge", creates=True))]


@router.post("/{kind}/{subject_id}/acknowledge", responses=WRITE_PROBLEMS)
async def acknowledge(
    kind: ExceptionSubject, subject_id: AnyUuid, body: AcknowledgeExceptionBody, call: Acknowledging, head: Head
) -> Written:
    """Accept an exception as it stands. It stays closed while its key does: another fact opens it again."""
    return await call.write(body.command_on(kind, subject_id, call.act, head))
