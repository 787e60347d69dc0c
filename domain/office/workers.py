"""What the office decides about workers. Each function gives the command; nothing has happened until the writer decides it."""

from collections.abc import Callable, Iterable
from datetime import date, datetime

from domain.command import Command
from domain.ids import ServiceCode, UnitId, WorkerId
from domain.office.act import Act, AnyGiven
from domain.office.errors import NotLicensedToDelegateError
from domain.office.known import unit_known
from domain.office.titles import title_held
from domain.office.within import NOBODY_ELSE, Named
from domain.worker.aggregate import Worker
from domain.worker.errors import WorkerUnknownError
from domain.worker.values import LicensedTitle, WorkerAbsenceKind

DELEGATING_TITLES = frozenset(
    {LicensedTitle.NURSE, LicensedTitle.OCCUPATIONAL_THERAPIST, LicensedTitle.PHYSIOTHERAPIST}
)
"""[A] An assistant nurse's title is protected but is no licence to delegate."""


def register_worker(
    worker_id: WorkerId,
    *,
    registered_on: date,
    name: str | None = None,
    employee_number: str | None = None,
    title: str = "",
    act: Act,
) -> Command:
    """Take a worker into the ledger, who may have registered visits before."""

    def decide(worker: Worker) -> None:
        worker.enrol(registered_on=registered_on, name=name, employee_number=employee_number, title=title)

    return act.on(Worker, worker_id, decide)


def join_unit(worker_id: WorkerId, *, unit_id: UnitId, on: date, act: Act) -> Command:
    """Let a unit that is open employ the worker from a day on."""
    return _change(
        worker_id,
        lambda worker: worker.join_unit(unit_id=unit_id, on=on),
        act,
        given=(unit_known(unit_id),),
        named=Named(unit_ids=(unit_id,)),
    )


def leave_unit(worker_id: WorkerId, *, unit_id: UnitId, on: date, act: Act) -> Command:
    """Let it no longer, from a day on."""
    return _change(worker_id, lambda worker: worker.leave_unit(unit_id=unit_id, on=on), act)


def lend_to_unit(worker_id: WorkerId, *, unit_id: UnitId, from_on: date, until_on: date, act: Act) -> Command:
    """Lend the worker to another unit that is open, whoever's: to give is the giver's decision."""

    def decide(worker: Worker) -> None:
        worker.lend_to_unit(unit_id=unit_id, from_on=from_on, until_on=until_on)

    return _change(worker_id, decide, act, given=(unit_known(unit_id),))


def record_worker_absence(
    worker_id: WorkerId, *, kind: WorkerAbsenceKind, from_at: datetime, until_at: datetime | None = None, act: Act
) -> Command:
    """Record that the worker is away."""
    return _change(worker_id, lambda worker: worker.record_absence(kind=kind, from_at=from_at, until_at=until_at), act)


def record_worker_return(worker_id: WorkerId, *, at: datetime, act: Act) -> Command:
    """Record that the worker is back."""
    return _change(worker_id, lambda worker: worker.record_return(at=at), act)


def schedule_shift(
    worker_id: WorkerId,
    *,
    shift_id: str,
    unit_id: UnitId,
    scheduled_start_at: datetime,
    scheduled_end_at: datetime,
    act: Act,
) -> Command:
    """Plan a shift, worked for a unit that is open."""

    def decide(worker: Worker) -> None:
        worker.schedule_shift(
            shift_id=shift_id,
            unit_id=unit_id,
            scheduled_start_at=scheduled_start_at,
            scheduled_end_at=scheduled_end_at,
        )

    return _change(worker_id, decide, act, given=(unit_known(unit_id),), named=Named(unit_ids=(unit_id,)))


def change_shift(
    worker_id: WorkerId,
    *,
    shift_id: str,
    unit_id: UnitId,
    scheduled_start_at: datetime,
    scheduled_end_at: datetime,
    act: Act,
) -> Command:
    """Give a scheduled shift other times, or another unit that is open."""

    def decide(worker: Worker) -> None:
        worker.change_shift(
            shift_id=shift_id,
            unit_id=unit_id,
            scheduled_start_at=scheduled_start_at,
            scheduled_end_at=scheduled_end_at,
        )

    return _change(worker_id, decide, act, given=(unit_known(unit_id),), named=Named(unit_ids=(unit_id,)))


def delegate_health_task(
    worker_id: WorkerId,
    *,
    service_code: ServiceCode,
    from_on: date,
    until_on: date | None = None,
    delegated_by: WorkerId,
    act: Act,
) -> Command:
    """Let the worker do a health task, on the word of a licensed professional."""

    def decide(worker: Worker) -> None:
        worker.delegate_health_task(
            service_code=service_code, from_on=from_on, until_on=until_on, delegated_by=delegated_by
        )

    licensed = title_held(delegated_by, DELEGATING_TITLES, from_on, otherwise=NotLicensedToDelegateError)
    return _change(worker_id, decide, act, given=(licensed,))


def revoke_delegation(worker_id: WorkerId, *, service_code: ServiceCode, on: date, act: Act) -> Command:
    """Let a delegation no longer hold from a day on."""
    return _change(worker_id, lambda worker: worker.revoke_delegation(service_code=service_code, on=on), act)


def record_licensed_title(worker_id: WorkerId, *, title: LicensedTitle, from_on: date, act: Act) -> Command:
    """Record a title that the worker holds by licence."""
    return _change(worker_id, lambda worker: worker.record_licensed_title(title=title, from_on=from_on), act)


def _change(
    worker_id: WorkerId,
    decide: Callable[[Worker], None],
    act: Act,
    *,
    given: Iterable[AnyGiven] = (),
    named: Named = NOBODY_ELSE,
) -> Command:
    return act.on(Worker, worker_id, decide, given=given, unknown=WorkerUnknownError, named=named)
