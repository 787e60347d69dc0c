"""What a planning system's file asks for, held against what stands: nothing, or the decisions that make it so.

Pure but for the command, which decides in the writer's transaction: what a row changes is judged on the visit as it is then.
"""

from collections.abc import Callable, Container, Iterable
from datetime import datetime
from enum import StrEnum

import msgspec

from domain.command import Command
from domain.facts import PlannedVisit, VisitFacts
from domain.ids import ClientId, UnitId, VisitId, WorkerId
from domain.office.act import Act
from domain.office.known import clients_known, unit_known, worker_known
from domain.office.within import Named
from domain.values import CancelledBy, Period, PlannedService, VisitKind
from domain.visit.aggregate import Visit
from domain.visit.entries import Plan
from domain.visit.history import VisitHistory


class PlanRow(msgspec.Struct, frozen=True, kw_only=True):
    """One visit as the file plans it; a household's has several clients. None: the file does not say, so what stands
    holds."""

    client_ids: tuple[ClientId, ...]
    starts_at: datetime
    ends_at: datetime
    unit_id: UnitId | None = None
    kind: VisitKind | None = None
    services: tuple[PlannedService, ...] | None = None
    worker_ids: tuple[WorkerId, ...] | None = None


class Change(StrEnum):
    """What a row came to."""

    PLANNED = "planned"
    RESCHEDULED = "rescheduled"
    REPLANNED = "replanned"
    """Cancelled and planned anew in one step: a reschedule cannot change client, unit, kind or the number of workers."""
    STAYS_CANCELLED = "stays_cancelled"
    """The client or the municipality called the visit off, and the file brings nothing new: nothing is done."""
    ASSIGNED = "assigned"
    UNASSIGNED = "unassigned"


class Steps(msgspec.Struct, frozen=True, kw_only=True):
    """The decisions that make a visit what its row says. None of them: the row is known."""

    plan: Change | None = None
    unassign: tuple[WorkerId, ...] = ()
    assign: tuple[WorkerId, ...] = ()

    @property
    def changes(self) -> tuple[Change, ...]:
        """The same in words, each once."""
        unassigned = (Change.UNASSIGNED,) if self.unassign else ()
        return (*([self.plan] if self.plan else ()), *unassigned, *([Change.ASSIGNED] if self.assign else ()))


def steps_for(row: PlanRow, history: VisitHistory) -> Steps:
    """Compare a row with the visit as it stands."""
    change = _plan_change(row, history)
    if change is Change.STAYS_CANCELLED or row.worker_ids is None:
        return Steps(plan=change)
    return Steps(
        plan=change,
        unassign=tuple(worker_id for worker_id in history.worker_ids if worker_id not in row.worker_ids),
        assign=tuple(worker_id for worker_id in row.worker_ids if worker_id not in history.worker_ids),
    )


def take_row(visit: Visit, row: PlanRow, *, at: datetime, origin: str) -> Steps:
    """Make a visit what its row says, and tell what it came to. Raises the error of the decision that is refused."""
    steps = steps_for(row, visit.history)
    _change_plan(visit, row, steps.plan, at, origin)
    for worker_id in steps.unassign:
        visit.unassign(worker_id=worker_id, origin=origin)
    for worker_id in steps.assign:
        visit.assign(worker_id=worker_id, origin=origin)
    return steps


def import_visit(
    visit_id: VisitId, row: PlanRow, *, at: datetime, origin: str, tell: Callable[[Steps], None], act: Act
) -> Command:
    """The command that takes a row. `at` is now, `origin` names the file, `tell` hears what it came to.

    Client, unit and workers must be in the ledger; else the whole row is refused.
    """

    def decide(visit: Visit) -> None:
        tell(take_row(visit, row, at=at, origin=origin))

    of_unit = (unit_known(row.unit_id),) if row.unit_id else ()
    of_workers = [worker_known(worker_id) for worker_id in row.worker_ids or ()]
    return act.on(
        Visit,
        visit_id,
        decide,
        given=(*clients_known(row.client_ids), *of_unit, *of_workers),
        named=Named(
            client_ids=row.client_ids, worker_ids=row.worker_ids or (), unit_ids=(row.unit_id,) if row.unit_id else ()
        ),
    )


def missing_visits(
    visits: Iterable[VisitFacts], *, unit_id: UnitId, period: Period, in_file: Container[VisitId]
) -> list[PlannedVisit]:
    """The unit's visits planned to start in the period that a complete file does not hold, in order of time.

    One that is cancelled already is not missed, and one that somebody has registered on can no longer be called off.
    """
    plans = [
        visit.planned
        for visit in visits
        if visit.planned and not (visit.attendances or visit.services or visit.failures)
    ]
    missing = [
        plan
        for plan in plans
        if plan.cancelled_by is None
        and plan.unit_id == unit_id
        and period.starts_at <= plan.starts_at < period.ends_at
        and plan.visit_id not in in_file
    ]
    return sorted(missing, key=lambda plan: (plan.starts_at, plan.visit_id))


def _plan_change(row: PlanRow, history: VisitHistory) -> Change | None:
    plan, cancellation = history.plan, history.cancellation
    if plan is None:
        return Change.PLANNED
    is_other, is_moved = _is_other_visit(row, plan), _is_moved(row, plan)
    if cancellation is not None:
        comes_back = cancellation.cancelled_by is CancelledBy.PROVIDER or is_other or is_moved
        return Change.PLANNED if comes_back else Change.STAYS_CANCELLED
    if is_other:
        return Change.REPLANNED
    return Change.RESCHEDULED if is_moved else None


def _is_other_visit(row: PlanRow, plan: Plan) -> bool:
    return (
        set(plan.client_ids) != set(row.client_ids)
        or row.unit_id not in (None, plan.unit_id)
        or row.kind not in (None, plan.kind)
        or len(row.worker_ids or ()) > plan.workers_needed
    )


def _is_moved(row: PlanRow, plan: Plan) -> bool:
    return (row.starts_at, row.ends_at) != (plan.starts_at, plan.ends_at) or row.services not in (None, plan.services)


def _change_plan(visit: Visit, row: PlanRow, change: Change | None, at: datetime, origin: str) -> None:
    match change:
        case Change.PLANNED:
            _plan(visit, row, origin)
        case Change.REPLANNED:
            visit.cancel(cancelled_by=CancelledBy.PROVIDER, notice_given_at=at, origin=origin)
            _plan(visit, row, origin)
        case Change.RESCHEDULED:
            visit.reschedule(
                scheduled_start_at=row.starts_at,
                scheduled_end_at=row.ends_at,
                services=row.services or (),
                origin=origin,
            )
        case _:
            pass


def _plan(visit: Visit, row: PlanRow, origin: str) -> None:
    """Plan as the row says; what it does not say is taken over from a plan that stood before."""
    before = visit.history.plan
    kept = tuple(each for each in before.services if each.client_id in row.client_ids) if before else ()
    visit.plan(
        client_ids=row.client_ids,
        scheduled_start_at=row.starts_at,
        scheduled_end_at=row.ends_at,
        services=kept if row.services is None else row.services,
        unit_id=row.unit_id or UnitId(before.unit_id if before else ""),
        kind=row.kind or (before.kind if before else VisitKind.PLANNED),
        workers_needed=max(len(row.worker_ids or ()), before.workers_needed if before else 1),
        origin=origin,
    )
