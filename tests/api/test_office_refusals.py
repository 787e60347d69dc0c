"""Decisions that rest on other subjects are refused, by name, when those are not what is needed."""

import pytest

from api.bootstrap import House
from tests.api.calls import Json
from tests.api.office_steps import MEANING, SHIFT, SHIFT_TIMES
from tests.api.town import ANNA, ASTRID, BO, BROR, CENTRE, JANUARY, ORDER, PLAN, STINA, Town, fresh


@pytest.mark.parametrize(
    ("role", "path", "body", "code"),
    [
        ("coordinator", "/v1/visits/{new}/plan", {**PLAN, "client_ids": [ASTRID, fresh("client")]}, "client_unknown"),
        ("coordinator", "/v1/visits/{new}/plan", {**PLAN, "client_ids": []}, "client_missing"),
        ("coordinator", "/v1/visits/{new}/plan", {**PLAN, "client_ids": [BROR]}, "client_missing"),
        ("coordinator", "/v1/visits/{new}/plan", {**PLAN, "unit_id": fresh("unit")}, "unit_unknown"),
        ("coordinator", "/v1/visits/{visit}/assign", {"worker_id": fresh("worker")}, "worker_unknown"),
        ("care_manager", "/v1/orders/{new}/place", {**ORDER, "client_id": fresh("client")}, "client_unknown"),
        ("care_manager", "/v1/orders/{new}/place", {**ORDER, "provider_id": fresh("provider")}, "provider_unknown"),
        (
            "care_manager",
            "/v1/orders/{new}/place",
            {**ORDER, "lines": [{"line_id": "1", "service_code": "SHOWR", "frequency": "daily"}]},
            "service_code_not_defined",
        ),
        (
            "care_manager",
            "/v1/orders/{order}/move",
            {"provider_id": fresh("provider"), "from_on": "2026-03-01"},
            "provider_unknown",
        ),
        (
            "care_manager",
            "/v1/orders/{order}/change",
            {
                "effective_from": "2026-03-01",
                "lines": [{"line_id": "1", "service_code": "SHOWR", "frequency": "daily"}],
            },
            "service_code_not_defined",
        ),
        (
            "coordinator",
            "/v1/clients/{new}/register",
            {"unit_id": fresh("unit"), "registered_on": JANUARY},
            "unit_unknown",
        ),
        (
            "coordinator",
            "/v1/clients/{client}/change-unit",
            {"unit_id": fresh("unit"), "from_on": "2026-03-01"},
            "unit_unknown",
        ),
        (
            "coordinator",
            "/v1/clients/{client}/designate-care-contact",
            {"worker_id": BO, "from_on": "2026-03-01"},
            "not_assistant_nurse",
        ),
        (
            "coordinator",
            "/v1/clients/{client}/designate-care-contact",
            {"worker_id": STINA, "from_on": "2025-12-31"},
            "not_assistant_nurse",
        ),
        (
            "coordinator",
            "/v1/clients/{client}/designate-care-contact",
            {"worker_id": fresh("worker"), "from_on": "2026-03-01"},
            "worker_unknown",
        ),
        (
            "licensed",
            "/v1/workers/{worker}/delegate-health-task",
            {"service_code": "CLEAN", "from_on": "2026-03-01", "delegated_by": STINA},
            "not_licensed_to_delegate",
        ),
        ("unit_manager", "/v1/workers/{worker}/join-unit", {"unit_id": fresh("unit"), "on": JANUARY}, "unit_unknown"),
        (
            "unit_manager",
            "/v1/workers/{worker}/lend-to-unit",
            {"unit_id": fresh("unit"), "from_on": "2026-03-01", "until_on": "2026-03-08"},
            "unit_unknown",
        ),
        (
            "coordinator",
            "/v1/workers/{worker}/schedule-shift",
            {"shift_id": SHIFT, "unit_id": fresh("unit"), **SHIFT_TIMES},
            "unit_unknown",
        ),
        ("admin", "/v1/units/{new}/open", {"name": "Kälarne", "provider_id": fresh("provider")}, "provider_unknown"),
        ("admin", "/v1/service-codes/NONE/change", MEANING, "service_code_not_defined"),
        ("admin", "/v1/devices/{new}/register", {"unit_id": fresh("unit")}, "unit_unknown"),
        ("admin", "/v1/devices/{new}/register", {"unit_id": CENTRE, "worker_id": fresh("worker")}, "worker_unknown"),
    ],
)
def test_a_decision_that_rests_on_what_is_not_there_is_refused(
    shared_town: Town, shared_house: House, role: str, path: str, body: Json, code: str
) -> None:
    where = {"new": fresh("new"), "visit": "", "order": "", "client": ASTRID, "worker": ANNA}
    if "{visit}" in path:
        where["visit"] = shared_town.planned_visit()
    if "{order}" in path:
        where["order"] = shared_town.placed_order()
    head, _ = shared_house.log.head()
    reader = shared_town.call("unit_manager")
    version = None if "{new}" in path else version_of(reader.get(path.format_map(where).rpartition("/")[0]).json())
    if "service-codes" in path:
        version = version_of(reader.get("/v1/organisation").json())
    refused = shared_town.call(role).post(path.format_map(where), body, version=version)
    assert refused.json()["code"] == code, refused.text
    assert refused.status_code in {404, 409}
    assert shared_house.log.head()[0] == head


def version_of(state: Json) -> int | None:
    """The version to decide on; None of what is no subject."""
    return state.get("version")
