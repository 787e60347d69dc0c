"""What is remembered of a worker, evolved from its events. No sealed field is among it."""

from datetime import date
from typing import assert_never

import msgspec

from domain.absence import Away, returned
from domain.ids import ServiceCode, WorkerId
from domain.membership import Belonging, joined, left
from domain.timeline import DaySpan
from domain.worker.events import (
    WorkerAbsent,
    WorkerDelegationRevoked,
    WorkerEvent,
    WorkerFieldFact,
    WorkerHealthTaskDelegated,
    WorkerIndirectTimeRecorded,
    WorkerLentToUnit,
    WorkerLicensedTitleRecorded,
    WorkerRegistered,
    WorkerReturned,
    WorkerShiftChanged,
    WorkerShiftEnded,
    WorkerShiftScheduled,
    WorkerShiftStarted,
    WorkerUnitJoined,
    WorkerUnitLeft,
)
from domain.worker.shifts import IndirectSpell, WorkedShift, ended, scheduled, spell, started
from domain.worker.values import LicensedTitle


class HeldDelegation(msgspec.Struct, frozen=True, array_like=True):
    """That the worker may do a health task over some days."""

    service_code: ServiceCode
    days: DaySpan
    delegated_by: WorkerId


class HeldTitle(msgspec.Struct, frozen=True, array_like=True):
    """A licensed title, from a day on."""

    title: LicensedTitle
    from_on: date


class WorkerHistory(msgspec.Struct, array_like=True):
    """What is remembered of a worker: small enough to store whole beside a read model."""

    registered_on: date | None = None
    units: tuple[Belonging, ...] = ()
    loans: tuple[Belonging, ...] = ()
    absences: tuple[Away, ...] = ()
    shifts: dict[str, WorkedShift] = msgspec.field(default_factory=dict)
    indirect: dict[str, IndirectSpell] = msgspec.field(default_factory=dict)
    delegations: tuple[HeldDelegation, ...] = ()
    titles: tuple[HeldTitle, ...] = ()


def evolve(history: WorkerHistory, event: WorkerEvent) -> None:
    """Take one event into the history. Never refuses: it already happened."""
    match event:
        case WorkerRegistered(registered_on=registered_on):
            history.registered_on = registered_on
        case WorkerUnitJoined(unit_id=unit_id, on=on):
            history.units = joined(history.units, unit_id, on)
        case WorkerUnitLeft(unit_id=unit_id, on=on):
            history.units = left(history.units, unit_id, on)
        case WorkerLentToUnit(unit_id=unit_id, from_on=from_on, until_on=until_on):
            history.loans = joined(history.loans, unit_id, from_on, until_on)
        case WorkerAbsent():
            history.absences = (*history.absences, Away(event.kind, event.from_at, event.until_at))
        case WorkerReturned(at=at):
            history.absences = returned(history.absences, at)
        case WorkerShiftScheduled() | WorkerShiftChanged():
            history.shifts[event.shift_id] = scheduled(history.shifts.get(event.shift_id), event)
        case WorkerShiftStarted() | WorkerShiftEnded() | WorkerIndirectTimeRecorded():
            _evolve_field(history, event)
        case WorkerHealthTaskDelegated():
            held = HeldDelegation(event.service_code, DaySpan(event.from_on, event.until_on), event.delegated_by)
            history.delegations = (*history.delegations, held)
        case WorkerDelegationRevoked(service_code=service_code, on=on):
            history.delegations = tuple(_revoked(held, service_code, on) for held in history.delegations)
        case WorkerLicensedTitleRecorded(title=title, from_on=from_on):
            others = (held for held in history.titles if held.title != title)
            history.titles = (*others, HeldTitle(title, from_on))
        case _:
            assert_never(event)


def revocable(held: HeldDelegation, service_code: ServiceCode, on: date) -> bool:
    """Whether revoking the service from that day on ends this delegation."""
    return held.service_code == service_code and held.days.holds_on(on)


def _revoked(held: HeldDelegation, service_code: ServiceCode, on: date) -> HeldDelegation:
    if not revocable(held, service_code, on):
        return held
    return msgspec.structs.replace(held, days=DaySpan(held.days.from_on, on))


def _evolve_field(history: WorkerHistory, event: WorkerFieldFact) -> None:
    match event:
        case WorkerShiftStarted(shift_id=shift_id):
            history.shifts[shift_id] = started(history.shifts.get(shift_id), event)
        case WorkerShiftEnded(shift_id=shift_id):
            history.shifts[shift_id] = ended(history.shifts.get(shift_id), event)
        case WorkerIndirectTimeRecorded():
            fact_id, recorded = spell(event)
            history.indirect[fact_id] = recorded
        case _:
            assert_never(event)
