"""What the office does with what has been registered: corrections, a lost phone, approvals each week and after the month."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from datetime import date

from api.demo.approvals import approvals
from api.demo.chance import Chance, drawn
from api.demo.deliveries import Afterwork, OfficeView
from api.demo.field import Field
from api.demo.mistakes import Mistake, corrections
from api.demo.scope import APPROVING_DAYS
from api.demo.units import DemoUnit
from api.demo.wall_time import ONE_DAY, TUESDAY, days, instant, working_day_after
from domain.command import Command
from domain.device.values import RevocationReason
from domain.ids import VisitId
from domain.office.act import Act
from domain.office.devices import revoke_device

CORRECTED_AFTER = ((1, 6), (2, 3), (3, 1))
"""Working days until a correction is made, by weight. It is made in the afternoon, when all syncs of the night are in."""
CORRECTED_MINUTE = 15 * 60
APPROVED_MINUTE = 9 * 60
WEEK = 7 * ONE_DAY
ADMIN = Act(actor="admin/systemforvaltare")


class Afterworks:
    """Lays the office's work with registrations into its days."""

    def __init__(self, field: Field, chance: Chance) -> None:
        self._field, self._chance = field, chance
        self._scope, self._units = field.municipality.scope, field.municipality.units
        self._filed = self._revoked = 0
        self._due: defaultdict[date, list[tuple[DemoUnit, Mistake]]] = defaultdict(list)

    def of(self, day: date) -> Iterator[Afterwork]:
        """What is done on a day, once its shifts and all before have been told."""
        self._file()
        yield from self._revocations()
        yield from self._corrections(day)
        if day.weekday() == TUESDAY:
            monday = day - ONE_DAY
            for number, unit in enumerate(self._units):
                yield self._approval(unit, monday - WEEK, monday, day, 20 * number, is_last=False)

    def at_the_end(self) -> Iterator[Afterwork]:
        """The month is approved on the first three working days of the next: a group a day, and the rest on the third."""
        for day in sorted(self._due):
            yield from self._corrections(day)
        last_on = self._scope.until_on - ONE_DAY
        for number, unit in enumerate(self._units):
            on = working_day_after(last_on, min(number + 1, APPROVING_DAYS))
            yield self._approval(unit, self._scope.first_on, self._scope.until_on, on, 20 * number, is_last=True)

    def _file(self) -> None:
        """Lay what was found out since to the day on which somebody gets to it."""
        found = self._field.found.mistakes
        for unit, on, mistake in found[self._filed :]:
            chance = self._chance.of("correction", mistake.visit_id, mistake.worker_id)
            self._due[working_day_after(on, drawn(chance, CORRECTED_AFTER))].append((unit, mistake))
        self._filed = len(found)

    def _corrections(self, day: date) -> Iterator[Afterwork]:
        due = self._due.pop(day, [])
        for number, unit in enumerate(self._units):
            mistakes = [mistake for its_unit, mistake in due if its_unit == unit]
            if mistakes:
                decide = corrections(mistakes, unit.coordinator)
                yield Afterwork(decide=decide, at=instant(day, CORRECTED_MINUTE + 15 * number))

    def _revocations(self) -> Iterator[Afterwork]:
        lost = self._field.found.lost_phones
        for on, device_id in lost[self._revoked :]:
            command = revoke_device(device_id, reason=RevocationReason.LOST, act=ADMIN)
            at = instant(working_day_after(on, 1), APPROVED_MINUTE - 30)
            yield Afterwork(decide=_without_looking(command), at=at)
        self._revoked = len(lost)

    def _approval(
        self, unit: DemoUnit, from_on: date, until_on: date, on: date, minute: int, *, is_last: bool
    ) -> Afterwork:
        visits = [visit_id for day in days(from_on, until_on) for visit_id in self._visits(unit, day)]
        decide = approvals(visits, unit, self._chance, is_last=is_last)
        return Afterwork(decide=decide, at=instant(on, APPROVED_MINUTE + minute))

    def _visits(self, unit: DemoUnit, day: date) -> list[VisitId]:
        return self._field.found.visits.get((unit.unit_id, day), [])


def _without_looking(command: Command) -> Callable[[OfficeView], Sequence[Command]]:
    return lambda _: (command,)
