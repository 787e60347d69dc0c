"""A closed month's statement: the same inputs give the same bytes, and nothing inexact or accidental stands in it."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import msgspec
import pytest

from domain.ids import ProviderId, UnitId, VisitId
from domain.local_time import Month
from domain.period.calculation import CALCULATION_VERSION, CALCULATIONS, MonthFacts
from domain.period.differences import differences
from domain.period.sections import Section, decimal_text, plain
from domain.period.statement import Statement, digest_of, read_statement, statement_bytes
from domain.period.values import Accountable
from domain.rulebook.rulebook import DEFAULT_RULEBOOK
from tests.domain.given_facts import (
    ASTA,
    BRACKE,
    BROR,
    CLEAN,
    GALLO,
    MUNICIPAL,
    ORDERS,
    SHOWER,
    belongs,
    clock,
    known,
    plan,
    service,
    stay,
    visit,
)

MARCH = Month(2025, 3)
FILE = Path(__file__).parents[1] / "stored_events" / "statement-1.json"
WEDNESDAY = date(2025, 3, 5)
MONDAYS = visit(
    plan("08:00", "08:40", (SHOWER, 40, ASTA), (CLEAN, 20, BROR), clients=(ASTA, BROR)),
    stay("08:00", "09:00", clients=(ASTA, BROR)),
    service(SHOWER, 40, ASTA),
    service(CLEAN, 20, BROR),
)
WEDNESDAYS = visit(
    stay(
        clock("08:00", WEDNESDAY),
        clock("08:30", WEDNESDAY),
        clients=(BROR,),
        visit_id=VisitId("v2"),
        unit_id=UnitId(""),
    ),
    service(CLEAN, client=BROR, at=clock("08:10", WEDNESDAY), visit_id=VisitId("v2")),
    visit_id=VisitId("v2"),
)
MOVED = known(
    memberships=(
        belongs("client_unit", ASTA, BRACKE),
        belongs("client_unit", BROR, BRACKE, until=date(2025, 3, 5)),
        belongs("client_unit", BROR, GALLO, since=date(2025, 3, 5)),
    )
)


class PricedLine(msgspec.Struct, frozen=True, kw_only=True):
    """A line with minutes and money."""

    kind: str
    day: date
    client_id: str
    service_code: str | None
    minutes: int
    amount: Decimal


PRICED = Section(name="priced", key=("kind", "day", "client_id", "service_code"), measures=("minutes", "amount"))


def march(accountable: Accountable, visits: tuple[object, ...] = (MONDAYS, WEDNESDAYS)) -> Statement:
    facts = MonthFacts(accountable, MARCH, visits, MOVED, DEFAULT_RULEBOOK)  # type: ignore[arg-type]
    return Statement(
        month="2025-03",
        unit_id=accountable.unit_id,
        provider_id=accountable.provider_id,
        ledger_id="ledger-1",
        epoch=1,
        position=500,
        event_id="event-500",
        rulebook_versions=("default-1",),
        calculation_version=CALCULATION_VERSION,
        sections=CALCULATIONS[CALCULATION_VERSION].lines(facts),
    )


def performed(statement: Statement) -> dict[tuple[object, ...], object]:
    return {
        (line["day"], line["client_id"], line.get("service_code")): line["performed_minutes"]
        for line in statement.sections["pay"]
        if line["performed_minutes"]
    }


def test_the_statement_of_this_version_has_the_bytes_that_it_always_had() -> None:
    """Whoever breaks this raises CALCULATION_VERSION, and keeps the old calculation beside the new one."""
    assert CALCULATION_VERSION == 1
    assert statement_bytes(march(Accountable(unit_id=BRACKE))) == FILE.read_bytes()


def test_the_order_in_which_facts_are_read_makes_no_difference() -> None:
    unit = Accountable(unit_id=BRACKE)
    assert statement_bytes(march(unit, (WEDNESDAYS, MONDAYS))) == statement_bytes(march(unit))


def test_a_clients_day_belongs_to_the_unit_responsible_that_day() -> None:
    assert performed(march(Accountable(unit_id=BRACKE))) == {
        ("2025-03-03", ASTA, SHOWER): 50,
        ("2025-03-03", BROR, CLEAN): 10,
    }
    assert performed(march(Accountable(unit_id=GALLO))) == {("2025-03-05", BROR, CLEAN): 30}


def test_a_visit_that_another_unit_planned_is_still_accounted_for_by_the_clients_own() -> None:
    planned_by_gallo = visit(plan("08:00", "08:30", unit_id=GALLO), stay("08:00", "08:30", unit_id=GALLO))
    assert performed(march(Accountable(unit_id=BRACKE), (planned_by_gallo,))) == {("2025-03-03", ASTA, None): 30}
    assert performed(march(Accountable(unit_id=GALLO), (planned_by_gallo,))) == {}


def test_a_provider_accounts_for_all_its_units_and_for_nobody_elses() -> None:
    assert sum(map(int, map(str, performed(march(Accountable(provider_id=MUNICIPAL))).values()))) == 90
    assert performed(march(Accountable(provider_id=ProviderId("private")))) == {}


def test_the_units_totals_stand_beside_the_services_of_its_clients() -> None:
    lines = march(Accountable(unit_id=BRACKE)).sections["reconciliation"]
    [unit] = [line for line in lines if line["level"] == "unit"]
    assert unit["performed_minutes"] == 60
    assert unit["planned_minutes"] == 60
    assert unit["unit_id"] == BRACKE
    days_of_bror_in_the_unit = 4
    minutes_a_day = sum(each.ordered_minutes or 0 for each in ORDERS) // 2
    assert unit["ordered_minutes"] == minutes_a_day * (31 + days_of_bror_in_the_unit)
    assert {line["client_id"] for line in lines if line["level"] == "service"} == {ASTA, BROR}


def test_a_statement_reads_back_and_writes_the_same_bytes() -> None:
    content = statement_bytes(march(Accountable(unit_id=BRACKE)))
    assert statement_bytes(read_statement(content)) == content
    assert len(digest_of(content)) == 64


def test_money_is_text_to_the_ore_and_nothing_is_a_float() -> None:
    row = PricedLine(
        kind="performed", day=MARCH.first_on, client_id="a", service_code=None, minutes=50, amount=Decimal("310")
    )
    assert PRICED.lines([row]) == (
        {"kind": "performed", "day": "2025-03-01", "client_id": "a", "minutes": 50, "amount": "310.00"},
    )
    other = msgspec.structs.replace(row, client_id="b")
    assert PRICED.lines([other, row]) == PRICED.lines([row, other])
    assert [decimal_text(Decimal(text)) for text in ("1E+2", "0.50", "7.123400", "-0.5")] == [
        "100.00",
        "0.50",
        "7.1234",
        "-0.50",
    ]
    for value in (0.5, True, object()):
        with pytest.raises(TypeError):
            plain(value)


def test_two_statements_are_told_apart_line_by_line() -> None:
    before, after = march(Accountable(unit_id=BRACKE), (MONDAYS,)), march(Accountable(unit_id=GALLO))
    assert differences(before, before) == []
    found = differences(before, after)
    assert {difference.section for difference in found} == {"header", "pay", "reconciliation"}
    assert all(bool(difference.stored) != bool(difference.recomputed) for difference in found)
