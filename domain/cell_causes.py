"""Which events made a cell another: those at which a fact that its computation reads began or ended to be believed.

A change is known by the pieces that only one belief has. Where no fact speaks of those pieces (a visit may go unpaid for what
its worker did at another client's, or for what was used of the order before), what is near them is taken, step by step; where
nothing near changed either, only the hour did.
"""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple

from domain.cell_scope import Scope, speaks_of
from domain.detectors.hour import Moment
from domain.evidence import DeviceContact
from domain.facts import Attendance, Fact
from domain.local_time import local_day
from domain.municipality import EditionAdopted
from domain.rule_changes import RuleChanges


class Because(StrEnum):
    """How sure it is that the events made the cell another."""

    ITS_FACTS = "its_facts"
    """They changed facts of what differs in it."""
    NEARBY_FACTS = "nearby_facts"
    """They changed other facts of the same clients and workers."""
    THE_HOUR = "the_hour"
    """No fact of them changed: something became overdue, or a phone that was silent has been heard of."""


class FactChange(NamedTuple):
    """A fact that began or ended to be believed between two positions, with those of the events that made it so."""

    fact: Fact
    positions: tuple[int, ...]


class Causes(NamedTuple):
    """The events that made a cell another, by position."""

    because: Because
    positions: frozenset[int] = frozenset()

    def with_others(self, other: "Causes") -> "Causes":
        """Those of two parts of a cell; the surer word holds."""
        surest = min(self.because, other.because, key=list(Because).index)
        return Causes(surest, self.positions | other.positions)


def causes(
    scopes: Sequence[Scope], changes: Collection[FactChange], reads: Collection[type[Fact]], rules: RuleChanges
) -> Causes:
    """The events behind a change: of what the first scope is about, else of what the wider ones are."""
    read = [change for change in changes if type(change.fact) in reads]
    for number, scope in enumerate(scopes):
        days = rules.days_of(scope)
        found = [change for change in read if _moves(change.fact, scope, days, is_wide=number > 0)]
        if found:
            positions = frozenset(position for change in found for position in change.positions)
            return Causes(Because.NEARBY_FACTS if number else Because.ITS_FACTS, positions)
    return Causes(Because.THE_HOUR)


def hour_matters(before: Moment, after: Moment, until: datetime) -> bool:
    """Whether the same facts may come to other figures at the second moment. What was due by `until` is waited for no longer
    once that is past, but on phones that had been silent since."""
    if before.at == after.at:
        return False
    was, now = before.last_heard, after.last_heard
    heard = [(was.get(worker_id), now.get(worker_id)) for worker_id in {*was, *now}]
    return before.at < until or any(one != other and min(filter(None, (one, other))) < until for one, other in heard)


def _moves(fact: Fact, scope: Scope, renewed: Collection[date], *, is_wide: bool) -> bool:
    if isinstance(fact, EditionAdopted):
        return any(fact.from_on <= day and (fact.until_on is None or day < fact.until_on) for day in renewed)
    if is_wide and isinstance(fact, DeviceContact):
        return fact.worker_id in scope.workers
    if is_wide and isinstance(fact, Attendance) and fact.worker_id in scope.workers:
        return scope.is_near(local_day(fact.starts_at, scope.zone))
    return speaks_of(fact, scope)
