"""What may be decided about a person's keys."""

import pytest

from domain.person import errors
from domain.person.aggregate import Person
from domain.person.events import PersonKeysDestroyed, PersonKeysRotated
from domain.person.values import ErasureReason
from domain.ports import SealClass
from tests.scenario import Scenario, fact

person = Scenario(Person, "anna")
DESTROYED = fact(PersonKeysDestroyed, reason=ErasureReason.RETENTION_OVER, approved_by="bo")


def destroy(person: Person) -> None:
    person.destroy_keys(reason=ErasureReason.RETENTION_OVER, approved_by="bo")


def test_a_person_is_erased_and_again_after_something_new_was_sealed() -> None:
    person.given().when(destroy).then(DESTROYED)
    person.given(DESTROYED).when(destroy).then(DESTROYED)


def test_new_values_may_be_sealed_under_new_keys() -> None:
    rotated = fact(PersonKeysRotated, seal_class=SealClass.IDENTITY)
    person.given().when(lambda anna: anna.rotate_keys(seal_class=SealClass.IDENTITY)).then(rotated)


@pytest.mark.parametrize("approver", ["", " ", "eva", "EVA "])
def test_who_decides_an_erasure_cannot_approve_it_and_somebody_must(approver: str) -> None:
    person.given().when(lambda anna: anna.destroy_keys(reason=ErasureReason.OTHER, approved_by=approver)).then_refused(
        errors.SecondPersonRequiredError
    )
