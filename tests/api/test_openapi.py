"""The document that describes the surface can be followed by those who make clients of it."""

from collections.abc import Iterator
from functools import reduce
from typing import Any

import jsonschema
from starlette.testclient import TestClient

from tests.api.conftest import Calls
from tests.api.phones import phone, statuses


def references(part: Any) -> Iterator[str]:
    """Every `$ref` within."""
    if isinstance(part, dict):
        if isinstance(part.get("$ref"), str):
            yield part["$ref"]
        for each in part.values():
            yield from references(each)
    elif isinstance(part, list):
        for each in part:
            yield from references(each)


def resolves(document: Any, reference: str) -> bool:
    try:
        reduce(lambda part, step: part[step.replace("~1", "/")], reference.removeprefix("#/").split("/"), document)
    except (KeyError, TypeError):
        return False
    return reference.startswith("#/")


def test_whatever_the_document_refers_to_stands_in_it(shared_client: TestClient) -> None:
    document = shared_client.get("/openapi.json").json()
    found = set(references(document))
    assert found
    assert {each for each in found if not resolves(document, each)} == set()


def undescribed(schema: Any, place: str = "") -> Iterator[str]:
    """Every field within that is not said what it means."""
    if isinstance(schema, list):
        for each in schema:
            yield from undescribed(each, place)
    elif isinstance(schema, dict):
        for name, field in schema.get("properties", {}).items():
            if not field.get("description"):
                yield f"{place}/{name}"
            yield from undescribed(field, f"{place}/{name}")
        for name in ("items", "anyOf", "schema"):
            yield from undescribed(schema.get(name), place)


def test_what_every_report_is_asked_by_is_described(shared_client: TestClient) -> None:
    paths = shared_client.get("/openapi.json").json()["paths"]
    told = [each for path in ("/v1/exceptions", "/v1/reconciliation") for each in paths[path]["get"]["parameters"]]
    silent = {each["name"] for each in told if not each.get("description")}
    assert silent <= {"client_id", "worker_id", "unit_id", "state"}


def test_whoever_makes_a_field_app_is_told_what_each_field_of_a_sync_means(shared_client: TestClient) -> None:
    described = shared_client.get("/openapi.json").json()["paths"]["/v1/sync"]["post"]
    [asked] = described["requestBody"]["content"].values()
    [told] = described["responses"]["200"]["content"].values()
    assert sorted(undescribed([asked, told])) == []
    fact = asked["schema"]["properties"]["facts"]["items"]["properties"]
    assert [each["title"] for each in fact["payload"]["anyOf"]] == fact["type"]["enum"]
    assert "arrival_id" in fact["payload"]["anyOf"][1]["properties"]


def test_the_example_of_a_sync_is_as_described_and_is_accepted(call: Calls, shared_client: TestClient) -> None:
    described = shared_client.get("/openapi.json").json()["paths"]["/v1/sync"]["post"]
    [asked] = described["requestBody"]["content"].values()
    jsonschema.validate(asked["example"], asked["schema"])
    answer = phone(call).post("/v1/sync", asked["example"], key="")
    assert statuses(answer) == [("accepted", None)] * len(asked["example"]["facts"])
    [told] = described["responses"]["200"]["content"].values()
    jsonschema.validate(answer.json(), told["schema"])
