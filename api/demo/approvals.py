"""Approving for pay, a week or a month at a time: each visit twice, as it stands in the ledger at that moment."""

from collections.abc import Callable, Iterator, Sequence

from api.demo.chance import Chance, happens
from api.demo.deliveries import OfficeView
from api.demo.units import DemoUnit
from domain.command import Command
from domain.facts import VisitFacts
from domain.ids import VisitId, WorkerId
from domain.office.act import Act
from domain.office.visits import approve_visit
from domain.presence import is_implausible, staff_minutes
from domain.values import ApprovalRole

LEFT_OPEN_SHARE = 0.055
"""[A] Sound visits that somebody never gets round to."""
LATER_SHARE = 0.06
"""[A] Sound visits that wait for the end of the month."""


def approvals(
    visit_ids: Sequence[VisitId], unit: DemoUnit, chance: Chance, *, is_last: bool
) -> Callable[[OfficeView], Sequence[Command]]:
    """What workers and the office approve of these visits when they sit down with them."""

    def decide(view: OfficeView) -> Sequence[Command]:
        wanted = [visit_id for visit_id in visit_ids if _gets_round_to(visit_id, chance, is_last=is_last)]
        return [command for seen in view.visits(wanted) for command in _approve(seen, unit, view.position)]

    return decide


def _gets_round_to(visit_id: VisitId, chance: Chance, *, is_last: bool) -> bool:
    drawing = chance.of("approval", visit_id)
    left_open, later = happens(drawing, LEFT_OPEN_SHARE), happens(drawing, LATER_SHARE)
    return not left_open and (is_last or not later)


def _approve(seen: VisitFacts, unit: DemoUnit, position: int) -> Iterator[Command]:
    """By the worker who was there, and by the coordinator; what the office has corrected, by its manager."""
    if not _is_sound(seen):
        return
    worker_id = _worker_of(seen)
    minutes, standing = staff_minutes(seen), {approval.role for approval in seen.approvals if approval.stands}
    if ApprovalRole.WORKER not in standing:
        yield approve_visit(
            seen.visit_id,
            position=position,
            minutes=minutes,
            known_through=position,
            worker_id=worker_id,
            act=Act(actor=f"care_worker/{worker_id}"),
        )
    if ApprovalRole.COORDINATOR not in standing:
        office = unit.manager if _is_corrected(seen) else unit.coordinator
        yield approve_visit(
            seen.visit_id, position=position, minutes=minutes, known_through=position, act=Act(actor=office)
        )


def _is_sound(seen: VisitFacts) -> bool:
    """Whether a person who looks closely would approve it: both ends, times that can be true, and something said."""
    closed = all(stay.arrived_at and stay.departed_at and not is_implausible(stay) for stay in seen.attendances)
    return closed and bool(seen.failures or (seen.attendances and seen.services))


def _worker_of(seen: VisitFacts) -> WorkerId:
    """Who was there first; at a closed door, who said so first. Not who was heard of first."""
    if seen.attendances:
        return seen.attendances[0].worker_id
    return min(seen.failures, key=lambda failure: (failure.at, failure.fact_id)).worker_id


def _is_corrected(seen: VisitFacts) -> bool:
    return any(stay.corrected for stay in seen.attendances) or any(service.corrected for service in seen.services)
