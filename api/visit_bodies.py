"""The office's decisions about visits as bodies, and the command that each becomes."""

from dataclasses import dataclass
from typing import Annotated, ClassVar

from pydantic import Field

from api.dependencies import CallerDep, HouseDep
from api.office_batch import BatchCall, Item
from api.office_bodies import (
    Body,
    ClientUuid,
    Code,
    FactName,
    Minutes,
    Position,
    Reasons,
    UnitUuid,
    VisitUuid,
    WorkerUuid,
)
from api.office_call import Head, worker_of
from api.strict_json import Instant, Note
from domain.command import Command
from domain.ids import VisitId, WorkerId
from domain.office import visits
from domain.office.act import Act
from domain.rulebook.rulebook import Rulebook
from domain.values import CancelledBy, PlannedService, VisitKind
from domain.visit.correction import AttendanceCorrection, ServiceCorrection
from domain.visit.events import AttendanceValues, ServiceValues

CLIENTS_MAX = 20
SERVICES_MAX = 50
WORKERS_MAX = 10
STAFF_MINUTES_MAX = 100_000

Clients = Annotated[tuple[ClientUuid, ...], Field(strict=False, max_length=CLIENTS_MAX)]


class PlannedServiceBody(Body):
    """One service of a plan: minutes for one occasion at one client."""

    service_code: Code
    client_id: ClientUuid
    minutes: Minutes

    def planned(self) -> PlannedService:
        """The service, as the plan holds it."""
        return PlannedService(self.service_code, self.client_id, self.minutes)


Services = Annotated[tuple[PlannedServiceBody, ...], Field(strict=False, max_length=SERVICES_MAX)]


class PlanVisitBody(Body):
    """A visit as the provider intends it. A household's visit has several clients; every service names its own."""

    client_ids: Clients
    scheduled_start_at: Instant
    scheduled_end_at: Instant
    services: Services = ()
    unit_id: UnitUuid | None = None
    kind: Annotated[VisitKind, Field(strict=False)] = VisitKind.PLANNED
    workers_needed: Annotated[int, Field(ge=1, le=WORKERS_MAX)] = 1

    def command_on(self, visit_id: VisitId, act: Act) -> Command:
        """The decision, for the writer."""
        return visits.plan_visit(
            visit_id,
            client_ids=self.client_ids,
            scheduled_start_at=self.scheduled_start_at,
            scheduled_end_at=self.scheduled_end_at,
            services=tuple(service.planned() for service in self.services),
            unit_id=self.unit_id,
            kind=self.kind,
            workers_needed=self.workers_needed,
            act=act,
        )


class RescheduleVisitBody(Body):
    """The plan's new times. Services left out stay as they are."""

    scheduled_start_at: Instant
    scheduled_end_at: Instant
    services: Services = ()
    reason_codes: Reasons = ()

    def command_on(self, visit_id: VisitId, act: Act) -> Command:
        """The decision, for the writer."""
        return visits.reschedule_visit(
            visit_id,
            scheduled_start_at=self.scheduled_start_at,
            scheduled_end_at=self.scheduled_end_at,
            services=tuple(service.planned() for service in self.services),
            reason_codes=self.reason_codes,
            act=act,
        )


class CancelVisitBody(Body):
    """By whose wish, and since when that was known: whether notice came in time is a policy."""

    cancelled_by: Annotated[CancelledBy, Field(strict=False)]
    notice_given_at: Instant
    reason_codes: Reasons = ()

    def command_on(self, visit_id: VisitId, act: Act) -> Command:
        """The decision, for the writer."""
        return visits.cancel_visit(
            visit_id,
            cancelled_by=self.cancelled_by,
            notice_given_at=self.notice_given_at,
            reason_codes=self.reason_codes,
            act=act,
        )


class AssignWorkerBody(Body):
    """Who is to make the visit."""

    worker_id: WorkerUuid

    def command_on(self, visit_id: VisitId, act: Act) -> Command:
        """The decision, for the writer."""
        return visits.assign_worker(visit_id, worker_id=self.worker_id, act=act)


class UnassignWorkerBody(Body):
    """Who is no longer to make the visit."""

    worker_id: WorkerUuid
    reason_codes: Reasons = ()

    def command_on(self, visit_id: VisitId, act: Act) -> Command:
        """The decision, for the writer."""
        return visits.unassign_worker(visit_id, worker_id=self.worker_id, reason_codes=self.reason_codes, act=act)


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
    """Who approves (`worker_id` None: the office), having read at most through a position, under which rules."""

    worker_id: WorkerId | None
    known_through: int
    rulebook: Rulebook


def approver_of(house: HouseDep, caller: CallerDep, head: Head) -> Approver:
    """The caller, as approver."""
    return Approver(worker_of(caller), head, house.rulebook)


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
            rulebook=approver.rulebook,
            act=act,
        )


class WithdrawApprovalBody(Body):
    """Why an approval is taken back."""

    reason_codes: Reasons

    def command_on(self, visit_id: VisitId, act: Act, worker_id: WorkerId | None) -> Command:
        """The decision, for the writer: of the worker's approval, or the coordinator's."""
        return visits.withdraw_approval(visit_id, reason_codes=self.reason_codes, worker_id=worker_id, act=act)


class PlanVisitItem(Item, PlanVisitBody):
    """One visit to plan."""

    CREATES: ClassVar[bool] = True
    visit_id: VisitUuid

    def command(self, act: Act, _: BatchCall) -> Command:
        """The decision, for the writer."""
        return self.command_on(self.visit_id, act)


class AssignWorkerItem(Item, AssignWorkerBody):
    """One visit to give to a worker."""

    visit_id: VisitUuid

    def command(self, act: Act, _: BatchCall) -> Command:
        """The decision, for the writer."""
        return self.command_on(self.visit_id, act)


class ApproveVisitItem(Item, ApproveVisitBody):
    """One visit to approve: one event is stored for each."""

    visit_id: VisitUuid

    def command(self, act: Act, call: BatchCall) -> Command:
        """The decision, for the writer."""
        return self.command_on(self.visit_id, act, approver_of(call.house, call.caller, call.head))
