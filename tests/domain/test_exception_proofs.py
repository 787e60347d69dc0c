"""Exceptions about who may, what was read at the door, and closed months (exceptions.md)."""

from datetime import date
from typing import Any

import pytest

from domain.context import Context
from domain.detectors.found import FoundException
from domain.detectors.locks import late_for_lock
from domain.evidence import Delegation, Tag
from domain.exception_catalogue import ExceptionCode
from domain.exceptions import lasting_exceptions
from domain.facts import VisitFacts
from domain.ids import ClientId, ProviderId, ServiceCode, UnitId, WorkerId
from domain.local_time import Month
from domain.period.facts import PeriodClosing
from domain.period.values import PeriodState
from domain.rulebook.rulebook import DEFAULT_RULEBOOK
from domain.rulebook.values import AfterLock
from domain.standing import TitleHeld
from domain.worker.values import LicensedTitle
from tests.domain.given_facts import (
    ANNA,
    ASTA,
    BRACKE,
    BROR,
    CATALOGUE,
    GALLO,
    MUNICIPAL,
    SHOWER,
    but,
    clock,
    defined,
    known,
    plan,
    service,
    stay,
    visit,
)

INSULIN = ServiceCode("INSULIN")
TUESDAY = date(2025, 3, 4)
MONDAY = date(2025, 3, 3)


def of_code(code: ExceptionCode, made: VisitFacts, context: Context) -> list[FoundException]:
    found = lasting_exceptions([made], context=context, rulebook=DEFAULT_RULEBOOK)
    return [each for each in found if each.code == code]


# Delegations


def allowing(
    *, delegated: tuple[date, date | None] | None = None, of: ServiceCode = INSULIN, title: LicensedTitle | None = None
) -> Context:
    """Anna with a delegation over some days, or a title from Monday on."""
    delegations = []
    if delegated:
        from_on, until_on = delegated
        nurse = WorkerId("nurse")
        delegations = [
            Delegation(worker_id=ANNA, service_code=of, from_on=from_on, until_on=until_on, delegated_by=nurse)
        ]
    titles = [TitleHeld(worker_id=ANNA, title=title, from_on=MONDAY)] if title else []
    return known(catalogue=[*CATALOGUE, defined(INSULIN, "health")], delegations=delegations, titles=titles)


INJECTED = visit(plan(), stay("08:00", "08:30"), service(INSULIN))


@pytest.mark.parametrize(
    ("context", "count"),
    [
        (allowing(), 1),
        (allowing(delegated=(MONDAY, None)), 0),
        (allowing(delegated=(MONDAY, TUESDAY)), 0),
        (allowing(delegated=(TUESDAY, None)), 1),
        (allowing(delegated=(date(2025, 3, 1), MONDAY)), 1),
        (allowing(delegated=(MONDAY, None), of=SHOWER), 1),
        (allowing(title=LicensedTitle.NURSE), 0),
        (allowing(title=LicensedTitle.ASSISTANT_NURSE), 1),
    ],
)
def test_a_health_task_needs_a_delegation_of_that_moment_or_a_title(context: Context, count: int) -> None:
    found = of_code(ExceptionCode.DELEGATION_MISSING, INJECTED, context)
    assert [(each.minutes, each.since) for each in found] == [(30, clock("08:20"))] * count


def test_a_title_held_later_does_not_count_before() -> None:
    earlier = visit(service(INSULIN, at=clock("08:20", date(2025, 3, 2))))
    assert len(of_code(ExceptionCode.DELEGATION_MISSING, earlier, allowing(title=LicensedTitle.NURSE))) == 1


@pytest.mark.parametrize(
    "made",
    [
        visit(stay("08:00", "08:30"), service(SHOWER)),
        visit(stay("08:00", "08:30"), service(INSULIN, performed=False)),
        visit(stay("08:00", "08:30"), service(INSULIN, worker=WorkerId("stranger"))),
    ],
)
def test_no_delegation_is_asked_of_other_services_of_what_was_not_done_or_of_strangers(made: VisitFacts) -> None:
    assert of_code(ExceptionCode.DELEGATION_MISSING, made, allowing()) == []


# Tags


def tagged(*tags: tuple[ClientId, str, date | None]) -> Context:
    """Homes with tags since new year, until a day."""
    hung = [
        Tag(client_id=client, tag_id=tag, from_on=date(2025, 1, 1), until_on=until_on) for client, tag, until_on in tags
    ]
    return known(tags=hung)


@pytest.mark.parametrize(
    ("context", "count"),
    [
        (tagged((ASTA, "door", None)), 0),
        (tagged((ASTA, "other", None)), 1),
        (tagged((BROR, "door", None)), 1),
        (tagged((BROR, "other", None)), 0),
        (tagged(), 0),
        (tagged((ASTA, "door", MONDAY)), 1),
        (tagged((ASTA, "door", TUESDAY)), 0),
        (tagged((ASTA, "door", MONDAY), (ASTA, "new", None)), 1),
    ],
)
def test_the_tag_that_was_read_is_the_clients_and_not_retired(context: Context, count: int) -> None:
    """Where no tag is known, none is looked at."""
    there = stay("08:00", "08:30")
    for read in (but(there, arrival_tag_id="door"), but(there, departure_tag_id="door")):
        made = visit(read, service())
        found = of_code(ExceptionCode.TAG_UNKNOWN, made, context)
        assert [each.minutes for each in found] == [30] * count


def test_a_tag_of_one_of_a_couple_is_right_for_both() -> None:
    made = visit(stay("08:00", "08:30", clients=(ASTA, BROR), arrival_tag_id="door"), service())
    assert of_code(ExceptionCode.TAG_UNKNOWN, made, tagged((BROR, "door", None))) == []


# Closed months

MARCH, APRIL = Month(2025, 3), Month(2025, 4)


def closing(
    month: Month, position: int, state: PeriodState = PeriodState.CLOSED, **whose: UnitId | ProviderId
) -> PeriodClosing:
    """A month that was closed as known at a position."""
    of_nobody: dict[str, Any] = {"unit_id": UnitId(""), "provider_id": ProviderId("")}
    return PeriodClosing(
        **(of_nobody | whose),
        month=str(month),
        state=state,
        position=position,
        event_id="",
        rulebook_versions=(),
        calculation_version=1,
        digest="",
        after_lock=AfterLock.NEXT_RUN,
        closed_by="care_manager/kajsa",
    )


def late(position: int, *closed: PeriodClosing, context: Context | None = None) -> list[FoundException]:
    made = visit(plan(), stay("08:00", "08:30", position=position), service())
    return list(late_for_lock([made], closed, context=context or known(), rulebook=DEFAULT_RULEBOOK))


@pytest.mark.parametrize(
    ("closed", "count"),
    [
        (closing(MARCH, 99, unit_id=BRACKE), 1),
        (closing(MARCH, 100, unit_id=BRACKE), 0),
        (closing(APRIL, 99, unit_id=BRACKE), 0),
        (closing(MARCH, 99, unit_id=GALLO), 0),
        (closing(MARCH, 99, PeriodState.REOPENED, unit_id=BRACKE), 0),
        (closing(MARCH, 99, PeriodState.REOPENING_REQUESTED, unit_id=BRACKE), 1),
        (closing(MARCH, 99, provider_id=MUNICIPAL), 1),
        (closing(MARCH, 99, provider_id=ProviderId("private")), 0),
    ],
)
def test_what_is_said_of_a_month_after_its_closing_is_told_by_position_alone(closed: PeriodClosing, count: int) -> None:
    found = late(100, closed)
    assert [(each.code, each.minutes, each.subject_kind) for each in found] == [
        (ExceptionCode.AFTER_LOCK, 30, "visit")
    ] * count


def test_the_month_is_the_clients_units_to_account_for_whoever_planned_the_visit() -> None:
    night = visit(but(plan(), unit_id=GALLO), stay("08:00", "08:30", position=100), service())
    closed = [closing(MARCH, 99, unit_id=UnitId(GALLO))]
    assert list(late_for_lock([night], closed, context=known(), rulebook=DEFAULT_RULEBOOK)) == []
