"""A visit's facts from event to event: only what an event can change is computed anew."""

from collections.abc import Callable
from typing import Any, TypeVar, TypeVarTuple, Unpack

from domain.facts import Fact, PlannedVisit
from domain.ids import VisitId, WorkerId
from domain.visit.believed import NOTHING, believed_after
from domain.visit.concerned import client_visits
from domain.visit.entries import Cancellation, Plan
from domain.visit.facts import NO_PLAN, approvals, attendances, excess, failures, planned, services
from domain.visit.history import VisitHistory

Inputs = TypeVarTuple("Inputs")
F = TypeVar("F", bound=Fact)
NOT_YET: tuple[None, tuple[()]] = (None, ())


class FollowedVisit:
    """Gives what `visit_facts` and `client_visits` come to, again and again while one history grows.

    A part in which nothing changed is the very same object as before.
    """

    def __init__(self, visit_id: VisitId) -> None:
        self._visit_id = visit_id
        self._taken = 0
        self._known = NOTHING
        self._parts: dict[Callable[..., Any], tuple[object, tuple[Any, ...]]] = {}

    def parts(self, history: VisitHistory) -> tuple[tuple[Fact, ...], ...]:
        """All that is believed of the visit now: the facts of each kind are a part."""
        self._take_entries(history)
        plan, known = history.plan or NO_PLAN, self._known
        corrected = known.corrected_fact_ids
        plans = self._part(_plans, history.plan, history.cancellation, history.worker_ids) if history.plan else ()
        stays = self._part(attendances, plan, known.arrivals, known.departures, corrected)
        outcomes = self._part(services, plan, known.services, corrected)
        failed = self._part(failures, known.failures) if known.failures else ()
        approved = approvals(self._visit_id, history) if history.approvals else ()
        beyond = self._part(excess, history.excess) if history.excess else ()
        told = self._part(client_visits, plans, stays, outcomes, failed)
        return plans, stays, outcomes, failed, approved, beyond, told

    def _take_entries(self, history: VisitHistory) -> None:
        for entry in history.entries[self._taken :]:
            self._known = believed_after(self._known, entry)
        self._taken = len(history.entries)

    def _part(self, compute: Callable[[VisitId, Unpack[Inputs]], tuple[F, ...]], *inputs: *Inputs) -> tuple[F, ...]:
        """Give what was computed last, where the inputs or the outcome are the same."""
        last_inputs, last = self._parts.get(compute, NOT_YET)
        if inputs == last_inputs:
            return last
        computed = compute(self._visit_id, *inputs)
        part = last if computed == last else computed
        self._parts[compute] = inputs, part
        return part


def _plans(
    visit_id: VisitId, plan: Plan, cancellation: Cancellation | None, worker_ids: tuple[WorkerId, ...]
) -> tuple[PlannedVisit, ...]:
    return (planned(visit_id, plan, cancellation, worker_ids),)
