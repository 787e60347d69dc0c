"""`/v1/admission`: who is shut out, whatever token comes."""

from typing import Annotated

from fastapi import Depends, Response
from pydantic import BaseModel, Field

from api.dependencies import HouseDep, allowed
from api.office_bodies import Body
from api.office_call import READER_PROBLEMS, WRITE_PROBLEMS, OfficeCall, office
from api.office_desk import Written
from api.rendering import Told
from api.strict_json import Text
from api.versioned import versioned_router
from api.whose import people_in
from domain.access.entry import Doing
from domain.admission.values import WithdrawalReason
from domain.command import Command
from domain.office.act import Act
from domain.office.admission import restore_admission, withdraw_admission
from infra.tokens import NAME_MAX

router = versioned_router(prefix="/v1/admission", tags=["admission"])

Changing = Annotated[OfficeCall, Depends(office("admission.change", creates=True))]
Subject = Annotated[str, Text(NAME_MAX, min_code_points=1)]


class WithdrawAdmissionBody(Body):
    """Whom to shut out, as that person's tokens write the name (`sub`), and why."""

    subject: Subject
    reason: Annotated[WithdrawalReason, Field(strict=False)]

    def command(self, act: Act) -> Command:
        """The decision, for the writer."""
        return withdraw_admission(self.subject, reason=self.reason, act=act)


class RestoreAdmissionBody(Body):
    """Whom to let in again."""

    subject: Subject

    def command(self, act: Act) -> Command:
        """The decision, for the writer."""
        return restore_admission(self.subject, act=act)


class ShutOutNow(BaseModel):
    """Who is shut out, as this process knows it through a position."""

    position: int
    subjects: list[str]
    device_ids: list[str]


@router.get(
    "",
    response_model=ShutOutNow,
    dependencies=[Depends(allowed("admission.change"))],
    responses=READER_PROBLEMS,
)
def read(house: HouseDep) -> Response:
    """People who are shut out, and phones that are revoked."""
    known = house.shut_out
    now = ShutOutNow(position=known.position, subjects=known.people, device_ids=known.devices)
    with house.read_database.connect() as db:
        whose = people_in(db, {("worker", subject) for subject in known.people})
    return Told(now.model_dump_json(), whose=whose, doing=Doing.LIST)


@router.post("/withdraw", responses=WRITE_PROBLEMS)
async def withdraw(body: WithdrawAdmissionBody, call: Changing) -> Written:
    """Shut a person out: within a minute every token of that person is refused."""
    return await call.write(body.command(call.act))


@router.post("/restore", responses=WRITE_PROBLEMS)
async def restore(body: RestoreAdmissionBody, call: Changing) -> Written:
    """Let a person in again."""
    return await call.write(body.command(call.act))
