"""One shift as it happens: the worker goes from home to home, and the phone is told of it."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from random import Random

from api.demo.attended import Attended
from api.demo.attending import attend_callout, attend_planned
from api.demo.callouts import Callout
from api.demo.chance import happens
from api.demo.deliveries import Sync
from api.demo.field import Field
from api.demo.phone import Json, Phone
from api.demo.places import Point, travel_minutes
from api.demo.rota import Duty, ShiftKind
from api.demo.routes import Stop
from api.demo.wall_time import ONE_DAY, instant

DEFERRED = timedelta(minutes=9)
"""The app saves power: what is registered on leaving goes out with the next arrival, if that comes so soon."""
HURRIED_PACE = 0.8
"""[A] How much shorter visits become for those who take over the route of somebody absent."""
BLACKOUT_SHARE = 0.025
"""[A] Shifts whose last part is sent the next day: 0.5 % of all facts (rules.md 12)."""
BLACKOUT_FROM = 0.78
LEFT_IN_BAG_SHARE = 0.25
"""[A] Of those, phones that nobody switches on again before the next shift, which may be days later."""
NEXT_DAY_MINUTE = {ShiftKind.DAY: 24 * 60 + 6 * 60 + 30, ShiftKind.EVENING: 34 * 60, ShiftKind.NIGHT: 38 * 60}
"""When the phone is next where there is coverage: local minutes from the day the shift began."""
REBOOT_SHARE = 0.0015
"""[A] Visits after which the phone starts anew."""
TROUBLE_AT = 1
"""Which visit of the shift: the second."""
BREAK_MINUTES = 30
MEETING_WEEKDAY, MEETING_BEFORE, MEETING_MINUTES = 2, 8, 45
"""The workplace meeting: the first Wednesday of a month, for those on day shift."""


class ShiftWork:
    """One worker's shift, from signing in to the last sync."""

    def __init__(self, duty: Duty, field: Field, *, is_hurried: bool) -> None:
        self._duty, self._field = duty, field
        self._worker = duty.worker
        self._chance: Random = field.chance.of("shift", duty.shift_id)
        self._phone: Phone = field.phone_of(self._worker)
        self._pace = HURRIED_PACE if is_hurried else 1.0
        self._now = duty.starts_at - timedelta(seconds=self._chance.randint(60, 480))
        self._at: Point | None = None
        self._travelled = 0
        self._unsent_since: datetime | None = None
        length = duty.ends_at - duty.starts_at
        blacks_out = happens(self._chance, BLACKOUT_SHARE)
        self._dark_from = duty.starts_at + length * (BLACKOUT_FROM if blacks_out else 2)

    def deliveries(self, agenda: Sequence[Stop | Callout]) -> Iterator[Sync]:
        """Work through the agenda, which is in order of time."""
        self._phone.sign_in(self._worker, self._now)
        started: dict[str, Json] = {"shift_id": self._duty.shift_id, "unit_id": self._duty.unit.unit_id}
        self._phone.record(self._now, "shift_started", started)
        yield from self._phone.sync(self._now)
        self._now = max(self._now, self._duty.starts_at) + timedelta(minutes=6)
        for number, item in enumerate(agenda):
            yield from self._go_to(item, number)
            if happens(self._chance, REBOOT_SHARE):
                self._phone.reboot(self._now)
        yield from self._end()

    def _go_to(self, item: Stop | Callout, number: int) -> Iterator[Sync]:
        chance = self._field.chance.of("stay", item.visit_id, self._worker.worker_id)
        stay = self._stay(item, chance)
        yield from self._send_deferred(stay.arrived_at)
        is_lit = stay.arrived_at < self._dark_from
        covered = is_lit and self._field.is_covered(stay.clients[0], item.visit_id, self._worker.worker_id)
        yield from self._arrive(stay, chance, covered=covered, trouble_may_come=number == TROUBLE_AT)
        stay.register_departure(self._phone, chance)
        self._now, self._unsent_since = stay.registered_until, stay.registered_until if covered else None
        self._field.found.note(stay, chance, heard_soon=stay.registered_until < self._dark_from)

    def _arrive(self, stay: Attended, chance: Random, *, covered: bool, trouble_may_come: bool) -> Iterator[Sync]:
        """Check in, and send it; once in the month a clock is set right with the arrival unsent, and once a phone is lost."""
        stay.register_arrival(self._phone, chance)
        if trouble_may_come and self._field.sets_clock_right(self._worker, self._duty.day):
            self._phone.set_right()
        elif covered:
            yield from self._phone.sync(stay.arrived_at + timedelta(seconds=chance.randint(2, 9)))
            if trouble_may_come and self._field.loses_phone(self._worker, self._duty.day):
                self._take_spare(stay)

    def _stay(self, item: Stop | Callout, chance: Random) -> Attended:
        home = item.client.home if isinstance(item, Callout) else item.asked.home
        travel = travel_minutes(self._at, home.at) if self._at else 0
        self._travelled, self._at = self._travelled + travel, home.at
        ready = self._now + timedelta(minutes=travel)
        if isinstance(item, Callout):
            return attend_callout(item, self._duty, ready, self._field, chance)
        return attend_planned(item, self._duty, ready, self._field, chance, hurry=self._pace)

    def _send_deferred(self, arrives_at: datetime) -> Iterator[Sync]:
        """Send what was registered on leaving the last home, unless the next arrival soon takes it along."""
        since, self._unsent_since = self._unsent_since, None
        if since is not None and arrives_at - since > DEFERRED and since < self._dark_from:
            yield from self._phone.sync(since + timedelta(seconds=25))

    def _take_spare(self, stay: Attended) -> None:
        """The phone is gone, with all it had not sent. The one from the drawer knows nothing of the arrival."""
        self._field.found.lost_phones.append((self._duty.day, self._phone.device_id))
        self._field.found.name("phone_lost", stay.visit_id)
        self._phone = self._field.spare_phone(self._duty.unit)
        self._phone.sign_in(self._worker, stay.arrived_at + timedelta(minutes=1))
        stay.same_phone = False

    def _end(self) -> Iterator[Sync]:
        yield from self._send_deferred(self._now + ONE_DAY)
        ends_at = max(self._now, self._duty.ends_at) + timedelta(minutes=self._chance.randint(5, 14))
        self._indirect(ends_at, "travel", self._travelled)
        self._indirect(ends_at, "documentation", self._chance.randint(8, 25))
        if self._has_meeting():
            self._indirect(ends_at, "meeting", MEETING_MINUTES)
        self._sign_out(ends_at)
        last_sync_at = ends_at + timedelta(seconds=40)
        if last_sync_at < self._dark_from:
            yield from self._phone.sync(last_sync_at)
        elif not happens(self._chance, LEFT_IN_BAG_SHARE):
            yield from self._phone.sync(instant(self._duty.day, NEXT_DAY_MINUTE[self._duty.kind]))

    def _sign_out(self, ends_at: datetime) -> None:
        worked = round((ends_at - self._duty.starts_at).total_seconds() / 60)
        ended: dict[str, Json] = {
            "shift_id": self._duty.shift_id,
            "break_minutes": BREAK_MINUTES,
            "paid_minutes": max(0, worked - BREAK_MINUTES),
            "closed_through_seq": self._phone.seq,
        }
        self._phone.record(ends_at + timedelta(seconds=20), "shift_ended", ended)

    def _indirect(self, at: datetime, kind: str, minutes: int) -> None:
        if minutes:
            started_at = (at - timedelta(minutes=minutes)).isoformat(timespec="seconds")
            self._phone.record(at, "indirect_time", {"kind": kind, "minutes": minutes, "started_at": started_at})

    def _has_meeting(self) -> bool:
        day = self._duty.day
        return self._duty.kind is ShiftKind.DAY and day.weekday() == MEETING_WEEKDAY and day.day < MEETING_BEFORE
