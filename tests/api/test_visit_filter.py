"""Whose visits a report is asked for: the figures and the exceptions read the same three words the same way."""

from typing import Any

import pytest

from tests.api.conftest import Calls
from tests.api.town import ANNA, ASTRID, BO, BROR, CENTRE, GALLO, Town

DAY = {"from": "2026-03-02"}
PATHS = ("/v1/performed-time", "/v1/exceptions")


@pytest.fixture
def position(town: Town) -> int:
    """Anna was with Astrid, for the centre, and registered no service: a figure and an exception."""
    return town.attended_visit()[1]


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    ("whose", "is_found"),
    [
        ({}, True),
        ({"client_id": ASTRID, "worker_id": ANNA, "unit_id": CENTRE}, True),
        ({"client_id": BROR}, False),
        ({"worker_id": BO}, False),
        ({"unit_id": GALLO}, False),
    ],
)
def test_a_report_is_of_the_client_worker_and_unit_asked_for(
    call: Calls, position: int, path: str, whose: dict[str, Any], is_found: bool
) -> None:
    answer = call("coordinator").get(path, **DAY, **whose, min_position=position)
    assert bool(answer.json()["rows"]) == is_found


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("name", ["client_id", "worker_id", "unit_id"])
def test_what_is_no_id_is_refused(call: Calls, path: str, name: str) -> None:
    answer = call("coordinator").get(path, **DAY, **{name: "Astrid"})
    assert (answer.status_code, answer.json()["errors"]) == (422, [{"pointer": f"/query/{name}", "code": "invalid"}])


@pytest.mark.parametrize("path", PATHS)
def test_a_read_by_what_nobody_knows_is_refused_and_not_answered_of_everybody(call: Calls, path: str) -> None:
    answer = call("coordinator").get(path, **DAY, unit=CENTRE)
    assert (answer.status_code, answer.json()["code"]) == (422, "unknown_field")
    assert answer.json()["errors"] == [{"pointer": "/query/unit", "code": "unknown_field"}]
    assert call("admin").get(path, **DAY, unit=CENTRE).status_code == 403
