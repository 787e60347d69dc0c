"""What may be decided about a person's keys: who erases, what holds it up, and what has to follow."""

from datetime import date, timedelta

import pytest

from domain.office.birth import is_research_file
from domain.person import errors
from domain.person.aggregate import Person
from domain.person.events import (
    Followed,
    PersonErasureCompleted,
    PersonErasureRequested,
    PersonErasureRequestWithdrawn,
    PersonHoldLifted,
    PersonHoldPlaced,
    PersonKeysDestroyed,
    PersonKeysRotated,
)
from domain.person.values import ErasureReason, HoldReason
from domain.ports import SealClass
from tests.scenario import Scenario, fact

person = Scenario(Person, "anna")
DAY = date(2026, 3, 2)
TO_FOLLOW = ("keys", "homes")
DESTROYED = fact(PersonKeysDestroyed, reason=ErasureReason.RETENTION_OVER, approved_by="bo", to_follow=TO_FOLLOW)
DESTROYED_BEFORE = fact(PersonKeysDestroyed, reason=ErasureReason.RETENTION_OVER, approved_by="bo")
HELD = fact(PersonHoldPlaced, hold_id="1", reason=HoldReason.LEX_SARAH, placed_on=DAY)
HELD_TOO = fact(PersonHoldPlaced, hold_id="2", reason=HoldReason.APPEAL, placed_on=DAY - timedelta(days=9))
LIFTED = fact(PersonHoldLifted, hold_id="1", lifted_on=DAY)
REQUESTED = fact(PersonErasureRequested, reason=ErasureReason.RETENTION_OVER, requested_on=DAY)
FOLLOWED = (Followed("keys", 2), Followed("homes", 0))
COMPLETED = fact(PersonErasureCompleted, followed=FOLLOWED)
APPROVED = fact(
    PersonKeysDestroyed,
    actor="admin/ulla",
    reason=ErasureReason.RETENTION_OVER,
    approved_by="ulla",
    requested_by="coordinator/eva",
    to_follow=TO_FOLLOW,
)


def destroy(person: Person) -> None:
    person.destroy_keys(reason=ErasureReason.RETENTION_OVER, approved_by="bo", to_follow=TO_FOLLOW)


def request(person: Person) -> None:
    person.request_erasure(reason=ErasureReason.RETENTION_OVER, on=DAY)


def approve(person: Person, *, after_days: int = 0) -> None:
    person.approve_erasure(on=DAY + timedelta(days=after_days), to_follow=TO_FOLLOW)


def test_a_person_is_erased_and_again_after_something_new_was_sealed() -> None:
    person.given().when(destroy).then(DESTROYED)
    person.given(DESTROYED, COMPLETED).when(destroy).then(DESTROYED)
    person.given(DESTROYED).when(destroy).then(DESTROYED)


def test_new_values_may_be_sealed_under_new_keys() -> None:
    rotated = fact(PersonKeysRotated, seal_class=SealClass.IDENTITY)
    person.given().when(lambda anna: anna.rotate_keys(seal_class=SealClass.IDENTITY)).then(rotated)


@pytest.mark.parametrize("approver", ["", " ", "eva", "EVA "])
def test_who_decides_an_erasure_cannot_approve_it_and_somebody_must(approver: str) -> None:
    def by_one(anna: Person) -> None:
        anna.destroy_keys(reason=ErasureReason.OTHER, approved_by=approver, to_follow=TO_FOLLOW)

    person.given().when(by_one).then_refused(errors.SecondPersonRequiredError)


def test_one_asks_for_an_erasure_and_another_approves_it() -> None:
    person.given().when(request).then(REQUESTED)
    person.given(REQUESTED).by("admin/ulla").when(approve).then(APPROVED)


@pytest.mark.parametrize("actor", ["coordinator/eva", "admin/eva", "admin/Eva"])
def test_who_asked_for_an_erasure_cannot_approve_it_in_another_role_either(actor: str) -> None:
    person.given(REQUESTED).by(actor).when(approve).then_refused(errors.SecondPersonRequiredError)


def test_an_erasure_that_nobody_asks_for_any_more_is_not_approved() -> None:
    withdrawn = fact(PersonErasureRequestWithdrawn)
    person.given(REQUESTED).when(Person.withdraw_erasure_request).then(withdrawn)
    for before in ((), (REQUESTED, withdrawn), (REQUESTED, APPROVED, COMPLETED)):
        person.given(*before).by("admin/ulla").when(approve).then_refused(errors.ErasureNotRequestedError)
        person.given(*before).when(Person.withdraw_erasure_request).then_refused(errors.ErasureNotRequestedError)


def test_a_request_is_approved_for_thirty_days_and_then_made_anew() -> None:
    ulla = person.given(REQUESTED).by("admin/ulla")
    ulla.when(lambda anna: approve(anna, after_days=31)).then_refused(errors.ErasureRequestTooOldError)
    ulla.when(lambda anna: approve(anna, after_days=30)).then(APPROVED)
    person.given(REQUESTED).when(request).then_refused(errors.ErasureAlreadyRequestedError)
    later = DAY + timedelta(days=31)
    anew = fact(PersonErasureRequested, reason=ErasureReason.OTHER, requested_on=later)
    person.given(REQUESTED).when(lambda anna: anna.request_erasure(reason=ErasureReason.OTHER, on=later)).then(anew)


def test_a_hold_is_placed_and_lifted_once() -> None:
    def place(anna: Person) -> None:
        anna.place_hold(hold_id="1", reason=HoldReason.LEX_SARAH, on=DAY)

    def lift(anna: Person) -> None:
        anna.lift_hold(hold_id="1", on=DAY)

    person.given().when(place).then(HELD)
    person.given(HELD).when(lift).then(LIFTED)
    person.given(HELD).when(place).then_refused(errors.HoldAlreadyPlacedError)
    person.given(HELD, LIFTED).when(place).then_refused(errors.HoldAlreadyPlacedError)
    for before in ((), (HELD_TOO,), (HELD, LIFTED)):
        person.given(*before).when(lift).then_refused(errors.HoldNotOpenError)


def test_nobody_is_erased_while_any_hold_is_open() -> None:
    for before in ((HELD,), (HELD, LIFTED, HELD_TOO), (REQUESTED, HELD), (DESTROYED, HELD)):
        for decide in (destroy, request, approve):
            person.given(*before).by("admin/ulla").when(decide).then_refused(errors.PersonHeldError)
    person.given(HELD, LIFTED).when(destroy).then(DESTROYED)
    person.given(REQUESTED, HELD, LIFTED).by("admin/ulla").when(approve).then(APPROVED)


def test_whoever_is_refused_is_told_how_many_holds_are_open_and_since_when() -> None:
    with pytest.raises(errors.PersonHeldError) as refused:
        destroy(person.given(HELD, HELD_TOO).aggregate)
    assert refused.value.detail.startswith("2 legal holds are open, the first since 2026-02-21.")
    with pytest.raises(errors.PersonHeldError) as refused:
        destroy(person.given(HELD).aggregate)
    assert refused.value.detail.startswith("One legal hold is open, the first since 2026-03-02.")


def test_the_file_of_one_born_on_a_day_kept_for_research_is_archived_first() -> None:
    receipt, reason = "SSA 2026-17", ErasureReason.RETENTION_OVER

    def ask(anna: Person, archived: str = "") -> None:
        anna.request_erasure(reason=reason, on=DAY, archived=archived, is_research_file=True)

    def decide(anna: Person, archived: str = "") -> None:
        anna.destroy_keys(
            reason=reason, approved_by="bo", to_follow=TO_FOLLOW, archived=archived, is_research_file=True
        )

    def approve_known_since(anna: Person) -> None:
        anna.approve_erasure(on=DAY, to_follow=TO_FOLLOW, is_research_file=True)

    archived = fact(PersonErasureRequested, reason=reason, requested_on=DAY, archived=receipt)
    for each in (ask, decide, lambda anna: ask(anna, " ")):
        person.given().when(each).then_refused(errors.ArchiveFirstError)
    person.given().when(lambda anna: ask(anna, receipt)).then(archived)
    destroyed = {**DESTROYED.fields, "archived": receipt}
    person.given().when(lambda anna: decide(anna, receipt)).then(fact(PersonKeysDestroyed, **destroyed))
    person.given(REQUESTED).by("admin/ulla").when(approve_known_since).then_refused(errors.ArchiveFirstError)
    approved = fact(PersonKeysDestroyed, actor="admin/ulla", **{**APPROVED.fields, "archived": receipt})
    person.given(archived).by("admin/ulla").when(approve_known_since).then(approved)


@pytest.mark.parametrize(
    ("number", "is_kept"),
    [
        ("194611051235", True),
        ("194611151235", True),
        ("194611251235", True),
        ("194611751235", True),  # a samordningsnummer
        ("194611161235", False),
        ("194611651235", True),
        ("194605161235", False),
    ],
)
def test_the_day_of_birth_says_whose_file_is_kept_for_research(number: str, is_kept: bool) -> None:
    assert is_research_file(number) is is_kept


def test_an_erasure_that_did_not_end_may_end_and_nothing_new_is_decided() -> None:
    def complete(anna: Person) -> None:
        anna.complete_erasure(followed=FOLLOWED)

    person.given(DESTROYED).when(approve).then_nothing()
    person.given(DESTROYED).when(complete).then(COMPLETED)
    for before in ((), (DESTROYED, COMPLETED), (DESTROYED_BEFORE,)):
        person.given(*before).when(complete).then_nothing()
    person.given(DESTROYED_BEFORE).when(approve).then_refused(errors.ErasureNotRequestedError)
