"""Who works when: rolling patterns for day and evening, one worker a night in each group."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum

from api.demo.chance import Chance
from api.demo.people import DemoWorker, Municipality
from api.demo.stories import Loan
from api.demo.units import DemoUnit
from api.demo.wall_time import FRIDAY, instant

PATTERN = "DDDD--DDEE--E-"
"""Two weeks of one worker: nine shifts, and never a day shift on the morning after an evening."""
STRIDE = 5
"""How far the pattern is moved from one worker to the next, so that every day has its share of each shift."""
NIGHTS_IN_A_ROW = 2
WEEKEND_RELEASE = 5
"""At weekends every fifth day shift is free: fewer services, more clients for each worker ([S:SENIOR])."""


class ShiftKind(Enum):
    """A kind of shift: its letter in the pattern, and the local minutes that it starts and ends at."""

    DAY = ("D", 7 * 60, 15 * 60 + 30)
    EVENING = ("E", 14 * 60 + 30, 22 * 60)
    NIGHT = ("N", 21 * 60 + 30, 31 * 60)

    def __init__(self, letter: str, starts: int, ends: int) -> None:
        self.letter, self.starts, self.ends = letter, starts, ends


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty:
    """One shift of one worker, for the unit that needs it. A night belongs to the day it begins on."""

    shift_id: str
    worker: DemoWorker
    unit: DemoUnit
    kind: ShiftKind
    day: date

    @property
    def starts_at(self) -> datetime:
        """When it is to start."""
        return instant(self.day, self.kind.starts)

    @property
    def ends_at(self) -> datetime:
        """When it is to end."""
        return instant(self.day, self.kind.ends)


class Rota:
    """Answers who is on duty on a day, and who is free."""

    def __init__(self, municipality: Municipality, chance: Chance) -> None:
        self._workers = municipality.workers
        self._loans = {loan.worker_id: loan for loan in municipality.loans}
        self._chance = chance

    def duties(self, unit: DemoUnit, day: date) -> list[Duty]:
        """All shifts worked for a unit on a day, by kind; each kind has at least one."""
        found: dict[ShiftKind, list[DemoWorker]] = {kind: [] for kind in ShiftKind}
        for worker in self._workers:
            kind = self._kind(worker, day)
            if kind and self._unit(worker, day) == unit:
                found[kind].append(worker)
        for kind in (ShiftKind.DAY, ShiftKind.EVENING):
            if not found[kind]:
                found[kind] = [self._stand_in(unit, day, found)]
        return [self.duty(worker, unit, kind, day) for kind, workers in found.items() for worker in workers]

    def duty(self, worker: DemoWorker, unit: DemoUnit, kind: ShiftKind, day: date) -> Duty:
        """One worker's shift."""
        shift_id = self._chance.id_of("shift", worker.worker_id, day)
        return Duty(shift_id=shift_id, worker=worker, unit=unit, kind=kind, day=day)

    def free(self, unit: DemoUnit, day: date) -> Iterator[DemoWorker]:
        """Day workers of the unit who neither work nor are lent to others that day."""
        for worker in self._workers:
            is_idle = self._kind(worker, day) is None and self._loan(worker, day) is None
            if worker.unit == unit and not worker.is_night and is_idle:
                yield worker

    def _kind(self, worker: DemoWorker, day: date) -> ShiftKind | None:
        turn = day.toordinal()
        if worker.is_night:
            return ShiftKind.NIGHT if turn // NIGHTS_IN_A_ROW % 3 == worker.number else None
        letter = PATTERN[(turn + STRIDE * worker.number) % len(PATTERN)]
        at_weekend = day.weekday() > FRIDAY
        if letter == "D" and at_weekend and (worker.number + turn // 7) % WEEKEND_RELEASE == 0:
            return None
        return next((kind for kind in ShiftKind if kind.letter == letter), None)

    def _unit(self, worker: DemoWorker, day: date) -> DemoUnit:
        loan = self._loan(worker, day)
        return loan.unit if loan else worker.unit

    def _loan(self, worker: DemoWorker, day: date) -> Loan | None:
        loan = self._loans.get(worker.worker_id)
        return loan if loan and loan.from_on <= day < loan.until_on else None

    def _stand_in(self, unit: DemoUnit, day: date, found: dict[ShiftKind, list[DemoWorker]]) -> DemoWorker:
        """In a small group a pattern may leave a shift empty: somebody free takes it, or one of another shift moves."""
        taken = {worker.worker_id for workers in found.values() for worker in workers}
        free = next((worker for worker in self.free(unit, day) if worker.worker_id not in taken), None)
        return free or max(found.values(), key=len).pop()
