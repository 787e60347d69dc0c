"""Protected identity: what the office says of it, and whom it hides from whom."""

from datetime import date
from typing import Any

import msgspec
import pytest

from domain.access.decision import Asked, decide
from domain.access.reach import Held, Reach
from domain.access.told_rows import told_rows
from domain.access.values import Extent, Role
from domain.client import errors
from domain.client.aggregate import Client
from domain.client.events import (
    ClientProtectedIdentityMarked,
    ClientRegistered,
    ClientStaffNamed,
    ClientStaffRemoved,
)
from domain.client.protection import Protection
from domain.client.values import ProtectionLevel
from domain.event import DomainEvent
from domain.ids import ClientId, StreamId, UnitId
from domain.local_time import parse_month
from domain.timeline import DaySpan, Since
from tests.scenario import Scenario, fact

client = Scenario(Client, "client-1")
DAY, NEXT_DAY = date(2025, 3, 10), date(2025, 3, 11)
MARKING, REGISTRATION = ProtectionLevel.CONFIDENTIALITY_MARKING, ProtectionLevel.PROTECTED_REGISTRATION
REGISTERED = fact(ClientRegistered, unit_id=UnitId("bracke"), registered_on=date(2025, 3, 1))
MARKED = fact(ClientProtectedIdentityMarked, level=MARKING, from_on=DAY, named=("eva",))
NAMED = fact(ClientStaffNamed, subjects=("ada",))
ASTRID, BROR = ClientId("astrid"), ClientId("bror")


def event(event_class: type[DomainEvent], **fields: Any) -> DomainEvent:
    return event_class(originator_id=StreamId("client/1"), originator_version=1, actor="coordinator/eva", **fields)


def after(*events: DomainEvent) -> Protection:
    held = Protection()
    for each in events:
        assert isinstance(each, ClientProtectedIdentityMarked | ClientStaffNamed | ClientStaffRemoved)
        held = held.after(each)
    return held


@pytest.mark.parametrize(
    ("month", "is_protected"),
    [("2025-02", False), ("2025-03", True), ("2025-04", True), ("2025-05", True), ("2025-06", False)],
)
def test_a_client_is_protected_in_each_month_that_has_such_a_day(month: str, is_protected: bool) -> None:
    held = Protection((Since(DAY, MARKING), Since(date(2025, 5, 10), ProtectionLevel.NONE)))
    assert held.is_protected_in(parse_month(month)) is is_protected


def test_an_identity_is_protected_from_a_day_on_and_staff_are_named_with_it() -> None:
    client.given(REGISTERED).when(
        lambda astrid: astrid.mark_protected_identity(level=MARKING, from_on=DAY, named=("eva",))
    ).then(MARKED)
    client.given(REGISTERED, MARKED).when(
        lambda astrid: astrid.mark_protected_identity(level=MARKING, from_on=NEXT_DAY)
    ).then_refused(errors.ProtectionUnchangedError)
    client.given(REGISTERED, MARKED).when(
        lambda astrid: astrid.mark_protected_identity(level=REGISTRATION, from_on=NEXT_DAY)
    ).then(fact(ClientProtectedIdentityMarked, level=REGISTRATION, from_on=NEXT_DAY))


def test_what_was_never_protected_is_not_lifted() -> None:
    client.given(REGISTERED).when(
        lambda astrid: astrid.mark_protected_identity(level=ProtectionLevel.NONE)
    ).then_refused(errors.ProtectionUnchangedError)


def test_staff_are_named_once_also_before_a_mark_and_named_no_longer() -> None:
    client.given(REGISTERED).when(lambda astrid: astrid.name_staff(subjects=("ada", "ada"))).then(NAMED)
    client.given(REGISTERED, NAMED).when(lambda astrid: astrid.name_staff(subjects=("ada",))).then_refused(
        errors.StaffNamedAlreadyError
    )
    client.given(REGISTERED, NAMED).when(lambda astrid: astrid.remove_staff(subjects=("ada", "eva"))).then_refused(
        errors.StaffNotNamedError
    )
    client.given(REGISTERED, NAMED).when(lambda astrid: astrid.remove_staff(subjects=("ada",))).then(
        fact(ClientStaffRemoved, subjects=("ada",))
    )
    client.given().when(lambda astrid: astrid.name_staff(subjects=("ada",))).then_refused(errors.ClientUnknownError)


def test_a_client_is_hidden_from_whoever_is_not_named_on_the_days_of_the_mark_and_on_no_other() -> None:
    marked = event(ClientProtectedIdentityMarked, level=MARKING, from_on=DAY, named=("eva",))
    lifted = event(ClientProtectedIdentityMarked, level=ProtectionLevel.NONE, from_on=NEXT_DAY)
    held = after(marked, lifted)
    assert [held.is_hidden_from("ada", day) for day in (date(2025, 3, 9), DAY, NEXT_DAY)] == [False, True, False]
    assert not held.is_hidden_from("eva", DAY)
    assert held.level_said is ProtectionLevel.NONE


def test_a_mark_of_no_day_holds_always_and_who_is_named_no_longer_sees_no_more() -> None:
    marked = event(ClientProtectedIdentityMarked, level=REGISTRATION)
    named, removed = event(ClientStaffNamed, subjects=("ada", "bo")), event(ClientStaffRemoved, subjects=("bo",))
    held = after(marked, named, removed)
    assert [held.is_hidden_from(each, date(1999, 1, 1)) for each in ("eva", "ada", "bo")] == [True, False, True]


@pytest.mark.parametrize("extent", [Extent.OWN, Extent.UNIT, Extent.ALL])
def test_who_is_hidden_lies_within_nobodys_reach_and_others_do(extent: Extent) -> None:
    reach = Reach(
        extent=extent,
        today=DAY,
        unit_ids=frozenset({"bracke"}),
        client_ids=frozenset({ASTRID, BROR}),
        hidden=frozenset({ASTRID}),
    )
    held = [Held("bracke", DaySpan(date(2025, 1, 1)))]
    assert [reach.has_client(each, held) for each in (ASTRID, BROR)] == [False, True]
    assert [reach.tells(each) for each in (ASTRID, BROR, None, "")] == [False, True, True, True]
    assert [reach.is_protected(each) for each in (ASTRID, BROR)] == [True, False]
    assert not reach.is_all


class Line(msgspec.Struct, frozen=True):
    """A row of minutes."""

    client_id: str
    visit_id: str | None


def test_rows_by_client_or_visit_leave_out_who_is_hidden_and_sums_of_nobody_hold_everybody() -> None:
    alone, shared, with_her, other = Line("bror", "1"), Line("bror", "2"), Line("astrid", "2"), Line("astrid", None)
    rows = [alone, shared, with_her, other]
    reach = Reach(extent=Extent.ALL, hidden=frozenset({ASTRID}))
    assert told_rows(reach, rows, ["worker_id", "day"]) == rows
    assert told_rows(reach, rows, ["client_id"]) == [alone, shared]
    assert told_rows(reach, rows, ["visit_id"]) == [alone]
    assert told_rows(Reach(extent=Extent.ALL), rows, ["client_id"]) == rows


def test_only_who_names_staff_and_an_auditor_for_an_incident_reach_whoever_is_hidden() -> None:
    unnamed = {
        (role, action, purpose)
        for role in Role
        for action in ("client.name_staff", "client.change", "read.people", "read.figures", "read.events")
        for purpose in ("", "audit", "incident", "assess")
        if decide(Asked(role=role, action=action, purpose=purpose)).unnamed
    }
    assert {each for each in unnamed if each[1] != "client.name_staff"} == {
        ("auditor", action, "incident") for action in ("read.people", "read.figures", "read.events")
    }
    assert {role for role, action, _ in unnamed if action == "client.name_staff"} == {"unit_manager", "care_manager"}
