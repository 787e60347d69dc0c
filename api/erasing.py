"""The end of an erasure: what follows it is done, and certified for the file."""

from datetime import date, datetime

import msgspec

from api.bootstrap import House
from api.log_look import LogLook
from domain.event import RecordedEvent
from domain.ids import ClientId, PersonId, stream_of, subject_of
from domain.local_time import local_day
from domain.log import StoredRow
from domain.person.aggregate import Person
from domain.person.events import Followed, PersonErasureCompleted, PersonKeysDestroyed
from infra.erasure import Erasure, follow
from infra.follower import event_id


class Removed(msgspec.Struct, frozen=True, kw_only=True):
    """What followed an erasure: `removed` counts what the run that ended it took away."""

    name: str
    what: str
    removed: int


class Certificate(msgspec.Struct, frozen=True, kw_only=True):
    """What the log says of one erasure: ids, codes, names of those who decided, and nothing of who the person was.

    `are_signed_in`: both who decided were known by their tokens; else an operator named them. `ended_at` is None where not
    all that was to follow has been done, and for erasures of earlier releases, which do not say.
    """

    ledger_id: str
    epoch: int
    person_kind: str
    person_id: str
    position: int
    event_id: str
    decided_at: datetime
    reason: str
    requested_by: str
    approved_by: str
    are_signed_in: bool
    archived: str
    to_follow: tuple[str, ...]
    followed: tuple[Removed, ...] = ()
    ended_at: datetime | None = None
    ended_at_position: int | None = None


def today(house: House) -> date:
    """The day in the municipality."""
    return local_day(house.clock(), house.zone.name)


def names_to_follow(house: House) -> tuple[str, ...]:
    """What is to follow an erasure that is decided here."""
    return tuple(hook.name for hook in house.after_erasure)


def is_research_file(house: House, kind: str, person_id: PersonId) -> bool:
    """Whether the person's file is archived first, as far as their number is known. Raises `KeyStoreError`."""
    return kind == "client" and house.numbers.is_research_file(ClientId(person_id))


def do_what_follows(house: House, person_id: PersonId, position: int) -> tuple[Followed, ...]:
    """Do all that follows an erasure that stands at a position. Safe to repeat. Raises `KeyStoreError` or `OSError`."""
    return follow(house.after_erasure, Erasure(person_id, position))


def person_at(house: House, person_id: PersonId, *, upto: int | None = None) -> Person:
    """A person's keys and what was decided about them, as the log told it at a position; now where none is named."""
    return LogLook(house, house.log.head()[0] if upto is None else upto)(Person, person_id)


def certificates(house: House, kind: str, person_id: PersonId, *, upto: int | None = None) -> list[Certificate]:
    """One for each erasure of a person in the log, the first decided first."""
    rows = house.log.read_stream(stream_of(Person.KIND, person_id), upto_position=upto)
    found: list[Certificate] = []
    for row, recorded in zip(rows, house.codec.decode_rows(rows), strict=True):
        match recorded.event:
            case PersonKeysDestroyed() as event:
                found.append(_begun(house, kind, row, recorded, event))
            case PersonErasureCompleted() as event:
                found[-1] = _ended(house, found[-1], recorded, event)
            case _:
                pass
    return found


def _begun(house: House, kind: str, row: StoredRow, recorded: RecordedEvent, event: PersonKeysDestroyed) -> Certificate:
    identity = house.log.identity()
    return Certificate(
        ledger_id=identity.ledger_id,
        epoch=identity.epoch,
        person_kind=kind,
        person_id=subject_of(event.originator_id),
        position=recorded.position,
        event_id=event_id(row),
        decided_at=recorded.recorded_at,
        reason=event.reason,
        requested_by=event.requested_by or event.actor,
        approved_by=event.actor if event.requested_by else event.approved_by,
        are_signed_in=bool(event.requested_by),
        archived=event.archived,
        to_follow=event.to_follow,
    )


def _ended(house: House, begun: Certificate, recorded: RecordedEvent, event: PersonErasureCompleted) -> Certificate:
    said = {hook.name: hook.does for hook in house.after_erasure}
    removed = (Removed(name=each.name, what=said.get(each.name, ""), removed=each.removed) for each in event.followed)
    return msgspec.structs.replace(
        begun, followed=tuple(removed), ended_at=recorded.recorded_at, ended_at_position=recorded.position
    )
