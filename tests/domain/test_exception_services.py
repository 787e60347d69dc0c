"""Services that are missing, unknown or not ordered (exceptions.md)."""

from datetime import UTC, date, datetime
from typing import Any

import msgspec
import pytest

from domain.context import Context
from domain.detectors.found import FoundException
from domain.exception_catalogue import ExceptionCode
from domain.exceptions import lasting_exceptions
from domain.facts import VisitFacts
from domain.ids import ClientId, ServiceCode, UnitId
from domain.rulebook.rulebook import DEFAULT_RULEBOOK, rulebook_with
from domain.values import NotPerformedReason
from tests.domain.given_facts import (
    ASTA,
    BROR,
    CLEAN,
    MORNING,
    SHOP,
    SHOWER,
    clock,
    failure,
    known,
    order,
    plan,
    service,
    stay,
    visit,
)

KNOWN = known()
REGION = UnitId("west")
PLAN, STAY, SHOWERED = plan(), stay("08:00", "08:30"), service()
SOUND = visit(PLAN, STAY, SHOWERED)


def found(made: VisitFacts, context: Context = KNOWN) -> list[FoundException]:
    return list(lasting_exceptions([made], context=context, rulebook=DEFAULT_RULEBOOK))


def codes(made: VisitFacts, context: Context = KNOWN) -> set[str]:
    return {each.code for each in found(made, context)}


def test_a_finished_visit_without_a_service_misses_it() -> None:
    """Every visit needs at least one service, or it is not paid [S:INTRA16]."""
    (missing,) = found(visit(PLAN, STAY))
    assert (missing.code, missing.minutes, missing.since) == (ExceptionCode.SERVICE_MISSING, 30, clock("08:30"))


@pytest.mark.parametrize("made", [visit(PLAN, stay("08:00", None)), visit(PLAN, STAY, failure()), visit(PLAN)])
def test_a_visit_under_way_failed_or_to_come_misses_no_service(made: VisitFacts) -> None:
    assert ExceptionCode.SERVICE_MISSING not in codes(made)


def test_a_visit_that_failed_for_one_of_a_couple_misses_the_others_service() -> None:
    couple = visit(plan(clients=(ASTA, BROR)), stay("08:00", "08:30", clients=(ASTA, BROR)))
    failed = msgspec.structs.replace(couple, failures=(failure(NotPerformedReason.HOSPITAL, ASTA),))
    assert codes(failed) == {ExceptionCode.SERVICE_MISSING}


def test_a_service_in_no_order_of_the_day_is_not_ordered() -> None:
    made = visit(PLAN, STAY, service(SHOWER, 20), service(SHOP))
    (unordered,) = found(made)
    assert (unordered.code, unordered.minutes) == (ExceptionCode.SERVICE_NOT_ORDERED, 10)


@pytest.mark.parametrize(
    ("since", "until", "expected"),
    [
        (date(2025, 3, 3), None, set()),
        (date(2025, 3, 4), None, {ExceptionCode.SERVICE_NOT_ORDERED}),
        (date(2025, 1, 1), date(2025, 3, 3), {ExceptionCode.SERVICE_NOT_ORDERED}),
        (date(2025, 1, 1), date(2025, 3, 4), set()),
    ],
)
def test_an_order_holds_from_its_first_day_up_to_its_last(since: date, until: date | None, expected: set[str]) -> None:
    assert codes(SOUND, known(orders=[order(since=since, until=until)])) == expected


def test_after_local_midnight_the_order_of_the_new_day_holds() -> None:
    half_past_midnight = datetime(2025, 3, 2, 23, 30, tzinfo=UTC)
    made = visit(
        plan(half_past_midnight, clock("01:00")),
        stay(half_past_midnight, clock("01:00")),
        service(at=half_past_midnight),
    )
    assert codes(made, known(orders=[order(since=date(2025, 3, 3))])) == set()


def test_a_service_for_the_household_is_ordered_when_one_of_them_has_it() -> None:
    made = visit(plan(clients=(ASTA, BROR)), stay("08:00", "08:30", clients=(ASTA, BROR)), service(CLEAN, client=None))
    assert codes(made, known(orders=[order(BROR, CLEAN)])) == set()


@pytest.mark.parametrize("client", [BROR, None])
def test_what_one_of_a_couple_has_ordered_the_other_has_not(client: ClientId | None) -> None:
    couple = visit(
        plan(clients=(ASTA, BROR)), stay("08:00", "08:30", clients=(ASTA, BROR)), service(SHOP, None, client)
    )
    ordered = {BROR: {ExceptionCode.SERVICE_NOT_ORDERED}, None: set[ExceptionCode]()}[client]
    assert codes(couple, known(orders=[order(ASTA, SHOP)])) == ordered
    assert codes(couple, known(orders=[])) == {ExceptionCode.SERVICE_NOT_ORDERED}


def test_a_declined_service_needs_no_order() -> None:
    assert codes(visit(PLAN, STAY, SHOWERED, service(SHOP, performed=False))) == set()


def test_a_visit_of_a_region_needs_no_order() -> None:
    """Home instruction is given without assessment and belongs to a region [S:SEED0]."""
    context = known(orders=[])
    west = msgspec.structs.replace(next(iter(context.units.values())), unit_id=REGION, kind="region")
    regional = msgspec.structs.replace(context, units={REGION: west})
    assert codes(visit(plan(unit_id=REGION), STAY, SHOWERED), regional) == set()


@pytest.mark.parametrize("code", [MORNING, ServiceCode("NO-SUCH")])
def test_a_code_outside_the_catalogue_is_unknown_and_not_also_unordered(code: ServiceCode) -> None:
    assert codes(visit(PLAN, STAY, service(code))) == {ExceptionCode.SERVICE_CODE_UNKNOWN}


@pytest.mark.parametrize("policy", ["order_required", "extra_needs_approval", "client_time"])
def test_what_the_rulebook_lets_be_paid_or_bought_without_an_order_is_nothing_to_fix(policy: str) -> None:
    changes: dict[str, Any] = {policy: False}
    made, rulebook = visit(PLAN, STAY, service(SHOP)), rulebook_with(**changes)
    assert codes(made) == {ExceptionCode.SERVICE_NOT_ORDERED}
    assert list(lasting_exceptions([made], context=KNOWN, rulebook=rulebook)) == []
