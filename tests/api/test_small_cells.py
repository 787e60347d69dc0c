"""Whoever only counts is told no figure of few clients: not as a cell, and not by what is told beside it."""

from collections.abc import Iterator
from typing import Any

import pytest
from starlette.testclient import TestClient

from api.app import create_app
from api.bootstrap import build
from infra.settings import UNLIMITED, Settings
from tests.api.calls import Answer, Json
from tests.api.conftest import MORNING, StillClock, people_of
from tests.api.town import BRACKE, CENTRE, GALLO, JANUARY, ORDER, OUTSIDE, Town, fact, fresh, uid

FAR, OTHER = uid("unit far"), uid("unit of another provider")
UNITS = {CENTRE: 6, GALLO: 2, FAR: 7, OTHER: 3}
"""How many clients each has."""
MARCH = {"month": "2026-03"}
DAY = {"from": "2026-03-02", "period_days": "1", "age_min": "0", "visits_per_day_min": "0", "window": "00:00-23:59"}
REPORTS: tuple[tuple[str, Json, str], ...] = (
    ("/v1/performed-time", {**MARCH, "group_by": "client_unit"}, "client_unit_id"),
    ("/v1/reimbursement", {**MARCH, "group_by": "client_unit"}, "client_unit_id"),
    ("/v1/reconciliation", {**MARCH, "level": "unit"}, "unit_id"),
    ("/v1/client-time", {**MARCH, "by": "client_unit"}, "unit_id"),
    ("/v1/registration-quality", MARCH, "unit_id"),
    ("/v1/client-counts", {"level": "unit"}, "unit_id"),
    ("/v1/continuity", {**DAY, "level": "unit"}, "unit_id"),
    ("/v1/budget-basis", {"last": "2026-03", "months": "1"}, "unit_id"),
    ("/v1/budget-basis", {"last": "2026-03", "months": "1", "level": "unit"}, "unit_id"),
    ("/v1/order-lag", {**MARCH, "level": "unit"}, "unit_id"),
    ("/v1/rulebooks/compare", {"before": "adopted", "after": "adopted", "period": "2026-03", "by": "unit"}, "id"),
)


@pytest.fixture(scope="module")
def counted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """A town with three units of one provider and one of another; everybody has an order, a visit and a greater need."""
    settings = Settings(data_dir=tmp_path_factory.mktemp("counted"), rates=UNLIMITED)
    house = build(settings, clock=StillClock(MORNING))
    with TestClient(create_app(house)) as client:
        town = Town(people_of(house, client))
        town.settle()
        for unit, provider in ((FAR, BRACKE), (OTHER, OUTSIDE)):
            town.call("admin").decide(f"/v1/units/{unit}/open", {"name": "Fjärran", "provider_id": provider})
        boss, position = town.call("unit_manager", units=UNITS), 0
        for unit, number in UNITS.items():
            for client_id in [fresh("client") for _ in range(number)]:
                boss.decide(f"/v1/clients/{client_id}/register", {"unit_id": unit, "registered_on": JANUARY})
                position = _visited(town, client_id)
        assert house.projector.wait_until(position, 5)
        yield town


def _visited(town: Town, client_id: str) -> int:
    order, visit = fresh("order"), fresh("visit")
    town.call("care_manager").decide(f"/v1/orders/{order}/place", {**ORDER, "client_id": client_id})
    need = {"direction": "increased", "noticed_on": "2026-02-20", "service_code": "SHOWER"}
    town.call(units=UNITS).decide(f"/v1/orders/{order}/report-need-change", need, version=1)
    service = fact("service_performed", visit, "06:10", service_code="SHOWER", client_id=client_id)
    stay = [fact("check_in", visit, "06:00", client_ids=[client_id]), fact("check_out", visit, "06:30")]
    return town.sync(fresh("worker"), [stay[0], service, stay[1]])


def rows(answer: Answer) -> list[Json]:
    assert answer.status_code == 200, answer.text
    found: list[Json] = answer.json()["rows"]
    return found


def figures(row: Json) -> list[Any]:
    """What a row tells beside what it is about."""
    about = {
        "level",
        "month",
        "months",
        "by",
        "day",
        "first_on",
        "last_on",
        "definition",
        "rulebook",
        "legal_basis",
        "name",
    }
    ids = {"provider_id", "unit_id", "client_unit_id", "id", "suppressed"}
    return [value for name, value in row.items() if name not in about | ids and value is not None]


def test_a_unit_of_few_clients_is_withheld_with_the_next_smallest_of_its_provider_in_every_report(
    counted: Town,
) -> None:
    for path, params, unit in REPORTS:
        told = [row for row in rows(counted.call("reporting").get(path, **params)) if row[unit] in UNITS]
        assert {row[unit]: row["suppressed"] for row in told} == {CENTRE: True, GALLO: True, FAR: False, OTHER: True}, (
            path
        )
        assert {row[unit]: bool(figures(row)) for row in told} == {
            CENTRE: False,
            GALLO: False,
            FAR: True,
            OTHER: False,
        }, path


def test_a_unit_is_told_in_full_to_everybody_else(counted: Town) -> None:
    for path, params, unit in REPORTS:
        for caller in (counted.call("auditor"), counted.call("unit_manager", units=UNITS)):
            told = [row for row in rows(caller.get(path, **params)) if row[unit] in UNITS]
            assert len(told) == len(UNITS)
            assert all(figures(row) and "suppressed" not in row for row in told), path


def test_rows_of_a_client_or_worker_are_told_by_their_pseudonyms(counted: Town) -> None:
    for group in ("client", "worker"):
        told = rows(counted.call("reporting").get("/v1/performed-time", **MARCH, group_by=group))
        assert [(row["staff_minutes"], row["suppressed"]) for row in told] == [(30, False)] * sum(UNITS.values())
    one = told[0]["worker_id"]
    by_service = rows(counted.call("reporting").get("/v1/performed-time", **MARCH, group_by="service", worker_id=one))
    assert [row["staff_minutes"] for row in by_service] == [30]


def test_a_spreadsheet_has_the_same_columns_in_every_row(counted: Town) -> None:
    text = counted.call("reporting").get("/v1/reconciliation", **MARCH, format="csv").text
    header, *lines = text.splitlines()
    assert header.endswith(",suppressed")
    assert {line.rpartition(",")[2] for line in lines} == {"true", "false"}
