"""What is remembered of a worker's time: shifts as scheduled and as worked, and time that was not at a client.

Facts about one shift may come in any order and more than once, from two phones: the earliest start and the latest end
count, whichever was heard of first.
"""

from datetime import datetime

import msgspec

from domain.field import fact_id_of
from domain.ids import FactId, UnitId
from domain.worker.events import (
    WorkerIndirectTimeRecorded,
    WorkerShiftChanged,
    WorkerShiftEnded,
    WorkerShiftScheduled,
    WorkerShiftStarted,
)


class Schedule(msgspec.Struct, frozen=True, array_like=True):
    """A shift as the office intends it."""

    unit_id: UnitId
    starts_at: datetime
    ends_at: datetime


class Start(msgspec.Struct, frozen=True, array_like=True, order=True):
    """That the worker began. Ordered by time, then by fact."""

    at: datetime
    fact_id: FactId
    unit_id: UnitId


class End(msgspec.Struct, frozen=True, array_like=True):
    """That the worker ended, with what the phone said of the shift."""

    at: datetime
    fact_id: FactId
    break_minutes: int
    paid_minutes: int | None
    closed_through_seq: int | None


class WorkedShift(msgspec.Struct, frozen=True, array_like=True):
    """A shift, as far as it is known."""

    schedule: Schedule | None = None
    start: Start | None = None
    end: End | None = None

    @property
    def unit_id(self) -> UnitId:
        """For which unit: the schedule's, or what the phone said."""
        if self.schedule is not None:
            return self.schedule.unit_id
        return self.start.unit_id if self.start else UnitId("")


class IndirectSpell(msgspec.Struct, frozen=True, array_like=True):
    """Time that was not at a client."""

    kind: str
    starts_at: datetime
    minutes: int


def scheduled(shift: WorkedShift | None, event: WorkerShiftScheduled | WorkerShiftChanged) -> WorkedShift:
    """The shift with its schedule, as it is now."""
    schedule = Schedule(event.unit_id, event.scheduled_start_at, event.scheduled_end_at)
    return msgspec.structs.replace(shift or WorkedShift(), schedule=schedule)


def started(shift: WorkedShift | None, event: WorkerShiftStarted) -> WorkedShift:
    """The shift with a start told of: the earliest one counts."""
    known = shift or WorkedShift()
    start = Start(event.occurred_at, fact_id_of(event), event.unit_id)
    return msgspec.structs.replace(known, start=min(start, known.start or start))


def ended(shift: WorkedShift | None, event: WorkerShiftEnded) -> WorkedShift:
    """The shift with an end told of: the latest one counts, with all that it says."""
    known = shift or WorkedShift()
    end = End(event.occurred_at, fact_id_of(event), event.break_minutes, event.paid_minutes, event.closed_through_seq)
    return msgspec.structs.replace(known, end=max(end, known.end or end, key=lambda told: (told.at, told.fact_id)))


def spell(event: WorkerIndirectTimeRecorded) -> tuple[FactId, IndirectSpell]:
    """The time told of, under its fact's id."""
    return fact_id_of(event), IndirectSpell(event.kind, event.starts_at, event.minutes)
