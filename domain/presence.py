"""Who was with whom, and how long: a visit's attendances as minutes that each count once.

Whole minutes of elapsed real time; both stamps are cut to the minute ([A] rules.md 2.1: no source states the resolution).
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from enum import StrEnum
from itertools import chain, pairwise

import msgspec

from domain.facts import Attendance, VisitFacts
from domain.ids import ClientId, WorkerId
from domain.local_time import day_and_its_end, minutes_between, split_at_midnights, to_minute
from domain.values import VisitKind

NOBODY = ClientId("")
"""Stands for the client of an attendance that names none (CLIENT_UNKNOWN): its minutes are shown, not dropped."""

STAY_MAX = timedelta(days=31)
"""[A] Nobody stays longer at one client: such an attendance has a false end and counts nothing until it is corrected."""

_NO_TIME = timedelta(0)


class Uncounted(StrEnum):
    """Why an attendance has no minutes."""

    OPEN = "open"
    IMPLAUSIBLE = "implausible"
    NOTHING_DONE = "nothing_done"
    NOT_CLIENT_TIME = "not_client_time"
    """A service that a client buys privately [S:KUNDTID], or contact that the rulebook does not count."""
    NEEDS_APPROVAL = "needs_approval"
    """Outreach that no care manager has approved [S:TYR-BO]."""


class Presence(msgspec.Struct, frozen=True):
    """One worker's minutes with the same clients on one local day.

    `visit_minutes` are those that count the visit itself: of workers there at once, only the first has them, the others
    have `doubled_minutes`. So the first add up to the visit's length, and both together to the staff's time.
    """

    day: date
    worker_id: WorkerId
    client_ids: tuple[ClientId, ...]
    kind: VisitKind
    visit_minutes: int
    doubled_minutes: int

    @property
    def staff_minutes(self) -> int:
        """The worker's own minutes."""
        return self.visit_minutes + self.doubled_minutes


class _Stretch(msgspec.Struct, frozen=True):
    """The part of a counted attendance that lies on one local day, by whole minutes."""

    day: date
    starts_at: datetime
    ends_at: datetime
    stay: Attendance
    client_ids: tuple[ClientId, ...]


def presences(visit: VisitFacts, zone: str) -> Sequence[Presence]:
    """Lay the visit's attendances on one line of time and count each minute once, by local day, worker and clients."""
    counted: dict[str, list[Presence]] = visit.__dict__  # kept with the visit: every figure begins with them
    found = counted.get(zone)
    if found is None:
        found = counted[zone] = _count(visit, zone)
    return found


def _count(visit: VisitFacts, zone: str) -> list[Presence]:
    if len(visit.attendances) == 1:
        plain = _within_a_day(visit, visit.attendances[0], zone)
        if plain is not None:
            return [plain]
    stretches = [stretch for stay in visit.attendances for stretch in _stretches(visit, stay, zone)]
    if len(stretches) == 1:
        return [_alone(stretches[0])]
    stretches.sort(key=_first_come)
    ends = {end for stretch in stretches for end in (stretch.starts_at, stretch.ends_at)}
    cells: dict[tuple[date, WorkerId, tuple[ClientId, ...], VisitKind], list[int]] = {}
    for starts_at, ends_at in pairwise(sorted(ends)):
        for rank, there in enumerate(_present(stretches, starts_at)):
            cell = cells.setdefault((there.day, there.stay.worker_id, there.client_ids, there.stay.kind), [0, 0])
            cell[1 if rank else 0] += minutes_between(starts_at, ends_at)
    return [Presence(*cell, *lengths) for cell, lengths in cells.items()]


def staff_minutes(visit: VisitFacts) -> int:
    """Sum of the workers' minutes at the client. A worker whose own attendances overlap was there once."""
    return sum(presence.staff_minutes for presence in presences(visit, "UTC"))


def visit_minutes(visit: VisitFacts) -> int:
    """Length of the union of the workers' intervals at the client ([A] rules.md 5.1)."""
    return sum(presence.visit_minutes for presence in presences(visit, "UTC"))


def attendance_minutes(stay: Attendance) -> int:
    """Minutes from arrival to departure; 0 while an end is missing or cannot be true."""
    arrived_at, departed_at = stay.arrived_at, stay.departed_at
    if arrived_at is None or departed_at is None or is_implausible(stay):
        return 0
    return minutes_between(arrived_at, departed_at)


def has_both_ends(stay: Attendance) -> bool:
    """Whether the worker has been seen to come and to go."""
    return stay.arrived_at is not None and stay.departed_at is not None


def is_implausible(stay: Attendance) -> bool:
    """Whether the stamps cannot be true (TIME_IMPLAUSIBLE): far from when they were received, swapped, or months apart.

    A stamp that a person has corrected is believed, however late.
    """
    arrived_at, departed_at = stay.arrived_at, stay.departed_at
    if arrived_at and departed_at and not _NO_TIME <= departed_at - arrived_at <= STAY_MAX:
        return True
    return stay.implausible and not stay.corrected


def uncounted(visit: VisitFacts, stay: Attendance) -> Uncounted | None:
    """Why an attendance has no minutes; None where it counts."""
    if not has_both_ends(stay):
        return Uncounted.OPEN
    if is_implausible(stay):
        return Uncounted.IMPLAUSIBLE
    return None if served_clients(visit, stay) else Uncounted.NOTHING_DONE


def clients_of(visit: VisitFacts, stay: Attendance) -> tuple[ClientId, ...]:
    """The clients of an attendance: as it names them, else as the visit's services do."""
    if stay.client_ids:
        return stay.client_ids
    return tuple(sorted({service.client_id for service in visit.services if service.client_id})) or (NOBODY,)


def served_clients(visit: VisitFacts, stay: Attendance) -> tuple[ClientId, ...]:
    """The clients whom something was done for: minutes of a declined or failed visit are 0 ([A] rules.md 5.3).

    Nothing was done for a client when the visit failed for them, or they declined each service that was registered.
    """
    clients = clients_of(visit, stay)
    if visit.is_all_done:
        return clients
    performed_for = {service.client_id for service in visit.services if service.performed}
    if None in performed_for:
        return clients
    declined_for = {service.client_id for service in visit.services if not service.performed}
    failed_for = set(chain.from_iterable(failure.client_ids or clients for failure in visit.failures))
    undone = set(clients) if None in declined_for else failed_for | declined_for
    return tuple(client_id for client_id in clients if client_id in performed_for or client_id not in undone)


def _stretches(visit: VisitFacts, stay: Attendance, zone: str) -> list[_Stretch]:
    if not attendance_minutes(stay) or stay.arrived_at is None or stay.departed_at is None:
        return []
    client_ids = served_clients(visit, stay)
    pieces = split_at_midnights(to_minute(stay.arrived_at), to_minute(stay.departed_at), zone) if client_ids else []
    return [_Stretch(day, piece.starts_at, piece.ends_at, stay, client_ids) for day, piece in pieces]


def _within_a_day(visit: VisitFacts, stay: Attendance, zone: str) -> Presence | None:
    """The whole of a stay that does not go over midnight; None of any other, and where it counts nothing."""
    arrived_at, departed_at = stay.arrived_at, stay.departed_at
    if arrived_at is None or departed_at is None or is_implausible(stay):
        return None
    day, midnight = day_and_its_end(arrived_at, zone)
    minutes = minutes_between(arrived_at, departed_at)
    client_ids = served_clients(visit, stay) if minutes and departed_at <= midnight else ()
    return Presence(day, stay.worker_id, client_ids, stay.kind, minutes, 0) if client_ids else None


def _alone(stretch: _Stretch) -> Presence:
    length = minutes_between(stretch.starts_at, stretch.ends_at)
    return Presence(stretch.day, stretch.stay.worker_id, stretch.client_ids, stretch.stay.kind, length, 0)


def _first_come(stretch: _Stretch) -> tuple[datetime, WorkerId, str]:
    return stretch.stay.starts_at, stretch.stay.worker_id, stretch.stay.attendance_id


def _present(stretches: Sequence[_Stretch], at: datetime) -> Iterable[_Stretch]:
    """Who is there from `at` on, first come first. A worker with two attendances at once is there once, for both."""
    present: dict[WorkerId, _Stretch] = {}
    for stretch in stretches:
        if stretch.starts_at <= at < stretch.ends_at:
            other = present.setdefault(stretch.stay.worker_id, stretch)
            if other.client_ids != stretch.client_ids:
                both = tuple(dict.fromkeys((*other.client_ids, *stretch.client_ids)))
                present[stretch.stay.worker_id] = msgspec.structs.replace(other, client_ids=both)
    return present.values()
