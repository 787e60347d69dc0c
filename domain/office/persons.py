"""What is decided about the keys of a person. Each function gives the command.

The kind says what the person is in the ledger, `client` or `worker`, where the decider reaches only some. `on` is the
day of the decision, in the municipality.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from types import MappingProxyType

from domain.client.aggregate import Client
from domain.command import Command
from domain.ids import PersonId
from domain.office.act import Act
from domain.office.within import there
from domain.person.aggregate import Person
from domain.person.events import Followed
from domain.person.values import ErasureReason, HoldReason
from domain.ports import SealClass
from domain.worker.aggregate import Worker

PERSONS: Mapping[str, type[Client | Worker]] = MappingProxyType({kind.KIND: kind for kind in (Client, Worker)})
"""By the kind."""


def place_hold(kind: str, person_id: PersonId, *, hold_id: str, reason: HoldReason, on: date, act: Act) -> Command:
    """Let nobody erase a person before the hold is lifted."""
    return _on(kind, person_id, lambda person: person.place_hold(hold_id=hold_id, reason=reason, on=on), act)


def lift_hold(kind: str, person_id: PersonId, *, hold_id: str, on: date, act: Act) -> Command:
    """Say that the ground of a hold is gone."""
    return _on(kind, person_id, lambda person: person.lift_hold(hold_id=hold_id, on=on), act)


def request_erasure(
    kind: str,
    person_id: PersonId,
    *,
    reason: ErasureReason,
    on: date,
    archived: str,
    is_research_file: bool,
    act: Act,
) -> Command:
    """Ask for a person to be erased."""

    def decide(person: Person) -> None:
        person.request_erasure(reason=reason, on=on, archived=archived, is_research_file=is_research_file)

    return _on(kind, person_id, decide, act)


def withdraw_erasure_request(kind: str, person_id: PersonId, *, act: Act) -> Command:
    """Let a request no longer stand."""
    return _on(kind, person_id, lambda person: person.withdraw_erasure_request(), act)


def approve_erasure(
    kind: str, person_id: PersonId, *, on: date, to_follow: Sequence[str], is_research_file: bool, act: Act
) -> Command:
    """Erase a person, as the second one."""

    def decide(person: Person) -> None:
        person.approve_erasure(on=on, to_follow=to_follow, is_research_file=is_research_file)

    return _on(kind, person_id, decide, act)


def destroy_keys(
    person_id: PersonId,
    *,
    reason: ErasureReason,
    approved_by: str,
    to_follow: Sequence[str],
    archived: str = "",
    is_research_file: bool = False,
    act: Act,
) -> Command:
    """Erase a person, as an operator who names the second one."""

    def decide(person: Person) -> None:
        person.destroy_keys(
            reason=reason,
            approved_by=approved_by,
            to_follow=to_follow,
            archived=archived,
            is_research_file=is_research_file,
        )

    return act.on(Person, person_id, decide)


def complete_erasure(person_id: PersonId, *, followed: Sequence[Followed], act: Act) -> Command:
    """Say that all that had to follow an erasure has been done."""
    return act.on(Person, person_id, lambda person: person.complete_erasure(followed=followed))


def rotate_keys(person_id: PersonId, *, seal_class: SealClass | None, act: Act) -> Command:
    """Seal what comes under new keys."""
    return act.on(Person, person_id, lambda person: person.rotate_keys(seal_class=seal_class))


def _on(kind: str, person_id: PersonId, decide: Callable[[Person], None], act: Act) -> Command:
    return act.on(Person, person_id, decide, guard=there(act.reach, PERSONS[kind], person_id))
