"""From a worker's history to the facts that reports are computed from. Pure."""

from domain.absence import absence_facts
from domain.evidence import Delegation
from domain.facts import Absence, IndirectTime, Membership, Person, Shift
from domain.ids import WorkerId
from domain.membership import membership_facts
from domain.standing import TitleHeld
from domain.worker.history import HeldDelegation, WorkerHistory
from domain.worker.shifts import WorkedShift

WorkerFact = Person | Membership | Absence | Shift | IndirectTime | Delegation | TitleHeld


def worker_facts(worker_id: WorkerId, history: WorkerHistory) -> tuple[WorkerFact, ...]:
    """Everything believed of the worker now. The person only once registered; what phones said in any case."""
    return (
        *_person(worker_id, history),
        *membership_facts("worker_unit", worker_id, history.units),
        *membership_facts("lent", worker_id, history.loans),
        *absence_facts("worker", worker_id, history.absences),
        *(_shift(worker_id, shift_id, shift) for shift_id, shift in history.shifts.items()),
        *_indirect(worker_id, history),
        *(_delegation(worker_id, held) for held in history.delegations if not held.days.is_empty),
        *(TitleHeld(worker_id=worker_id, title=str(held.title), from_on=held.from_on) for held in history.titles),
    )


def _person(worker_id: WorkerId, history: WorkerHistory) -> tuple[Person, ...]:
    if history.registered_on is None:
        return ()
    return (Person(kind="worker", person_id=worker_id, registered_on=history.registered_on),)


def _shift(worker_id: WorkerId, shift_id: str, shift: WorkedShift) -> Shift:
    schedule, start, end = shift.schedule, shift.start, shift.end
    return Shift(
        worker_id=worker_id,
        shift_id=shift_id,
        unit_id=shift.unit_id,
        scheduled_start_at=schedule.starts_at if schedule else None,
        scheduled_end_at=schedule.ends_at if schedule else None,
        started_at=start.at if start else None,
        ended_at=end.at if end else None,
        break_minutes=end.break_minutes if end else 0,
        paid_minutes=end.paid_minutes if end else None,
        closed_through_seq=end.closed_through_seq if end else None,
    )


def _indirect(worker_id: WorkerId, history: WorkerHistory) -> tuple[IndirectTime, ...]:
    return tuple(
        IndirectTime(
            worker_id=worker_id, fact_id=fact_id, kind=spell.kind, starts_at=spell.starts_at, minutes=spell.minutes
        )
        for fact_id, spell in history.indirect.items()
    )


def _delegation(worker_id: WorkerId, held: HeldDelegation) -> Delegation:
    return Delegation(
        worker_id=worker_id,
        service_code=held.service_code,
        from_on=held.days.from_on,
        until_on=held.days.until_on,
        delegated_by=held.delegated_by,
    )
