"""What is remembered of a subject's acknowledgements, evolved from its events."""

import msgspec

from domain.exception.events import ExceptionEvent
from domain.values import ReasonCode


class Accepted(msgspec.Struct, frozen=True, array_like=True):
    """That an exception is acknowledged, by whom and why."""

    code: str
    subject_kind: str
    reason_codes: tuple[ReasonCode, ...]
    actor: str
    position: int


class ExceptionHistory(msgspec.Struct, array_like=True):
    """The acknowledged exceptions of one subject, by key: small enough to store whole beside a read model."""

    accepted: dict[str, Accepted] = msgspec.field(default_factory=dict)


def evolve(history: ExceptionHistory, event: ExceptionEvent) -> None:
    """Take one event into the history. Never refuses: it already happened."""
    history.accepted[event.key] = Accepted(
        event.code, event.subject_kind, event.reason_codes, event.actor, event.position
    )
