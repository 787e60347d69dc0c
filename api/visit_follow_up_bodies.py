"""Corrections and approvals of visits as bodies, and the command that each becomes."""

from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from api.dependencies import CallerDep
from api.office_batch import BatchCall, Item
from api.office_bodies import Body, ClientUuid, Code, FactName, Minutes, Position, Reasons, VisitUuid, WorkerUuid
from api.office_call import Head, worker_of
from api.strict_json import Instant, Note
from api.visit_bodies import Clients
from domain.command import Command
from domain.ids import VisitId, WorkerId
from domain.office import visits
from domain.office.act import Act
from domain.visit.correction import AttendanceCorrection, ServiceCorrection
from domain.visit.events import AttendanceValues, ServiceValues

STAFF_MINUTES_MAX = 100_000


class CorrectAttendanceBody(Body):
    """The whole attendance as it is to be believed. The ends named are replaced; naming none adds an attendance."""

    arrival_fact_id: FactName | None = None
    departure_fact_id: FactName | None = None
    worker_id: WorkerUuid
    client_ids: Clients
    arrived_at: Instant | None = None
    departed_at: Instant | None = None
    withdrawn: bool = False
    reason_codes: Reasons
    note: Note | None = None

    def command_on(self, visit_id: VisitId, act: Act) -> Command:
        """The decision, for the writer."""
        becomes = AttendanceValues(
            worker_id=self.worker_id,
            client_ids=self.client_ids,
            arrived_at=self.arrived_at,
            departed_at=self.departed_at,
            withdrawn=self.withdrawn,
        )
        correction = AttendanceCorrection(
            arrival_fact_id=self.arrival_fact_id,
            departure_fact_id=self.departure_fact_id,
            becomes=becomes,
            reason_codes=self.reason_codes,
            note=self.note,
        )
        return visits.correct_attendance(visit_id, correction, act=act)


class CorrectServicesBody(Body):
    """The whole service outcome as it is to be believed. Naming no registration adds one that was forgotten."""

    service_fact_id: FactName | None = None
    service_code: Code
    worker_id: WorkerUuid
    at: Instant
    client_id: ClientUuid | None = None
    performed: bool = True
    minutes: Minutes | None = None
    withdrawn: bool = False
    reason_codes: Reasons
    note: Note | None = None

    def command_on(self, visit_id: VisitId, act: Act) -> Command:
        """The decision, for the writer."""
        becomes = ServiceValues(
            service_code=self.service_code,
            worker_id=self.worker_id,
            at=self.at,
            client_id=self.client_id,
            performed=self.performed,
            minutes=self.minutes,
            withdrawn=self.withdrawn,
        )
        correction = ServiceCorrection(
            service_fact_id=self.service_fact_id, becomes=becomes, reason_codes=self.reason_codes, note=self.note
        )
        return visits.correct_services(visit_id, correction, act=act)


@dataclass(frozen=True, slots=True)
class Approver:
    """Who approves (`worker_id` None: the office), having read at most through a position."""

    worker_id: WorkerId | None
    known_through: int


def approver_of(caller: CallerDep, head: Head) -> Approver:
    """The caller, as approver."""
    return Approver(worker_of(caller), head)


class ApproveVisitBody(Body):
    """What is approved: the visit as known at `position`, when it came to `minutes` of staff time."""

    position: Position
    minutes: Annotated[int, Field(ge=0, le=STAFF_MINUTES_MAX)]

    def command_on(self, visit_id: VisitId, act: Act, approver: Approver) -> Command:
        """The decision, for the writer."""
        return visits.approve_visit(
            visit_id,
            position=self.position,
            minutes=self.minutes,
            known_through=approver.known_through,
            worker_id=approver.worker_id,
            act=act,
        )


class WithdrawApprovalBody(Body):
    """Why an approval is taken back."""

    reason_codes: Reasons

    def command_on(self, visit_id: VisitId, act: Act, worker_id: WorkerId | None) -> Command:
        """The decision, for the writer: of the worker's approval, or the coordinator's."""
        return visits.withdraw_approval(visit_id, reason_codes=self.reason_codes, worker_id=worker_id, act=act)


class ApproveBeyondOrderBody(Body):
    """Minutes of one client's that are to be paid although no order covers them, and why. 0 takes it back."""

    client_id: ClientUuid
    minutes: Minutes
    reason: Note

    def excess_on(self, visit_id: VisitId, act: Act) -> Command:
        """The decision on time beyond the order, for the writer."""
        return visits.approve_excess(
            visit_id, client_id=self.client_id, minutes=self.minutes, reason=self.reason, act=act
        )

    def extra_on(self, visit_id: VisitId, act: Act) -> Command:
        """The decision on time without an order, for the writer."""
        return visits.approve_extra_visit(
            visit_id, client_id=self.client_id, minutes=self.minutes, reason=self.reason, act=act
        )


class ApproveVisitItem(Item, ApproveVisitBody):
    """One visit to approve: one event is stored for each."""

    visit_id: VisitUuid

    def command(self, act: Act, call: BatchCall) -> Command:
        """The decision, for the writer."""
        return self.command_on(self.visit_id, act, approver_of(call.caller, call.head))
