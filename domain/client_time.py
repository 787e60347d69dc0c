"""Client time as a share of what staff is paid for, and what the rest of the scheduled time went to (rules.md 10).

    client time share = client time / paid minutes of shifts
    group efficiency: client time + travel + internal + unused = 100 % of scheduled staff time [S:ALFA]

By the unit that employs the hands, or by the unit that the clients and the shifts belong to; lent time is the difference.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from datetime import date
from enum import StrEnum

import msgspec

from domain.context import NO_PROVIDER, NO_UNIT, Context
from domain.facts import IndirectTime, Shift
from domain.ids import ClientId, ProviderId, UnitId, WorkerId
from domain.local_time import local_day, minutes_between
from domain.performed_time import PerformedMinutes
from domain.rulebook.rulebook import Rulebook
from domain.worker.values import IndirectKind


class UnitOf(StrEnum):
    """Which unit a figure is of."""

    WORKER = "worker_unit"
    """Who employs the hands, whomever they served."""
    CLIENT = "client_unit"
    """Who is responsible for the clients, whoever served them; shifts count where they were worked."""


class TimeLevel(StrEnum):
    """What a row adds up."""

    UNIT = "unit"
    PROVIDER = "provider"
    MUNICIPALITY = "municipality"


class ClientTimeRow(msgspec.Struct, frozen=True, kw_only=True):
    """The staff time of some days. What a level does not name is None. Minutes of staff: two workers at once count twice."""

    level: TimeLevel
    by: UnitOf
    provider_id: ProviderId | None
    unit_id: UnitId | None
    client_minutes: int
    lent_minutes: int
    """Of the client minutes, those across units: given away, seen from the worker's unit; borrowed, from the client's."""
    paid_minutes: int
    shifts_unpaid: int
    """Shifts whose paid minutes nothing says yet: they are in no share."""
    scheduled_minutes: int | None
    """Without breaks. This and what follows is None by the client's unit: travel belongs to hands, not to clients [A]."""
    travel_minutes: int | None
    internal_minutes: int | None
    """Documentation, meetings, planning and what else is recorded, breaks apart [A]."""

    @property
    def client_time_share(self) -> float | None:
        """Client time / paid time; None where nothing is paid."""
        return self.client_minutes / self.paid_minutes if self.paid_minutes else None

    @property
    def unused_minutes(self) -> int | None:
        """What is left of the scheduled time; below zero where more was done than was scheduled."""
        if self.scheduled_minutes is None or self.travel_minutes is None or self.internal_minutes is None:
            return None
        return self.scheduled_minutes - self.client_minutes - self.travel_minutes - self.internal_minutes


class _What(StrEnum):
    CLIENT = "client"
    LENT = "lent"
    PAID = "paid"
    SHIFTS_UNPAID = "shifts_unpaid"
    SCHEDULED = "scheduled"
    TRAVEL = "travel"
    INTERNAL = "internal"


Group = tuple[ProviderId | None, UnitId | None]
Sums = defaultdict[UnitId, Counter[_What]]


def client_time(
    performed: Iterable[PerformedMinutes],
    shifts: Iterable[Shift],
    indirect: Iterable[IndirectTime],
    *,
    first_on: date,
    last_on: date,
    by: UnitOf,
    level: TimeLevel,
    context: Context,
    rulebook: Rulebook,
) -> list[ClientTimeRow]:
    """Add up the days from the first to the last.

    A shift belongs to the local day that it begins on [A], and one while the worker is away is no staff time [A].
    """
    sums: Sums = defaultdict(Counter)
    _add_performed(sums, (row for row in performed if first_on <= row.day <= last_on), by)
    for shift in shifts:
        day = _begins_on(shift, rulebook.zone)
        if day is not None and first_on <= day <= last_on and not _is_away(shift, context):
            _add_shift(sums[_unit_of_shift(shift, day, by, context)], shift)
    for spent in indirect:
        day = local_day(spent.starts_at, rulebook.zone)
        if first_on <= day <= last_on and spent.kind != IndirectKind.BREAK:
            what = _What.TRAVEL if spent.kind == IndirectKind.TRAVEL else _What.INTERNAL
            if by is UnitOf.WORKER:
                sums[context.worker_unit(spent.worker_id, day)][what] += spent.minutes
    return _rows(sums, by, level, context)


def time_clients(
    performed: Iterable[PerformedMinutes],
    *,
    first_on: date,
    last_on: date,
    by: UnitOf,
    level: TimeLevel,
    context: Context,
) -> Iterator[tuple[Group, ClientId]]:
    """The clients whose minutes each row adds up, with the provider and the unit of the row."""
    rows = [row for row in performed if first_on <= row.day <= last_on]
    yield from ((_group(_unit_of_row(row, by), level, context), row.client_id) for row in rows)


def paid_minutes(shift: Shift) -> int | None:
    """What a shift is paid for: as its end says, else its length without the break; None while it has no end [A]."""
    if shift.paid_minutes is not None:
        return shift.paid_minutes
    if shift.started_at is None or shift.ended_at is None:
        return None
    return max(0, minutes_between(shift.started_at, shift.ended_at) - shift.break_minutes)


def scheduled_minutes(shift: Shift) -> int:
    """How long a shift is planned without its break; one that was never planned, what it is paid for [A]."""
    if shift.scheduled_start_at is None or shift.scheduled_end_at is None:
        return paid_minutes(shift) or 0
    return max(0, minutes_between(shift.scheduled_start_at, shift.scheduled_end_at) - shift.break_minutes)


def _add_performed(sums: Sums, performed: Iterable[PerformedMinutes], by: UnitOf) -> None:
    for row in performed:
        sums[_unit_of_row(row, by)].update({_What.CLIENT: row.staff_minutes, _What.LENT: row.lent_minutes})


def _unit_of_row(row: PerformedMinutes, by: UnitOf) -> UnitId:
    """Where either unit is unknown the other stands for it, so that lent time is the whole difference between the two."""
    hands, clients = row.worker_unit_id or row.client_unit_id, row.client_unit_id or row.worker_unit_id
    return hands if by is UnitOf.WORKER else clients


def _add_shift(counter: Counter[_What], shift: Shift) -> None:
    paid = paid_minutes(shift)
    counter[_What.PAID] += paid or 0
    counter[_What.SHIFTS_UNPAID] += paid is None
    counter[_What.SCHEDULED] += scheduled_minutes(shift)


def _begins_on(shift: Shift, zone: str) -> date | None:
    at = shift.scheduled_start_at or shift.started_at or shift.ended_at
    return local_day(at, zone) if at else None


def _is_away(shift: Shift, context: Context) -> bool:
    """Whether the worker is away from a shift that nobody began."""
    at = shift.scheduled_start_at
    return at is not None and shift.started_at is None and context.absence("worker", shift.worker_id, at) is not None


def _unit_of_shift(shift: Shift, day: date, by: UnitOf, context: Context) -> UnitId:
    employs = context.worker_unit(WorkerId(shift.worker_id), day)
    return (employs or shift.unit_id) if by is UnitOf.WORKER else (shift.unit_id or employs)


def _rows(sums: Sums, by: UnitOf, level: TimeLevel, context: Context) -> list[ClientTimeRow]:
    groups: defaultdict[Group, Counter[_What]] = defaultdict(Counter)
    for unit_id, counter in sums.items():
        groups[_group(unit_id, level, context)].update(counter)
    ordered = sorted(groups.items(), key=lambda group: (group[0][0] or NO_PROVIDER, group[0][1] or NO_UNIT))
    return [_row(key, counter, by, level) for key, counter in ordered]


def _group(unit_id: UnitId, level: TimeLevel, context: Context) -> Group:
    provider_id = context.provider_of(unit_id)
    keys: dict[TimeLevel, Group] = {
        TimeLevel.UNIT: (provider_id, unit_id),
        TimeLevel.PROVIDER: (provider_id, None),
        TimeLevel.MUNICIPALITY: (None, None),
    }
    return keys[level]


def _row(key: Group, counter: Counter[_What], by: UnitOf, level: TimeLevel) -> ClientTimeRow:
    is_hands = by is UnitOf.WORKER
    return ClientTimeRow(
        level=level,
        by=by,
        provider_id=key[0],
        unit_id=key[1],
        client_minutes=counter[_What.CLIENT],
        lent_minutes=counter[_What.LENT],
        paid_minutes=counter[_What.PAID],
        shifts_unpaid=counter[_What.SHIFTS_UNPAID],
        scheduled_minutes=counter[_What.SCHEDULED] if is_hands else None,
        travel_minutes=counter[_What.TRAVEL] if is_hands else None,
        internal_minutes=counter[_What.INTERNAL] if is_hands else None,
    )
