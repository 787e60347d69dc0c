"""A visit's facts from event to event: only what an event can change is computed anew."""

from datetime import date
from typing import TypeVar

from domain.facts import ApprovalGiven, Attendance, ExcessApproved, Fact, PlannedVisit, ServiceRegistered, VisitFailed
from domain.ids import ClientId, VisitId, WorkerId
from domain.visit.believed import NOTHING, Believed, believed_after
from domain.visit.concerned import ClientVisit, told_of, whom_and_when
from domain.visit.entries import Cancellation, Excess, Plan
from domain.visit.facts import NO_PLAN, approvals, attendances, excess, failures, planned, services
from domain.visit.history import VisitHistory

F = TypeVar("F", bound=Fact)
VisitParts = tuple[
    tuple[PlannedVisit, ...],
    tuple[Attendance, ...],
    tuple[ServiceRegistered, ...],
    tuple[VisitFailed, ...],
    tuple[ApprovalGiven, ...],
    tuple[ExcessApproved, ...],
    tuple[ClientVisit, ...],
]
"""All that is believed of a visit: the facts of each kind are a part."""


class FollowedVisit:
    """Gives what `visit_facts` and `client_visits` come to, again and again while one history grows.

    A part in which nothing changed is the very same object as before.
    """

    def __init__(self, visit_id: VisitId) -> None:
        self._visit_id = visit_id
        self._taken = 0
        self._known = NOTHING
        self._intended: tuple[Plan | None, Cancellation | None, tuple[WorkerId, ...]] = (None, None, ())
        self._excess: tuple[Excess, ...] = ()
        self._named: tuple[set[ClientId], set[date]] = (set(), set())
        self._parts: VisitParts = ((), (), (), (), (), (), ())

    def parts(self, history: VisitHistory) -> VisitParts:
        """All that is believed of the visit now."""
        visit_id, was, known = self._visit_id, self._known, self._take_entries(history)
        plans, stays, outcomes, failed, _, beyond, told = self._parts
        plan, corrected = history.plan or NO_PLAN, known.corrected_fact_ids
        is_all_new = corrected is not was.corrected_fact_ids
        if self._intends_anew(history):
            is_all_new = True
            plans = _kept(plans, (planned(visit_id, plan, *self._intended[1:]),) if history.plan else ())
        if is_all_new or known.arrivals is not was.arrivals or known.departures is not was.departures:
            stays = _kept(stays, attendances(visit_id, plan, known.arrivals, known.departures, corrected))
        if is_all_new or known.services is not was.services:
            outcomes = _kept(outcomes, services(visit_id, plan, known.services, corrected))
        if known.failures is not was.failures:
            failed = failures(visit_id, known.failures)
        approved = approvals(visit_id, history) if history.approvals else ()
        if history.excess != self._excess:
            self._excess, beyond = history.excess, excess(visit_id, history.excess)
        named = whom_and_when(plans, stays, outcomes, failed)
        if named != self._named:
            self._named, told = named, told_of(visit_id, *named)
        self._parts = plans, stays, outcomes, failed, approved, beyond, told
        return self._parts

    def _take_entries(self, history: VisitHistory) -> Believed:
        for entry in history.entries[self._taken :]:
            self._known = believed_after(self._known, entry)
        self._taken = len(history.entries)
        return self._known

    def _intends_anew(self, history: VisitHistory) -> bool:
        """Whether the plan, its cancellation or those assigned have changed."""
        was, self._intended = self._intended, (history.plan, history.cancellation, history.worker_ids)
        return self._intended != was


def _kept(last: tuple[F, ...], computed: tuple[F, ...]) -> tuple[F, ...]:
    return last if computed == last else computed
