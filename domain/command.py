"""A command as it travels to the writer, and what can come of it."""

from collections.abc import Callable
from typing import Any, Protocol, TypeVar

import msgspec

from domain.aggregate import Aggregate
from domain.errors import DomainError
from domain.event import FactStamp
from domain.ids import StreamId, stream_of
from domain.log import NewStatement

A = TypeVar("A", bound=Aggregate[Any])


class Look(Protocol):
    """Shows another subject as it stands in the transaction. Each is loaded once for all that is decided together."""

    def __call__(self, aggregate: type[A], subject_id: str) -> A:
        """The subject, with what was decided on it before."""
        ...


Guard = Callable[[Look, Any], None]
"""Looks at the subject, finds out which others matter, and raises a named error where one of them forbids it."""


class Unusable(msgspec.Struct, frozen=True, kw_only=True):
    """Bytes from a device that cannot be taken in as a fact: kept as evidence, a person is told.

    `evidence_id` is the same each time the same bytes come, so that they are kept once.
    """

    device_id: str
    worker_id: str
    actor: str
    reason: str
    fact_id: str
    evidence_id: str
    sealed: Callable[[], bytes]
    """Seals the bytes; called only when they are to be kept, for a conflict shows first inside the transaction."""


class Command(msgspec.Struct, frozen=True, kw_only=True):
    """One wish to add to one stream. `decide` calls one method of the loaded aggregate, which may refuse.

    `stamp` makes it safe to send again: the same id and digest from the same device is `known`. `reads` names other
    aggregates whose state the decision looks at; they are passed on, in that order, and nothing is recorded on them.
    """

    aggregate: type[Aggregate[Any]]
    subject_id: str
    decide: Callable[..., None]
    actor: str
    stamp: FactStamp | None = None
    expected_version: int | None = None
    reads: tuple[tuple[type[Aggregate[Any]], str], ...] = ()
    guard: Guard | None = None
    """Asked before `decide`. For others that only the loaded subject itself can name: the months that a visit stands in."""
    statements: tuple[NewStatement, ...] = ()
    """Kept in the same transaction, if the command is accepted."""
    evidence: Callable[[], Unusable] | None = None
    """For a field fact: makes what is kept if its id is taken by other content, or its device is revoked."""
    bound_to: str = ""
    """For a field fact: the device that the sender's token is bound to, which may be another one and be revoked."""
    text_of: str = ""
    """For a field fact that is nothing but text: the person under whose key it is to be sealed, who may be erased."""

    @property
    def stream(self) -> StreamId:
        """The stream it wants to add to."""
        return stream_of(self.aggregate.KIND, self.subject_id)


class Accepted(msgspec.Struct, frozen=True):
    """Stored, or nothing needed to be. `position` is that of its last event (or the stream's last, when none was added)."""

    position: int
    version: int
    changed: bool = True


class Known(msgspec.Struct, frozen=True):
    """The same fact is in the ledger already, first stored at `position`."""

    position: int


class IdConflict(msgspec.Struct, frozen=True):
    """The id is taken by other content or by another device; both are kept."""

    position: int


class Quarantined(msgspec.Struct, frozen=True):
    """Kept as evidence for a person to look at; not a fact of the ledger."""

    reason: str


class Refused(msgspec.Struct, frozen=True):
    """A rule said no. Nothing was stored, and nobody else was harmed."""

    error: DomainError


Outcome = Accepted | Known | IdConflict | Quarantined | Refused
Wish = Command | Unusable
