"""Every fact about the keys of a person, client or worker, on one screen: our contract with the past. None says who it is.

Days are the municipality's.
"""

from datetime import date

import msgspec

from domain.event import DomainEvent
from domain.person.values import ErasureReason, HoldReason
from domain.ports import SealClass


class PersonHoldPlaced(DomainEvent, frozen=True, kw_only=True):
    """The person may not be erased before this hold is lifted, and every other one."""

    TOPIC = "person.hold_placed"
    hold_id: str
    reason: HoldReason
    placed_on: date


class PersonHoldLifted(DomainEvent, frozen=True, kw_only=True):
    """This hold holds nothing up any more."""

    TOPIC = "person.hold_lifted"
    hold_id: str
    lifted_on: date


class PersonErasureRequested(DomainEvent, frozen=True, kw_only=True):
    """Somebody asks for the person to be erased. Nothing happens before somebody else approves it.

    `archived` is the receipt's reference where the file had to be archived first; else empty.
    """

    TOPIC = "person.erasure_requested"
    reason: ErasureReason
    requested_on: date
    archived: str = ""


class PersonErasureRequestWithdrawn(DomainEvent, frozen=True, kw_only=True):
    """The request no longer stands."""

    TOPIC = "person.erasure_request_withdrawn"


class PersonKeysDestroyed(DomainEvent, frozen=True, kw_only=True):
    """What was sealed of the person by then reads erased, for good. Recorded before the keys go: none goes in silence.

    Where `requested_by` names an actor, that one asked for it, and the event's own actor approved it, both signed in. Where
    it is empty the event's actor decided it on the command line, and `approved_by` is whom they named. `to_follow` names what
    has to be done for it; none where an earlier release did it.
    """

    TOPIC = "person.keys_destroyed"
    reason: ErasureReason
    approved_by: str
    requested_by: str = ""
    archived: str = ""
    to_follow: tuple[str, ...] = ()


class Followed(msgspec.Struct, frozen=True):
    """What was done for an erasure, by name, and how much of it there was to take away in the run that ended it."""

    name: str
    removed: int


class PersonErasureCompleted(DomainEvent, frozen=True, kw_only=True):
    """All that had to follow the last erasure has been done."""

    TOPIC = "person.erasure_completed"
    followed: tuple[Followed, ...]


class PersonKeysRotated(DomainEvent, frozen=True, kw_only=True):
    """From now on new values are sealed under new keys, of one class or of all but positions; earlier ones still open."""

    TOPIC = "person.keys_rotated"
    seal_class: SealClass | None = None


PersonEvent = (
    PersonHoldPlaced
    | PersonHoldLifted
    | PersonErasureRequested
    | PersonErasureRequestWithdrawn
    | PersonKeysDestroyed
    | PersonErasureCompleted
    | PersonKeysRotated
)
