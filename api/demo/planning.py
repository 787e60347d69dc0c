"""The planner's decisions as commands: plan a day, hand a visit to somebody else, move it, call it off."""

from collections.abc import Iterator
from datetime import datetime

from api.demo.people import DemoWorker
from api.demo.rota import Duty
from api.demo.routes import DayPlan, Stop
from domain.command import Command
from domain.office.act import Act
from domain.office.visits import assign_worker, cancel_visit, plan_visit, reschedule_visit, unassign_worker
from domain.office.workers import schedule_shift
from domain.values import CancelledBy, ReasonCode


def planned(plan: DayPlan) -> Iterator[Command]:
    """Every shift of a day, then every visit with its workers."""
    yield from (scheduled(route.duty) for route in plan.routes)
    for stop in plan.stops():
        yield plan_visit(
            stop.visit_id,
            client_ids=tuple(client.client_id for client in stop.asked.clients),
            scheduled_start_at=stop.starts_at,
            scheduled_end_at=stop.ends_at,
            services=stop.asked.services,
            unit_id=stop.asked.clients[0].unit.unit_id,
            kind=stop.asked.kind,
            workers_needed=len(stop.worker_ids),
            act=_planner(stop),
        )
        for worker_id in stop.worker_ids:
            yield assign_worker(stop.visit_id, worker_id=worker_id, act=_planner(stop))


def scheduled(duty: Duty) -> Command:
    """One shift."""
    return schedule_shift(
        duty.worker.worker_id,
        shift_id=duty.shift_id,
        unit_id=duty.unit.unit_id,
        scheduled_start_at=duty.starts_at,
        scheduled_end_at=duty.ends_at,
        act=Act(actor=duty.unit.coordinator),
    )


def moved(stop: Stop) -> Command:
    """The client asked for another time."""
    return reschedule_visit(
        stop.visit_id,
        scheduled_start_at=stop.starts_at,
        scheduled_end_at=stop.ends_at,
        reason_codes=(ReasonCode.CLIENT_CHANGED_OR_CANCELLED,),
        act=_planner(stop),
    )


def cancelled(stop: Stop, by: CancelledBy, notice_given_at: datetime) -> Command:
    """The visit is not to happen."""
    by_provider = by is CancelledBy.PROVIDER
    return cancel_visit(
        stop.visit_id,
        cancelled_by=by,
        notice_given_at=notice_given_at,
        reason_codes=(ReasonCode.NO_REPLACEMENT if by_provider else ReasonCode.CLIENT_CHANGED_OR_CANCELLED,),
        act=_planner(stop),
    )


def handed_over(stop: Stop, ill: DemoWorker, instead: DemoWorker) -> Iterator[Command]:
    """Somebody else makes it."""
    yield taken_from(stop, ill)
    yield assign_worker(stop.visit_id, worker_id=instead.worker_id, act=_planner(stop))


def taken_from(stop: Stop, ill: DemoWorker) -> Command:
    """The worker cannot make it."""
    return unassign_worker(
        stop.visit_id, worker_id=ill.worker_id, reason_codes=(ReasonCode.STAFF_ABSENCE,), act=_planner(stop)
    )


def _planner(stop: Stop) -> Act:
    return Act(actor=stop.asked.clients[0].unit.coordinator)
