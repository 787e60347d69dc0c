"""What the rules need from outside, as protocols: `infra` implements them, tests bring hand-written ones."""

from datetime import datetime
from enum import StrEnum
from typing import NewType, Protocol

from domain.ids import PersonId

Sealed = NewType("Sealed", str)
"""A personal value as an envelope: readable only with the person's key, the same bytes in log, read model and export."""


class SealClass(StrEnum):
    """Which of a person's keys seals a field. Destroying one key erases one class."""

    IDENTITY = "identity"
    """Name, personnummer, address, telephone."""
    SENSITIVE = "sensitive"
    """Free text about a person's health or daily life."""
    POSITION = "position"
    """Where a worker's phone was."""


class Sealer(Protocol):
    """Closes personal values so that a fold, a log or a backup never shows them."""

    def seal(self, clear: str, *, person_id: PersonId, seal_class: SealClass, place: str) -> Sealed:
        """Close `clear` under the person's key. `place` names where it stands (`stream@version#field`), so that an
        envelope moved to another place no longer opens."""
        ...


class Opener(Protocol):
    """Opens envelopes for views that people read."""

    def open(self, envelope: Sealed, *, place: str) -> "str | Erased":
        """Give the clear text, or `ERASED` when the person's key is destroyed. Raises `EnvelopeTamperedError` when the
        envelope was altered or stands in another place than it was sealed for."""
        ...


class Erased:
    """The answer where a personal value once stood and its key is gone: never an exception, never an empty text."""

    def __repr__(self) -> str:
        return "ERASED"


ERASED = Erased()


class EnvelopeTamperedError(Exception):
    """An envelope does not open although its key is there: altered, or moved. An alarm, not a missing value."""


class Clock(Protocol):
    """Time as an argument."""

    def __call__(self) -> datetime:
        """Now, aware, in UTC."""
        ...
