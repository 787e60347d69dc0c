"""A person, client or worker, as the one whose keys seal what says who that is."""

from collections.abc import Sequence
from datetime import date

from domain.aggregate import Aggregate
from domain.person import errors
from domain.person.events import (
    Followed,
    PersonErasureCompleted,
    PersonErasureRequested,
    PersonErasureRequestWithdrawn,
    PersonEvent,
    PersonHoldLifted,
    PersonHoldPlaced,
    PersonKeysDestroyed,
    PersonKeysRotated,
)
from domain.person.history import PersonHistory, Request, evolve
from domain.person.values import ErasureReason, HoldReason
from domain.ports import SealClass


class Person(Aggregate[PersonEvent]):
    """Decides what becomes of a person's keys. It is decided before it is done, and may be decided again to finish it.

    `is_research_file` says that the person was born on a day whose files are archived first.
    """

    KIND = "person"
    history: PersonHistory

    def start(self) -> None:
        """Nobody has said anything."""
        self.history = PersonHistory()

    def place_hold(self, *, hold_id: str, reason: HoldReason, on: date) -> None:
        """Let nobody erase the person before the hold is lifted. An id is used once."""
        if hold_id in self.history.holds:
            raise errors.HoldAlreadyPlacedError
        self.record(PersonHoldPlaced, hold_id=hold_id, reason=reason, placed_on=on)

    def lift_hold(self, *, hold_id: str, on: date) -> None:
        """Say that the ground of a hold is gone."""
        hold = self.history.holds.get(hold_id)
        if hold is None or hold.lifted_on is not None:
            raise errors.HoldNotOpenError
        self.record(PersonHoldLifted, hold_id=hold_id, lifted_on=on)

    def request_erasure(
        self, *, reason: ErasureReason, on: date, archived: str = "", is_research_file: bool = False
    ) -> None:
        """Ask for the person to be erased. It takes the place of a request that is too old."""
        self.require_unheld()
        request = self.history.request
        if request is not None and not request.is_too_old(on):
            raise errors.ErasureAlreadyRequestedError
        _require_archived(archived, is_research_file)
        self.record(PersonErasureRequested, reason=reason, requested_on=on, archived=archived)

    def withdraw_erasure_request(self) -> None:
        """Let a request no longer stand, whosever it is."""
        if self.history.request is None:
            raise errors.ErasureNotRequestedError
        self.record(PersonErasureRequestWithdrawn)

    def approve_erasure(self, *, on: date, to_follow: Sequence[str], is_research_file: bool = False) -> None:
        """Erase the person, as the second one. Where the last erasure has not ended nothing new is decided: it may end."""
        self.require_unheld()
        if self.history.is_unfinished:
            return
        request = self._standing_request(on)
        self._require_another_than(subject_of_actor(request.requested_by))
        _require_archived(request.archived, is_research_file)
        self.record(
            PersonKeysDestroyed,
            reason=request.reason,
            approved_by=subject_of_actor(self.actor),
            requested_by=request.requested_by,
            archived=request.archived,
            to_follow=tuple(to_follow),
        )

    def destroy_keys(
        self,
        *,
        reason: ErasureReason,
        approved_by: str,
        to_follow: Sequence[str],
        archived: str = "",
        is_research_file: bool = False,
    ) -> None:
        """Erase the person: an operator decides it, and names who else approves."""
        self.require_unheld()
        self._require_another_than(approved_by)
        _require_archived(archived, is_research_file)
        self.record(
            PersonKeysDestroyed,
            reason=reason,
            approved_by=approved_by,
            archived=archived,
            to_follow=tuple(to_follow),
        )

    def complete_erasure(self, *, followed: Sequence[Followed]) -> None:
        """Say that all that had to follow has been done; nothing where somebody else has said so."""
        if self.history.is_unfinished:
            self.record(PersonErasureCompleted, followed=tuple(followed))

    def rotate_keys(self, *, seal_class: SealClass | None = None) -> None:
        """Let new values be sealed under new keys."""
        self.record(PersonKeysRotated, seal_class=seal_class)

    def require_unheld(self) -> None:
        """Refuse while any hold is open."""
        if since := self.history.held_since:
            raise errors.PersonHeldError(len(self.history.open_holds), since)

    def when(self, event: PersonEvent) -> None:
        """Evolve from a fact."""
        evolve(self.history, event)

    def _standing_request(self, on: date) -> Request:
        request = self.history.request
        if request is None:
            raise errors.ErasureNotRequestedError
        if request.is_too_old(on):
            raise errors.ErasureRequestTooOldError
        return request

    def _require_another_than(self, name: str) -> None:
        """Who decides and who approves are two, by whatever role each of them comes."""
        other, own = (each.strip().casefold() for each in (name, subject_of_actor(self.actor)))
        if not other or other == own:
            raise errors.SecondPersonRequiredError


def subject_of_actor(actor: str) -> str:
    """Who it is, without the role."""
    return actor.partition("/")[2]


def _require_archived(archived: str, is_research_file: bool) -> None:
    if is_research_file and not archived.strip():
        raise errors.ArchiveFirstError
