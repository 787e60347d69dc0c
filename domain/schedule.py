"""A worker's day: what is planned, in order of time, and how each visit stands. The download for the phone."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime

import msgspec

from domain.facts import Shift, VisitFacts
from domain.ids import ClientId, ServiceCode, UnitId, VisitId, WorkerId
from domain.local_time import local_day
from domain.rulebook.rulebook import Rulebook
from domain.values import VisitKind


class ScheduledVisit(msgspec.Struct, frozen=True, kw_only=True):
    """One visit of a worker's day. A visit without a plan stands where the worker registered it."""

    visit_id: VisitId
    client_ids: tuple[ClientId, ...]
    unit_id: UnitId
    kind: VisitKind
    scheduled_start_at: datetime | None
    scheduled_end_at: datetime | None
    service_codes: tuple[ServiceCode, ...]
    is_assigned: bool
    """Whether the worker is to make the visit now; False for one that was made without being assigned."""
    cancelled: bool
    arrived_at: datetime | None
    departed_at: datetime | None
    shift_id: str | None
    """The worker's shift that day which the visit falls into."""


def schedule(
    visits: Iterable[VisitFacts], shifts: Iterable[Shift], *, worker_id: WorkerId, day: date, rulebook: Rulebook
) -> list[ScheduledVisit]:
    """The visits that a worker is to make, or made, on a local day, in order of time."""
    own_shifts = [shift for shift in shifts if shift.worker_id == worker_id]
    found = (row for visit in visits for row in _of_visit(visit, own_shifts, worker_id, day, rulebook.zone))
    return sorted(found, key=lambda row: (_stands_at(row), row.visit_id))


def _of_visit(
    visit: VisitFacts, shifts: list[Shift], worker_id: WorkerId, day: date, zone: str
) -> Iterator[ScheduledVisit]:
    plan = visit.planned
    stays = [stay for stay in visit.attendances if stay.worker_id == worker_id]
    is_assigned = plan is not None and worker_id in plan.worker_ids
    at = plan.starts_at if plan is not None else stays[0].starts_at if stays else None
    if at is None or not (is_assigned or stays) or local_day(at, zone) != day:
        return
    yield ScheduledVisit(
        visit_id=visit.visit_id,
        client_ids=plan.client_ids if plan else stays[0].client_ids,
        unit_id=plan.unit_id if plan else stays[0].unit_id,
        kind=plan.kind if plan else stays[0].kind,
        scheduled_start_at=plan.starts_at if plan else None,
        scheduled_end_at=plan.ends_at if plan else None,
        service_codes=tuple(service.service_code for service in plan.services) if plan else (),
        is_assigned=is_assigned,
        cancelled=plan is not None and plan.cancelled_by is not None,
        arrived_at=min((stay.arrived_at for stay in stays if stay.arrived_at), default=None),
        departed_at=max((stay.departed_at for stay in stays if stay.departed_at), default=None),
        shift_id=next((shift.shift_id for shift in shifts if _covers(shift, at)), None),
    )


def _covers(shift: Shift, at: datetime) -> bool:
    starts, ends = shift.scheduled_start_at or shift.started_at, shift.scheduled_end_at or shift.ended_at
    return starts is not None and starts <= at and (ends is None or at < ends)


def _stands_at(row: ScheduledVisit) -> datetime:
    at = row.scheduled_start_at or row.arrived_at or row.departed_at
    assert at is not None, "a visit of a day has a plan or an attendance"
    return at
