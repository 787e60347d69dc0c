"""What the office plans as bodies, and the command that each becomes."""

from typing import Annotated, ClassVar

from pydantic import Field

from api.office_batch import BatchCall, Item
from api.office_bodies import (
    Body,
    ClientUuid,
    Code,
    Minutes,
    Reasons,
    UnitUuid,
    VisitUuid,
    WorkerUuid,
)
from api.strict_json import Instant
from domain.command import Command
from domain.ids import VisitId
from domain.office import visits
from domain.office.act import Act
from domain.values import CancelledBy, PlannedService, VisitKind

CLIENTS_MAX = 20
SERVICES_MAX = 50
WORKERS_MAX = 10

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
