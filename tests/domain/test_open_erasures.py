"""Which erasures have not ended, and what each of them waits for."""

from datetime import UTC, date, datetime, timedelta

import pytest

from domain.event import RecordedEvent
from domain.person.aggregate import Person
from domain.person.events import (
    Followed,
    PersonErasureCompleted,
    PersonErasureRequested,
    PersonErasureRequestWithdrawn,
    PersonHoldLifted,
    PersonHoldPlaced,
    PersonKeysDestroyed,
)
from domain.person.open_erasures import OpenErasure, OpenErasures, WaitsFor
from domain.person.values import ErasureReason, HoldReason
from tests.scenario import Scenario, Told, fact

DAY, NOON = date(2026, 3, 2), datetime(2026, 3, 2, 12, tzinfo=UTC)
LAST_DAY = DAY + timedelta(days=30)
ANNA, BO = Scenario(Person, "anna"), Scenario(Person, "bo")
OVER = ErasureReason.RETENTION_OVER
ASKED = fact(PersonErasureRequested, actor="care_manager/eva", reason=OVER, requested_on=DAY)
WITHDRAWN = fact(PersonErasureRequestWithdrawn)
APPROVED = fact(
    PersonKeysDestroyed,
    actor="admin/ulla",
    reason=OVER,
    approved_by="ulla",
    requested_by="care_manager/eva",
    to_follow=("keys", "homes"),
)
BY_AN_OPERATOR = fact(PersonKeysDestroyed, actor="admin/kim", reason=OVER, approved_by="ulla", to_follow=("keys",))
BY_AN_EARLIER_RELEASE = fact(PersonKeysDestroyed, actor="admin/kim", reason=OVER, approved_by="ulla")
ENDED = fact(PersonErasureCompleted, followed=(Followed("keys", 1),))
HELD = fact(PersonHoldPlaced, hold_id="1", reason=HoldReason.APPEAL, placed_on=DAY)
HELD_TOO = fact(PersonHoldPlaced, hold_id="2", reason=HoldReason.LEX_SARAH, placed_on=LAST_DAY)
LIFTED = fact(PersonHoldLifted, hold_id="1", lifted_on=DAY)


def taken(*told: tuple[Scenario[Person], Told]) -> OpenErasures:
    """What is open after events of several persons, at positions 1, 2, 3... and as many hours after noon."""
    found = OpenErasures()
    for position, (person, each) in enumerate(told, start=1):
        found.take(RecordedEvent(position, NOON + timedelta(hours=position), person.event(position, each)))
    return found


def of_anna(*told: Told) -> list[OpenErasure]:
    return taken(*((ANNA, each) for each in told)).all()


@pytest.mark.parametrize(
    ("told", "waits_for"),
    [
        ((ASKED,), WaitsFor.APPROVAL),
        ((ASKED, HELD), WaitsFor.HOLD),
        ((ASKED, HELD, LIFTED), WaitsFor.APPROVAL),
        ((ASKED, APPROVED), WaitsFor.WHAT_FOLLOWS),
        ((BY_AN_OPERATOR,), WaitsFor.WHAT_FOLLOWS),
        ((HELD, LIFTED, ASKED, APPROVED), WaitsFor.WHAT_FOLLOWS),
        ((ASKED, APPROVED, HELD), WaitsFor.HOLD),
        ((ASKED, APPROVED, HELD, HELD_TOO, LIFTED), WaitsFor.HOLD),
        ((ASKED, APPROVED, HELD, LIFTED), WaitsFor.APPROVAL_AGAIN),
        ((ASKED, APPROVED, HELD, LIFTED, ENDED, ASKED, APPROVED), WaitsFor.WHAT_FOLLOWS),
        ((ASKED, APPROVED, HELD, LIFTED, BY_AN_OPERATOR), WaitsFor.WHAT_FOLLOWS),
    ],
)
def test_an_erasure_waits_for_holds_first_then_for_people_and_then_for_what_follows(
    told: tuple[Told, ...], waits_for: WaitsFor
) -> None:
    [erasure] = of_anna(*told)
    assert erasure.waits_for(LAST_DAY) is waits_for
    assert erasure.goes_on is (waits_for is WaitsFor.WHAT_FOLLOWS)


def test_a_request_that_is_too_old_waits_for_another_one() -> None:
    [erasure] = of_anna(ASKED)
    after = LAST_DAY + timedelta(days=1)
    assert [erasure.waits_for(day) for day in (LAST_DAY, after)] == [WaitsFor.APPROVAL, WaitsFor.NEW_REQUEST]


@pytest.mark.parametrize(
    "told",
    [
        (HELD,),
        (ASKED, WITHDRAWN),
        (ASKED, APPROVED, ENDED),
        (ASKED, APPROVED, HELD, LIFTED, ENDED),
        (ASKED, APPROVED, HELD, ENDED),
        (BY_AN_EARLIER_RELEASE,),
    ],
)
def test_what_was_withdrawn_or_has_ended_is_open_no_more(told: tuple[Told, ...]) -> None:
    assert of_anna(*told) == []


def test_each_stands_where_it_was_asked_for_or_decided_with_who_asked() -> None:
    found = taken((BO, ASKED), (ANNA, ASKED), (BO, HELD), (BO, LIFTED), (BO, APPROVED), (BO, ASKED), (ANNA, HELD)).all()
    assert [(each.person_id, each.position, each.is_approved) for each in found] == [
        ("anna", 2, False),
        ("bo", 5, True),
        ("bo", 6, False),
    ]
    assert {each.requested_by for each in found} == {"care_manager/eva"}
    assert [each.since for each in found] == [NOON + timedelta(hours=position) for position in (2, 5, 6)]
    assert [each.last_on for each in found] == [LAST_DAY, None, LAST_DAY]
    assert [(each.open_holds, each.held_since) for each in found] == [(1, DAY), (0, None), (0, None)]
    assert found[1].to_follow == ("keys", "homes")
    assert of_anna(BY_AN_OPERATOR)[0].requested_by == "admin/kim"
