"""What is decided about the keys of a person. Each function gives the command."""

from domain.command import Command
from domain.ids import PersonId
from domain.office.act import Act
from domain.person.aggregate import Person
from domain.person.values import ErasureReason
from domain.ports import SealClass


def destroy_keys(person_id: PersonId, *, reason: ErasureReason, approved_by: str, act: Act) -> Command:
    """Erase a person, client or worker."""
    return act.on(Person, person_id, lambda person: person.destroy_keys(reason=reason, approved_by=approved_by))


def rotate_keys(person_id: PersonId, *, seal_class: SealClass | None, act: Act) -> Command:
    """Seal what comes under new keys."""
    return act.on(Person, person_id, lambda person: person.rotate_keys(seal_class=seal_class))
