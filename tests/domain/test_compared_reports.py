"""Whose cells are asked for: the same visits as the report itself finds."""

import msgspec
import pytest

from domain.compared_reports import Narrowed
from domain.pay.lines import PayKind, PayLine
from domain.performed_time import PerformedMinutes
from domain.reconciliation import RowKey
from domain.values import VisitKind
from tests.domain.given_facts import (
    ANNA,
    ASTA,
    BO,
    BRACKE,
    BROR,
    GALLO,
    MONDAY,
    MUNICIPAL,
    but,
    plan,
    service,
    stay,
    visit,
)

MADE = visit(
    but(plan(), unit_id=BRACKE, worker_ids=(ANNA,)),
    but(stay("08:00", "08:30", BO), unit_id=GALLO),
    service(worker=ANNA),
)


@pytest.mark.parametrize(
    ("of", "is_asked"),
    [
        (Narrowed(), True),
        (Narrowed(worker_id=ANNA, unit_id=BRACKE), True),
        (Narrowed(worker_id=BO, unit_id=GALLO), True),
        (Narrowed(worker_id=BO, unit_id=BRACKE), False),
        (Narrowed(worker_id=ANNA, unit_id=GALLO), False),
        (Narrowed(unit_id=GALLO), True),
    ],
)
def test_a_visit_is_a_workers_for_a_unit_where_one_plan_or_stay_says_both(of: Narrowed, *, is_asked: bool) -> None:
    assert of.has_visit(MADE) is is_asked


def test_a_row_of_a_reconciliation_is_theirs_whom_it_names() -> None:
    row = RowKey("SoL", client_id=ASTA)
    asked = (Narrowed(), Narrowed(ASTA), Narrowed(BROR), Narrowed(unit_id=BRACKE), Narrowed(ASTA, unit_id=BRACKE))
    assert [of.has_row(row) for of in asked] == [True, True, False, False, False]


def test_pay_is_theirs_for_whom_it_is_of_whose_unit_they_are_and_who_is_paid() -> None:
    line = PayLine(
        kind=PayKind.PERFORMED,
        day=MONDAY,
        client_id=ASTA,
        provider_id=MUNICIPAL,
        client_unit_id=BRACKE,
        legal_basis="SoL",
        service_code=None,
        visit_id=None,
        rulebook_version="",
    )
    whole = Narrowed(client_id=ASTA, unit_id=BRACKE, provider_id=MUNICIPAL)
    assert Narrowed().has_line(line)
    assert whole.has_line(line)
    assert not any(
        msgspec.structs.replace(whole, **{name: "other"}).has_line(line)
        for name in ("client_id", "unit_id", "provider_id")
    )


def test_minutes_are_theirs_who_had_them_and_who_carried_them_out() -> None:
    row = PerformedMinutes(
        visit_id=MADE.visit_id,
        day=MONDAY,
        client_id=ASTA,
        worker_id=ANNA,
        service_code=None,
        kind=VisitKind.PLANNED,
        client_unit_id=BRACKE,
        worker_unit_id=BRACKE,
        provider_id=MUNICIPAL,
        legal_basis="SoL",
        staff_minutes=30,
        visit_minutes=30,
    )
    asked = (Narrowed(), Narrowed(ASTA, ANNA), Narrowed(BROR), Narrowed(ASTA, BO), Narrowed(worker_id=ANNA))
    assert [of.has_minutes(row) for of in asked] == [True, True, False, False, True]
