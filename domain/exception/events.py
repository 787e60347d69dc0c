"""Every fact about a subject's exceptions: our contract with the past. Exceptions themselves are derived, never stored."""

from typing import Annotated

from domain.event import DomainEvent, Personal
from domain.ids import PersonId
from domain.ports import SealClass, Sealed
from domain.values import ReasonCode


class ExceptionAcknowledged(DomainEvent, frozen=True, kw_only=True):
    """The office accepts an exception as it stood at log `position`, with a reason. It stays closed while its key stands."""

    TOPIC = "exception.acknowledged"
    key: str
    """Code, subject and the facts that cause it: another fact makes another key."""
    code: str
    subject_kind: str
    """What the stream's id is the id of: `visit`, `client`, `worker`..."""
    reason_codes: tuple[ReasonCode, ...]
    position: int
    person_id: PersonId
    note: Annotated[Sealed | None, Personal("person_id", SealClass.SENSITIVE)] = None


ExceptionEvent = ExceptionAcknowledged
