"""A person, client or worker, as the one whose keys seal what says who that is."""

from domain.aggregate import Aggregate
from domain.person import errors
from domain.person.events import PersonEvent, PersonKeysDestroyed, PersonKeysRotated
from domain.person.history import PersonHistory, evolve
from domain.person.values import ErasureReason
from domain.ports import SealClass


class Person(Aggregate[PersonEvent]):
    """Decides what becomes of a person's keys. It is decided before it is done, and may be decided again to finish it."""

    KIND = "person"
    history: PersonHistory

    def start(self) -> None:
        """Nobody has said anything."""
        self.history = PersonHistory()

    def destroy_keys(self, *, reason: ErasureReason, approved_by: str) -> None:
        """Erase the person: two people decide it."""
        decided_by = self.actor.partition("/")[2]
        if not approved_by.strip() or approved_by.strip().casefold() == decided_by.strip().casefold():
            raise errors.SecondPersonRequiredError
        self.record(PersonKeysDestroyed, reason=reason, approved_by=approved_by)

    def rotate_keys(self, *, seal_class: SealClass | None = None) -> None:
        """Let new values be sealed under new keys."""
        self.record(PersonKeysRotated, seal_class=seal_class)

    def when(self, event: PersonEvent) -> None:
        """Evolve from a fact."""
        evolve(self.history, event)
