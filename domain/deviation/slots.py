"""One client's service on one day: what is ordered, planned and performed, and what speaks for the difference."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date

import msgspec

from domain.apportion import apportion
from domain.context import Context
from domain.deviation.cause import Cause
from domain.deviation.fate import fate_of
from domain.deviation.grounds import Grounds
from domain.facts import PlannedVisit
from domain.ids import ClientId, ServiceCode, VisitId
from domain.local_time import local_day, local_day_bounds
from domain.month_minutes import Entry, Layer, Place
from domain.order.values import NeedDirection
from domain.rulebook.rulebook import Rulebook
from domain.values import VisitKind

Minutes = dict[Cause, int]


class Slot(msgspec.Struct):
    """The day's minutes of a place. `fates` are the planned ones that were not done, `beside` the performed ones that are
    of a kind for itself, each by cause."""

    ordered: int = 0
    planned: int = 0
    performed: int = 0
    fates: Minutes = {}
    beside: Minutes = {}


Slots = dict[tuple[Place, date], Slot]


class Days(msgspec.Struct, frozen=True):
    """Judges one client's days."""

    client_id: ClientId
    context: Context
    rulebook: Rulebook
    grounds: Grounds

    def slots(self, entries: Sequence[Entry], plans: Iterable[PlannedVisit]) -> Slots:
        """Lay the entries out by place and day."""
        found: Slots = {}
        by_id = {plan.visit_id: plan for plan in plans}
        done = _done(entries)
        ordered, performed, granted = Layer.ORDERED, Layer.PERFORMED, Layer.GRANTED
        for entry in entries:
            place, day, layer, minutes, visit_id, _ = entry
            if layer is granted:
                continue
            slot = found.get((place, day)) or found.setdefault((place, day), Slot())
            if layer is ordered:
                slot.ordered += minutes
            elif layer is performed:
                self._perform(slot, entry)
            elif visit_id is not None:
                slot.planned += minutes
                code = place.service_code
                lacking = minutes - done.get((visit_id, code), 0)
                if lacking > 0:
                    self._lack(slot, by_id[visit_id], code, lacking)
        _hand_on(found)
        return found

    def lacking(self, place: Place, day: date, slot: Slot) -> Minutes:
        """What speaks for less than is ordered."""
        short, code = slot.ordered - slot.performed, place.service_code
        if short <= 0 and not slot.fates:
            return {}
        if short > 0 and self.context.is_away_all_day(
            "client", self.client_id, local_day_bounds(day, self.rulebook.zone)
        ):
            return {Cause.CLIENT_ABSENT: short}
        found = _scaled(slot, short)
        rest = short - sum(found.values())
        if rest <= 0:
            return found
        if not slot.planned and day >= local_day(self.grounds.moment.at, self.rulebook.zone):
            found[Cause.AWAITED] = rest
        elif self.grounds.need_has_gone(NeedDirection.DECREASED, self.client_id, code, day):
            found[Cause.NEED_DECREASED] = rest
        elif 0 < slot.planned < slot.ordered and self._is_standard(code, day, slot):
            found[Cause.STANDARD_TIME_DIFFERS] = min(rest, slot.ordered - slot.planned)
        return found

    def beyond(self, place: Place, day: date, slot: Slot) -> Minutes:
        """What speaks for more than is ordered."""
        found, over, code = dict(slot.beside), slot.performed - slot.ordered, place.service_code
        if over > 0 and self.grounds.need_has_gone(NeedDirection.INCREASED, self.client_id, code, day):
            found[Cause.NEED_INCREASED] = over
        if 0 < slot.ordered < slot.planned and self._is_standard(code, day, slot):
            found[Cause.STANDARD_TIME_DIFFERS] = slot.planned - slot.ordered
        return found

    def _perform(self, slot: Slot, entry: Entry) -> None:
        slot.performed += entry.minutes
        if entry.kind in self.rulebook.on(entry.day).policies.alarm_kinds:
            _add(slot.beside, Cause.ALARM, entry.minutes)
        elif entry.visit_id in self.grounds.must_fix:
            _add(slot.beside, Cause.REGISTRATION_ERROR, entry.minutes)
        elif entry.kind is VisitKind.EXTRA:
            _add(slot.beside, Cause.EXTRA, entry.minutes)

    def _lack(self, slot: Slot, plan: PlannedVisit, code: ServiceCode | None, lacking: int) -> None:
        cause = fate_of(plan, self.client_id, code, grounds=self.grounds, context=self.context, rulebook=self.rulebook)
        if cause is not None:
            _add(slot.fates, cause, lacking)

    def _is_standard(self, code: ServiceCode | None, day: date, slot: Slot) -> bool:
        """Whether the order has the catalogue's standard time, once or several times a day."""
        defined = self.context.service(code, day) if code else None
        standard = defined.standard_minutes if defined else None
        return bool(standard) and slot.ordered % (standard or 1) == 0


def _done(entries: Iterable[Entry]) -> dict[tuple[VisitId | None, ServiceCode | None], int]:
    """The minutes of each visit and service, and under None those of the whole visit."""
    done: defaultdict[tuple[VisitId | None, ServiceCode | None], int] = defaultdict(int)
    performed = Layer.PERFORMED
    for place, _, layer, minutes, visit_id, _ in entries:
        if layer is performed:
            done[visit_id, place.service_code] += minutes
            if place.service_code:
                done[visit_id, None] += minutes
    return done


def _add(into: Minutes, cause: Cause, minutes: int) -> None:
    into[cause] = into.get(cause, 0) + minutes


def _hand_on(found: Slots) -> None:
    """Give what a plan without services lacks to the day's ordered services that lack it, in the order of their codes: a
    whole visit that was not made was to be all of them [A]."""
    whole = [(day, slot.fates) for (place, day), slot in found.items() if place.service_code is None and slot.fates]
    for day, fates in whole:
        named = [
            (place.service_code or "", slot) for (place, on), slot in found.items() if on == day and place.service_code
        ]
        for _, slot in sorted(named, key=lambda each: each[0]):
            for cause in list(fates):
                short = slot.ordered - slot.performed - sum(slot.fates.values())
                part = max(0, min(fates[cause], short))
                _add(slot.fates, cause, part)
                fates[cause] -= part


def _scaled(slot: Slot, short: int) -> Minutes:
    """The fates. Where nothing of the day's plan was done they stand for all that was ordered of it, whatever the plan's
    own minutes [A]."""
    fates = dict(slot.fates)
    if short > 0 and not slot.performed and sum(fates.values()) == slot.planned > 0:
        return dict(zip(fates, apportion(short, list(fates.values())), strict=True))
    return fates
