"""Erasures that were asked for or approved and have not ended, of everybody: evolved from the events of persons in log order.

Whoever has neither one nor an open hold is forgotten again, so that it holds few people however many were erased.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

import msgspec

from domain.event import RecordedEvent
from domain.ids import PersonId, subject_of
from domain.person.events import PersonErasureRequested, PersonEvent, PersonHoldPlaced, PersonKeysDestroyed
from domain.person.history import PersonHistory, evolve
from domain.person.values import ErasureReason


class WaitsFor(StrEnum):
    """What has to come before an erasure can end."""

    HOLD = "hold"
    """That every hold is lifted."""
    APPROVAL = "approval"
    """That somebody else approves it."""
    NEW_REQUEST = "new_request"
    """The request is too old: that somebody asks again."""
    APPROVAL_AGAIN = "approval_again"
    """A hold came after it was approved, and is lifted: that somebody looks at it anew, and approves again."""
    WHAT_FOLLOWS = "what_follows"
    """Nobody: that what is to follow is done."""


class OpenErasure(msgspec.Struct, frozen=True, kw_only=True):
    """One that was asked for; or, where `to_follow` names what has to be done, approved. `position` and `since` are those of
    the event that asks, or that decides. Who asked is an actor. `last_on` is the last day that it may be approved; None once it
    is. `was_held`: a hold was placed since it was approved."""

    person_id: PersonId
    position: int
    since: datetime
    reason: ErasureReason
    requested_by: str
    open_holds: int
    held_since: date | None
    last_on: date | None = None
    to_follow: tuple[str, ...] = ()
    was_held: bool = False

    @property
    def is_approved(self) -> bool:
        """Whether it is decided, and what follows has not all been done."""
        return bool(self.to_follow)

    @property
    def goes_on(self) -> bool:
        """Whether what follows may be done, and nobody has to look at anything anew."""
        return self.is_approved and not self.open_holds and not self.was_held

    def waits_for(self, on: date) -> WaitsFor:
        """What has to come next, on a day in the municipality."""
        if self.open_holds:
            return WaitsFor.HOLD
        if self.is_approved:
            return WaitsFor.WHAT_FOLLOWS if self.goes_on else WaitsFor.APPROVAL_AGAIN
        return WaitsFor.NEW_REQUEST if self.last_on is not None and on > self.last_on else WaitsFor.APPROVAL


@dataclass(slots=True)
class _OfPerson:
    """What is open of one person, with the events that asked and decided last."""

    history: PersonHistory = field(default_factory=PersonHistory)
    asked: RecordedEvent | None = None
    decided: RecordedEvent | None = None
    was_held: bool = False

    @property
    def is_open(self) -> bool:
        return bool(self.history.request or self.history.is_unfinished or self.history.open_holds)

    def take(self, recorded: RecordedEvent, event: PersonEvent) -> None:
        evolve(self.history, event)
        match event:
            case PersonErasureRequested():
                self.asked = recorded
            case PersonKeysDestroyed():
                self.decided, self.was_held = recorded, False
            case PersonHoldPlaced():
                self.was_held = self.history.is_unfinished
            case _:
                pass


class OpenErasures:
    """All of them."""

    def __init__(self) -> None:
        self._persons: dict[PersonId, _OfPerson] = {}

    def take(self, recorded: RecordedEvent) -> None:
        """Take in the next event of anybody; those of other streams than persons' say nothing."""
        event = recorded.event
        if not isinstance(event, PersonEvent):
            return
        person_id = PersonId(subject_of(event.originator_id))
        of_person = self._persons.setdefault(person_id, _OfPerson())
        of_person.take(recorded, event)
        if not of_person.is_open:
            del self._persons[person_id]

    def all(self) -> list[OpenErasure]:
        """Each of them, the one that stands first in the log first."""
        found = (each for person_id, of_person in self._persons.items() for each in _open(person_id, of_person))
        return sorted(found, key=lambda each: each.position)


def _open(person_id: PersonId, of_person: _OfPerson) -> Iterator[OpenErasure]:
    """The one that was approved, and the one that is asked for: there may be both."""
    history = of_person.history
    open_holds, held_since = len(history.open_holds), history.held_since
    if history.is_unfinished and (decided := of_person.decided) and isinstance(decided.event, PersonKeysDestroyed):
        yield OpenErasure(
            person_id=person_id,
            position=decided.position,
            since=decided.recorded_at,
            reason=decided.event.reason,
            requested_by=decided.event.requested_by or decided.event.actor,
            open_holds=open_holds,
            held_since=held_since,
            to_follow=decided.event.to_follow,
            was_held=of_person.was_held,
        )
    if history.request is not None and of_person.asked is not None:
        request = history.request
        yield OpenErasure(
            person_id=person_id,
            position=of_person.asked.position,
            since=of_person.asked.recorded_at,
            reason=request.reason,
            requested_by=request.requested_by,
            open_holds=open_holds,
            held_since=held_since,
            last_on=request.last_on,
        )
