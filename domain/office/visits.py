"""What the office decides about visits. Each function gives the command; nothing has happened until the writer decides it."""

from datetime import datetime

from domain.command import Command
from domain.ids import ClientId, UnitId, VisitId, WorkerId
from domain.office.act import Act
from domain.office.closed_months import approvable, month_open
from domain.office.errors import AttendanceEmptyError, PositionAheadError
from domain.office.known import clients_known, unit_known, worker_known
from domain.office.rules import Rules
from domain.office.within import Named
from domain.values import ApprovalRole, CancelledBy, PlannedService, ReasonCode, VisitKind
from domain.visit.aggregate import Visit
from domain.visit.believed import believed
from domain.visit.correction import AttendanceCorrection, ServiceCorrection
from domain.visit.errors import NotYoursError, VisitUnknownError
from domain.visit.facts import visit_facts
from domain.visit.history import VisitHistory


def plan_visit(
    visit_id: VisitId,
    *,
    client_ids: tuple[ClientId, ...],
    scheduled_start_at: datetime,
    scheduled_end_at: datetime,
    services: tuple[PlannedService, ...] = (),
    unit_id: UnitId | None = None,
    kind: VisitKind = VisitKind.PLANNED,
    workers_needed: int = 1,
    origin: str = "",
    act: Act,
) -> Command:
    """Intend a visit to registered clients, by a unit of the organisation where one is named."""

    def decide(visit: Visit) -> None:
        visit.plan(
            client_ids=client_ids,
            scheduled_start_at=scheduled_start_at,
            scheduled_end_at=scheduled_end_at,
            services=services,
            unit_id=unit_id or UnitId(""),
            kind=kind,
            workers_needed=workers_needed,
            origin=origin,
        )

    by_unit = (unit_known(unit_id),) if unit_id else ()
    guard = month_open(client_ids, scheduled_start_at)
    return act.on(
        Visit,
        visit_id,
        decide,
        given=(*clients_known(client_ids), *by_unit),
        month_guard=guard,
        named=Named(client_ids=client_ids, unit_ids=(unit_id,) if unit_id else ()),
    )


def reschedule_visit(
    visit_id: VisitId,
    *,
    scheduled_start_at: datetime,
    scheduled_end_at: datetime,
    services: tuple[PlannedService, ...] = (),
    reason_codes: tuple[ReasonCode, ...] = (),
    origin: str = "",
    act: Act,
) -> Command:
    """Change a planned visit's times, and its services when given."""

    def decide(visit: Visit) -> None:
        visit.reschedule(
            scheduled_start_at=scheduled_start_at,
            scheduled_end_at=scheduled_end_at,
            services=services,
            reason_codes=reason_codes,
            origin=origin,
        )

    client_ids = tuple(service.client_id for service in services)
    guard = month_open(client_ids, scheduled_start_at)
    named = Named(client_ids=client_ids)
    return act.on(Visit, visit_id, decide, unknown=VisitUnknownError, month_guard=guard, named=named)


def cancel_visit(
    visit_id: VisitId,
    *,
    cancelled_by: CancelledBy,
    notice_given_at: datetime,
    reason_codes: tuple[ReasonCode, ...] = (),
    origin: str = "",
    act: Act,
) -> Command:
    """Say that a planned visit is not to happen."""

    def decide(visit: Visit) -> None:
        visit.cancel(
            cancelled_by=cancelled_by, notice_given_at=notice_given_at, reason_codes=reason_codes, origin=origin
        )

    return act.on(Visit, visit_id, decide, unknown=VisitUnknownError, month_guard=month_open())


def assign_worker(visit_id: VisitId, *, worker_id: WorkerId, origin: str = "", act: Act) -> Command:
    """Give a planned visit to a registered worker."""
    return act.on(
        Visit,
        visit_id,
        lambda visit: visit.assign(worker_id=worker_id, origin=origin),
        given=(worker_known(worker_id),),
        unknown=VisitUnknownError,
        month_guard=month_open(),
        named=Named(worker_ids=(worker_id,)),
    )


def unassign_worker(
    visit_id: VisitId, *, worker_id: WorkerId, reason_codes: tuple[ReasonCode, ...] = (), origin: str = "", act: Act
) -> Command:
    """Take a visit from a worker."""
    return act.on(
        Visit,
        visit_id,
        lambda visit: visit.unassign(worker_id=worker_id, reason_codes=reason_codes, origin=origin),
        unknown=VisitUnknownError,
        month_guard=month_open(),
    )


def correct_attendance(visit_id: VisitId, correction: AttendanceCorrection, *, act: Act) -> Command:
    """Change, complete, add or withdraw an attendance by hand. Unless withdrawn, client and worker are registered."""
    becomes = correction.becomes

    def decide(visit: Visit) -> None:
        if not (becomes.withdrawn or becomes.arrived_at or becomes.departed_at):
            raise AttendanceEmptyError
        visit.correct_attendance(correction)

    people = () if becomes.withdrawn else (worker_known(becomes.worker_id), *clients_known(becomes.client_ids))
    guard = month_open(becomes.client_ids, becomes.arrived_at, becomes.departed_at)
    named = Named(client_ids=becomes.client_ids, worker_ids=(becomes.worker_id,))
    return act.on(Visit, visit_id, decide, given=people, unknown=VisitUnknownError, month_guard=guard, named=named)


def correct_services(visit_id: VisitId, correction: ServiceCorrection, *, act: Act) -> Command:
    """Change, add or withdraw a service outcome by hand. Unless withdrawn, client and worker are registered."""
    becomes = correction.becomes
    client_ids = (becomes.client_id,) if becomes.client_id else ()
    return act.on(
        Visit,
        visit_id,
        lambda visit: visit.correct_services(correction),
        given=() if becomes.withdrawn else (worker_known(becomes.worker_id), *clients_known(client_ids)),
        unknown=VisitUnknownError,
        month_guard=month_open(client_ids, becomes.at),
        named=Named(client_ids=client_ids, worker_ids=(becomes.worker_id,)),
    )


def approve_visit(
    visit_id: VisitId,
    *,
    position: int,
    minutes: int,
    known_through: int,
    worker_id: WorkerId | None = None,
    act: Act,
) -> Command:
    """Approve for pay what is known up to `position`: as that worker, who was there, or as coordinator.

    `known_through` is where the log ended when the call came: nobody approves what is still to be learned. The rules are
    those adopted when it is decided.
    """
    role, rules = _role(worker_id), Rules()

    def decide(visit: Visit) -> None:
        if position > known_through:
            raise PositionAheadError
        if worker_id is not None and worker_id not in workers_there(visit.history, position):
            raise NotYoursError
        policies = rules.rulebook.policies_at(stands_at(visit.history))
        visit.approve(
            role=role, position=position, minutes=minutes, corrector_may_approve=policies.corrector_may_approve_alone
        )

    return act.on(Visit, visit_id, decide, given=(rules.read(),), unknown=VisitUnknownError, month_guard=approvable())


def withdraw_approval(
    visit_id: VisitId, *, reason_codes: tuple[ReasonCode, ...], worker_id: WorkerId | None = None, act: Act
) -> Command:
    """Take an approval back, with a reason: as that worker, who was there, or as coordinator."""
    role = _role(worker_id)

    def decide(visit: Visit) -> None:
        if worker_id is not None and worker_id not in workers_there(visit.history, visit.position):
            raise NotYoursError
        visit.withdraw_approval(role=role, reason_codes=reason_codes)

    return act.on(Visit, visit_id, decide, unknown=VisitUnknownError, month_guard=approvable())


def approve_excess(visit_id: VisitId, *, client_id: ClientId, minutes: int, reason: str, act: Act) -> Command:
    """Let time beyond a client's order be paid; 0 minutes take it back."""
    return act.on(
        Visit,
        visit_id,
        lambda visit: visit.approve_excess(client_id=client_id, minutes=minutes, reason=reason),
        unknown=VisitUnknownError,
        named=Named(client_ids=(client_id,)),
    )


def approve_extra_visit(visit_id: VisitId, *, client_id: ClientId, minutes: int, reason: str, act: Act) -> Command:
    """Let time that no order of the client's names be paid; 0 minutes take it back."""
    return act.on(
        Visit,
        visit_id,
        lambda visit: visit.approve_extra_visit(client_id=client_id, minutes=minutes, reason=reason),
        unknown=VisitUnknownError,
        named=Named(client_ids=(client_id,)),
    )


def workers_there(history: VisitHistory, position: int) -> frozenset[WorkerId]:
    """Who has attended the visit, come in vain, or done a service of it elsewhere, as known at `position`."""
    known = believed(history.entries, upto=position)
    offsite = [service.worker_id for service in known.services if service.minutes]
    return frozenset((*offsite, *(fact.worker_id for fact in (*known.arrivals, *known.departures, *known.failures))))


def stands_at(history: VisitHistory) -> datetime | None:
    """Where the visit stands in time, as far as it is known: which day's rules hold."""
    return visit_facts(VisitId(""), history).stands_at


def _role(worker_id: WorkerId | None) -> ApprovalRole:
    return ApprovalRole.COORDINATOR if worker_id is None else ApprovalRole.WORKER
