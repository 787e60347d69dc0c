"""An app below the installation's minimum: it may send what it holds, and not read."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from api.app import create_app
from api.bootstrap import House, build
from infra.app_version import app_version
from infra.setting_values import SettingError
from infra.settings import Settings
from tests.api.calls import Answer
from tests.api.conftest import MORNING, Calls, StillClock, people_of
from tests.api.phones import events, phone, send, statuses
from tests.api.town import ANNA, fact, fresh

READS = (f"/v1/workers/{ANNA}/schedule", "/v1/performed-time", "/v1/organisation", f"/v1/visits/{ANNA}")


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> House:
    """An installation whose oldest app is 2.10."""
    settings = Settings(data_dir=tmp_path_factory.mktemp("strict"), app_version_min=app_version("2.10"))
    return build(settings, clock=StillClock(MORNING))


@pytest.fixture(scope="module")
def running(house: House) -> Iterator[TestClient]:
    """Its app, running."""
    with TestClient(create_app(house)) as client:
        yield client


@pytest.fixture
def call(house: House, running: TestClient) -> Calls:
    """People who call it."""
    return people_of(house, running)


def read(call: Calls, path: str, *versions: str) -> Answer:
    """Read as a worker's app of that version would."""
    caller = phone(call)
    headers = [*caller._headers().items(), *(("App-Version", version) for version in versions)]
    return caller.client.get(path, headers=headers)


@pytest.mark.parametrize("path", READS)
@pytest.mark.parametrize("version", ["2.9", "2.9.99", "2", "1.99.99.99", "0"])
def test_row_33_an_older_apps_read_is_told_to_upgrade_and_to_what(call: Calls, path: str, version: str) -> None:
    answer = read(call, path, version)
    assert (answer.status_code, answer.json()["code"]) == (426, "upgrade_required")
    assert answer.headers["content-type"] == "application/problem+json"
    assert (answer.headers["upgrade"], answer.headers["connection"]) == ("visitledger-app/2.10", "Upgrade")
    assert "install" in answer.json()["detail"]


@pytest.mark.parametrize("version", ["2.10", "2.10.0", "2.10.0.1", "2.11", "3", "10.0", "02.010"])
def test_row_33_an_app_of_the_minimum_or_later_reads(call: Calls, version: str) -> None:
    assert read(call, "/v1/performed-time", version).status_code == 200


def test_row_33_who_names_no_version_is_no_app(call: Calls) -> None:
    assert read(call, "/v1/performed-time").status_code == 200


def test_row_33_what_an_old_app_has_registered_is_taken_all_the_same(call: Calls, house: House) -> None:
    visit_id = fresh("visit")
    facts = [fact("check_in", visit_id, "06:00"), fact("check_out", visit_id, "06:30")]
    caller = phone(call)
    caller.client.headers["App-Version"] = "1.0"
    try:
        assert statuses(send(caller, facts, app_version="1.0")) == [("accepted", None)] * 2
    finally:
        del caller.client.headers["App-Version"]
    assert len(events(house, visit_id)) == 2


@pytest.mark.parametrize(
    "versions", [("",), ("v2.10",), ("2.10-beta",), ("2..1",), ("2.1.1.1.1",), ("9" * 10,), ("2.10,",), ("2.9", "3")]
)
def test_row_33_a_version_that_cannot_be_read_is_refused_and_not_repeated(
    call: Calls, versions: tuple[str, ...]
) -> None:
    answer = read(call, "/v1/performed-time", *versions)
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_app_version")
    assert not versions[0] or versions[0] not in answer.json()["detail"]


def test_row_33_without_a_minimum_every_version_reads_but_must_be_one(
    shared_client: TestClient, shared_house: House
) -> None:
    anybody = people_of(shared_house, shared_client)
    assert read(anybody, "/v1/performed-time", "0.0.1").status_code == 200
    assert read(anybody, "/v1/performed-time", "old").status_code == 400


def test_the_openapi_document_names_the_header_and_what_it_may_come_to(shared_client: TestClient) -> None:
    operation = shared_client.get("/openapi.json").json()["paths"]["/v1/performed-time"]["get"]
    assert "App-Version" in [parameter["name"] for parameter in operation["parameters"]]
    assert "`upgrade_required`" in operation["responses"]["426"]["description"]


def test_the_minimum_is_a_setting_that_must_be_a_version(tmp_path: Path) -> None:
    environment = {"VISITLEDGER_DATA": str(tmp_path), "VISITLEDGER_APP_VERSION_MIN": "2.10"}
    assert Settings.from_environment(environment).app_version_min == app_version("2.10.0")
    assert Settings.from_environment(environment | {"VISITLEDGER_APP_VERSION_MIN": ""}).app_version_min is None
    with pytest.raises(SettingError, match="VISITLEDGER_APP_VERSION_MIN takes") as told:
        Settings.from_environment(environment | {"VISITLEDGER_APP_VERSION_MIN": "newest"})
    assert "newest" not in str(told.value)
