"""What the office decides about supervision. Each function gives the command."""

from collections.abc import Sequence
from datetime import date

from domain.command import Command
from domain.ids import UnitId, WorkerId
from domain.office.act import Act
from domain.office.known import unit_known, worker_known
from domain.office.within import Named
from domain.supervision.aggregate import Supervision
from domain.supervision.errors import SupervisionUnknownError
from domain.supervision.values import SupervisionCancelReason
from domain.values import ReasonCode


def hold(
    occasion_id: str,
    *,
    unit_id: UnitId,
    on: date,
    worker_ids: Sequence[WorkerId],
    minutes: int,
    supervisor_id: WorkerId,
    act: Act,
) -> Command:
    """Register a session of an open unit with registered workers. Who may supervise is the municipality's to say [A], and
    comes from wherever."""

    def decide(supervision: Supervision) -> None:
        supervision.hold(unit_id=unit_id, on=on, worker_ids=worker_ids, minutes=minutes, supervisor_id=supervisor_id)

    people = (worker_known(worker_id) for worker_id in dict.fromkeys((*worker_ids, supervisor_id)))
    named = Named(unit_ids=(unit_id,), worker_ids=tuple(worker_ids))
    return act.on(Supervision, occasion_id, decide, given=(unit_known(unit_id), *people), named=named)


def cancel(occasion_id: str, *, unit_id: UnitId, on: date, reason: SupervisionCancelReason, act: Act) -> Command:
    """Register that a session of an open unit did not take place."""

    def decide(supervision: Supervision) -> None:
        supervision.cancel(unit_id=unit_id, on=on, reason=reason)

    return act.on(Supervision, occasion_id, decide, given=(unit_known(unit_id),), named=Named(unit_ids=(unit_id,)))


def plan_team_meeting(occasion_id: str, *, unit_id: UnitId, on: date, act: Act) -> Command:
    """Register a team meeting of an open unit."""

    def decide(supervision: Supervision) -> None:
        supervision.plan_team_meeting(unit_id=unit_id, on=on)

    return act.on(Supervision, occasion_id, decide, given=(unit_known(unit_id),), named=Named(unit_ids=(unit_id,)))


def withdraw(occasion_id: str, *, reason_codes: tuple[ReasonCode, ...], act: Act) -> Command:
    """Take back what was said of an occasion."""
    return act.on(
        Supervision,
        occasion_id,
        lambda supervision: supervision.withdraw(reason_codes=reason_codes),
        unknown=SupervisionUnknownError,
    )
