"""What is remembered of a person's keys, evolved from its events."""

from datetime import date
from typing import assert_never

import msgspec

from domain.person.events import (
    PersonErasureCompleted,
    PersonErasureRequested,
    PersonErasureRequestWithdrawn,
    PersonEvent,
    PersonHoldLifted,
    PersonHoldPlaced,
    PersonKeysDestroyed,
    PersonKeysRotated,
)
from domain.person.values import REQUEST_VALID, ErasureReason, HoldReason


class Hold(msgspec.Struct, frozen=True, kw_only=True):
    """One legal hold: open until somebody lifts it. Who placed and lifted it are actors."""

    hold_id: str
    reason: HoldReason
    placed_on: date
    placed_by: str
    lifted_on: date | None = None
    lifted_by: str = ""


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody asked for, who is an actor."""

    requested_by: str
    requested_on: date
    reason: ErasureReason
    archived: str

    @property
    def last_on(self) -> date:
        """The last day that it may be approved."""
        return self.requested_on + REQUEST_VALID

    def is_too_old(self, on: date) -> bool:
        """Whether it may no longer be approved."""
        return on > self.last_on


class PersonHistory(msgspec.Struct, array_like=True):
    """How often the person was erased: once, or again after something new was sealed; and what holds it up or asks for it.

    `is_unfinished`: what has to follow the last erasure has not all been done.
    """

    erasures: int = 0
    holds: dict[str, Hold] = msgspec.field(default_factory=dict)
    request: Request | None = None
    is_unfinished: bool = False

    @property
    def open_holds(self) -> list[Hold]:
        """Those that are not lifted, the first placed first."""
        return [hold for hold in self.holds.values() if hold.lifted_on is None]

    @property
    def held_since(self) -> date | None:
        """The day that the first of the open holds was placed."""
        return min((hold.placed_on for hold in self.open_holds), default=None)


def evolve(history: PersonHistory, event: PersonEvent) -> None:
    """Take one event into the history. Never refuses: it already happened."""
    match event:
        case PersonHoldPlaced(hold_id=hold_id, reason=reason, placed_on=placed_on, actor=actor):
            hold = Hold(hold_id=hold_id, reason=reason, placed_on=placed_on, placed_by=actor)
            history.holds[hold_id] = hold
        case PersonHoldLifted(hold_id=hold_id, lifted_on=lifted_on, actor=actor):
            if placed := history.holds.get(hold_id):
                history.holds[hold_id] = msgspec.structs.replace(placed, lifted_on=lifted_on, lifted_by=actor)
        case PersonErasureRequested(reason=reason, requested_on=requested_on, archived=archived, actor=actor):
            history.request = Request(requested_by=actor, requested_on=requested_on, reason=reason, archived=archived)
        case PersonErasureRequestWithdrawn():
            history.request = None
        case PersonKeysDestroyed(to_follow=to_follow):
            history.erasures += 1
            history.request = None
            history.is_unfinished = bool(to_follow)
        case PersonErasureCompleted():
            history.is_unfinished = False
        case PersonKeysRotated():
            pass
        case _:
            assert_never(event)
