"""Rulebooks over HTTP: checked by line, adopted by an admin, and every answer under the rules adopted by then."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest
from starlette.testclient import TestClient

from api.app import create_app
from api.bootstrap import build
from infra.settings import UNLIMITED, Settings
from tests.api.calls import Caller, Json, fresh_key
from tests.api.conftest import MORNING, Calls, StillClock, people_of
from tests.api.town import ANNA, BO, PLAN, Town, fresh

YAML = "application/yaml"
TOWNS = """municipality: Bräcke
editions:
  - version: bracke-2026
    from: 2026-01-01
    until: 2026-04-01
    policies:
      quality_bonus_per_hour: 10.50
      corrector_may_approve_alone: true
      standard_times: [{service: CLEAN, minutes: 70}]
"""
MARCH = TOWNS.replace("bracke-2026", "bracke-2026-march").replace("2026-01-01", "2026-03-01").replace("10.50", "23")
FAULTY = TOWNS.replace("from: 2026-01-01", "from: 2026-13-01").replace("10.50", "-1")


def send(caller: Caller, path: str, text: str, *, media_type: str = YAML, version: int | None = None) -> Any:
    headers = {"Content-Type": media_type, "Idempotency-Key": fresh_key()}
    if version is not None:
        headers["If-Match"] = f'"{version}"'
    return caller.send(path, text.encode(), **headers)


def adopted(call: Calls, text: str) -> Json:
    admin = call("admin")
    version = admin.get("/v1/organisation").json()["version"]
    answer = send(admin, "/v1/rulebooks/adopt", text, version=version)
    assert answer.status_code == 200, answer.text
    written: Json = answer.json()
    return written


class Ruled(NamedTuple):
    """A town that has adopted two rulebooks, and the positions before, of the first and of the second."""

    call: Calls
    before: int
    first: int
    second: int


@pytest.fixture(scope="module")
def ruled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ruled]:
    """The town, for tests that change nothing."""
    house = build(Settings(data_dir=tmp_path_factory.mktemp("ruled"), rates=UNLIMITED), clock=StillClock(MORNING))
    with TestClient(create_app(house)) as client:
        call = people_of(house, client)
        Town(call).settle()
        before = house.log.head()[0]
        first, second = adopted(call, TOWNS)["position"], adopted(call, MARCH)["position"]
        assert house.projector.wait_until(second, 10)
        yield Ruled(call, before, first, second)


@pytest.fixture(scope="module")
def auditor(ruled: Ruled) -> Caller:
    return ruled.call("auditor")


def rulebook_of(auditor: Caller, path: str, **params: object) -> str:
    answer = auditor.get(path, **params)
    assert answer.status_code == 200, answer.text
    name: str = answer.json()["rulebook"]
    return name


def test_a_document_is_checked_line_by_line_and_nothing_is_stored(ruled: Ruled, auditor: Caller) -> None:
    told = send(auditor, "/v1/rulebooks/check", FAULTY).json()
    assert not told["valid"]
    assert [(fault["line"], fault["code"]) for fault in told["faults"]] == [(4, "bad_day"), (7, "out_of_range")]
    assert told["faults"][1]["path"] == "/editions/0/policies/quality_bonus_per_hour"
    assert told["faults"][1]["sentence"] == "Write 0 or more."
    unknown = send(auditor, "/v1/rulebooks/check", TOWNS.replace("CLEAN", "SHOP"), media_type="text/yaml").json()
    assert unknown["valid"]
    assert [(warning["line"], warning["code"]) for warning in unknown["warnings"]] == [(9, "service_not_in_catalogue")]
    assert auditor.get("/v1/rulebooks").json()["complete_through"] == ruled.second


def test_every_answer_names_the_versions_of_the_days_it_is_about(ruled: Ruled, auditor: Caller) -> None:
    assert rulebook_of(auditor, "/v1/performed-time", month="2026-02") == "bracke-2026"
    assert rulebook_of(auditor, "/v1/reconciliation", month="2026-03") == "bracke-2026-march"
    assert rulebook_of(auditor, "/v1/exceptions", **{"from": "2026-02-27", "to": "2026-04-01"}) == (
        "bracke-2026, bracke-2026-march, none"
    )
    assert rulebook_of(auditor, f"/v1/workers/{ANNA}/schedule", day="2026-02-01") == "bracke-2026"
    assert rulebook_of(auditor, "/v1/reconciliation", month="2026-03", as_of=ruled.first) == "bracke-2026"
    assert rulebook_of(auditor, "/v1/reconciliation", month="2026-03", as_of=ruled.before) == "default-1"


def test_the_editions_are_listed_with_their_days_as_adopted_by_then(ruled: Ruled, auditor: Caller) -> None:
    rows = auditor.get("/v1/rulebooks").json()["rows"]
    assert [(row["version"], row["from_on"], row["until_on"], row["adoption"]) for row in rows] == [
        ("bracke-2026", "2026-01-01", "2026-03-01", 1),
        ("bracke-2026-march", "2026-03-01", "2026-04-01", 2),
    ]
    assert len(rows[0]["source_digest"]) == 64
    assert [row["until_on"] for row in auditor.get("/v1/rulebooks", as_of=ruled.first).json()["rows"]] == ["2026-04-01"]
    earlier = auditor.get("/v1/rulebooks", as_of=ruled.before).json()["rows"]
    assert [(row["version"], row["from_on"], row["adoption"]) for row in earlier] == [("default-1", "0001-01-01", 0)]
    assert auditor.get("/v1/rulebooks", format="csv").text.startswith("version,from_on,until_on,municipality,")


def test_one_edition_is_shown_with_every_policy(ruled: Ruled, auditor: Caller) -> None:
    answer = auditor.get("/v1/rulebooks/bracke-2026")
    assert '"quality_bonus_per_hour":10.50' in answer.text
    policies = answer.json()["policies"]
    assert (policies["continuity_period_days"], policies["standard_times"][0]["service"]) == (14, "CLEAN")
    assert answer.json()["days"] == [{"from_on": "2026-01-01", "until_on": "2026-03-01"}]
    assert auditor.get("/v1/rulebooks/bracke-2027").status_code == 404
    assert auditor.get("/v1/rulebooks/default-1").status_code == 404
    assert auditor.get("/v1/rulebooks/default-1", as_of=ruled.before).status_code == 200
    assert auditor.get("/v1/rulebooks/schema").json()["$defs"]["Edition"]["required"] == ["version", "from"]


def test_a_faulty_document_is_not_adopted_and_the_places_are_pointed_at(ruled: Ruled) -> None:
    answer = send(ruled.call("admin"), "/v1/rulebooks/adopt", FAULTY, version=1)
    assert (answer.status_code, answer.json()["code"]) == (422, "rulebook_faulty")
    assert [(error["pointer"], error["code"]) for error in answer.json()["errors"]] == [
        ("/editions/0/from", "bad_day"),
        ("/editions/0/policies/quality_bonus_per_hour", "out_of_range"),
    ]
    assert "/v1/rulebooks/check" in answer.json()["detail"]


def test_services_that_the_catalogue_has_not_are_pointed_at(ruled: Ruled) -> None:
    admin = ruled.call("admin")
    version = admin.get("/v1/organisation").json()["version"]
    text = TOWNS.replace("CLEAN", "SHOP").replace("bracke-2026", "b-2")
    answer = send(admin, "/v1/rulebooks/adopt", text, version=version)
    assert (answer.status_code, answer.json()["code"]) == (409, "rulebook_services_unknown")
    assert answer.json()["errors"] == [
        {"pointer": "/editions/0/policies/standard_times/0/service", "code": "service_not_in_catalogue"}
    ]


def test_the_adoption_is_told_in_the_audit_trail(ruled: Ruled, auditor: Caller) -> None:
    organisation_id = ruled.call("admin").get("/v1/organisation").json()["id"]
    rows = auditor.get(f"/v1/audit/organisation/{organisation_id}").json()["rows"]
    assert rows[-2]["text"] == "Rulebook adopted: bracke-2026 (2026-01-01)"
    assert rows[-1]["actor"] == "admin/admin-1"


@pytest.mark.usefixtures("town")
def test_an_adoption_names_the_version_it_was_decided_on_and_is_safe_to_repeat(call: Calls) -> None:
    admin = call("admin")
    assert send(admin, "/v1/rulebooks/adopt", TOWNS).status_code == 428
    assert send(admin, "/v1/rulebooks/adopt", TOWNS, version=999).status_code == 412
    version = admin.get("/v1/organisation").json()["version"]
    headers = {"Content-Type": YAML, "Idempotency-Key": fresh_key(), "If-Match": f'"{version}"'}
    stored = admin.send("/v1/rulebooks/adopt", TOWNS.encode(), **headers).json()
    again = admin.send("/v1/rulebooks/adopt", TOWNS.encode(), **headers).json()
    assert (again["status"], again["position"]) == ("known", stored["position"])
    assert admin.send("/v1/rulebooks/adopt", MARCH.encode(), **headers).json()["code"] == "id_conflict"
    refused = send(admin, "/v1/rulebooks/adopt", TOWNS, version=stored["version"]).json()
    assert refused["code"] == "rulebook_already_adopted"


@pytest.mark.parametrize("media_type", ["application/json", "text/csv", "text/plain"])
def test_only_yaml_is_taken(shared_town: Town, media_type: str) -> None:
    answer = send(shared_town.call("admin"), "/v1/rulebooks/check", TOWNS, media_type=media_type)
    assert answer.status_code == 415


def test_yaml_is_taken_nowhere_else(shared_town: Town) -> None:
    answer = send(shared_town.call("coordinator"), f"/v1/visits/{fresh('visit')}/plan", "a: 1")
    assert answer.status_code == 415


def approved_by_its_corrector(call: Calls, town: Town) -> str:
    """Let the coordinator who corrected a visit approve it: what came of it."""
    visit_id, _ = town.attended_visit()
    coordinator = call("coordinator")
    body = {
        "worker_id": BO,
        "client_ids": PLAN["client_ids"],
        "arrived_at": "2026-03-02T06:00:00+01:00",
        "departed_at": "2026-03-02T06:40:00+01:00",
        "reason_codes": ["FORGOT_BOTH"],
        "note": "Told me so on the telephone.",
    }
    corrected = coordinator.post(f"/v1/visits/{visit_id}/correct-attendance", body, version=3).json()
    approval = {"position": corrected["position"], "minutes": 80}
    answer = coordinator.post(f"/v1/visits/{visit_id}/approve", approval, version=corrected["version"]).json()
    return str(answer.get("code", answer["status"]))


def test_an_approval_is_decided_under_the_rules_adopted_for_the_visits_day(town: Town, call: Calls) -> None:
    """At once, and not when the read models have heard of them."""
    adopted(call, TOWNS.replace("2026-01-01", "2026-03-03"))
    assert approved_by_its_corrector(call, town) == "corrector_approves_alone"
    adopted(call, TOWNS)
    assert approved_by_its_corrector(call, town) == "accepted"
