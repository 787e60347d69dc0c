"""The document that describes the surface can be followed by those who make clients of it."""

from collections.abc import Iterator
from functools import reduce
from typing import Any

from starlette.testclient import TestClient


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
