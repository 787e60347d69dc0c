"""What follows an erasure: done in order once it is in the log, and done again when it did not end."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from domain.ids import PersonId, subject_of
from domain.person.events import Followed, PersonKeysDestroyed
from infra.recorder import LedgerRecorder

EVENTS_AT_ONCE = 1_000


class Erasure(NamedTuple):
    """Whose keys are destroyed, by the event at a position."""

    person_id: PersonId
    position: int


@dataclass(frozen=True, slots=True)
class Hook:
    """One thing that follows. `name` is stored and never changes; `run` says how much there was to take away, and may be run
    again."""

    name: str
    does: str
    run: Callable[[Erasure], int]


def follow(hooks: Iterable[Hook], erasure: Erasure) -> tuple[Followed, ...]:
    """Do all of it, in order. Raises what the first that fails does: `KeyStoreError`, `OSError`."""
    return tuple(Followed(hook.name, hook.run(erasure)) for hook in hooks)


def erased_after(recorder: LedgerRecorder, position: int) -> Iterator[Erasure]:
    """Everybody who was erased past a position of the log, in order."""
    while rows := recorder.read(position, EVENTS_AT_ONCE, topics=(PersonKeysDestroyed.TOPIC,)):
        for row in rows:
            yield Erasure(PersonId(subject_of(row.stream)), row.position)
        position = rows[-1].position
