"""What the API's description says is what comes, whatever is sent."""

from pathlib import Path

import pytest
from starlette.testclient import TestClient

from tests.fuzzing.described import Found, described

pytestmark = pytest.mark.domain
"""Properties of the whole app."""


def test_400_calls_made_of_the_description_are_answered_as_it_says(tmp_path: Path) -> None:
    found = Found()
    with described(tmp_path) as app:
        for of_one in app.call_all(seed=1, good=3, bad=2):
            found.add(of_one)
    assert found.faults == {}
    assert found.calls >= 400
    assert set(found.statuses) >= {200, 400, 403, 404, 422}


def test_every_call_below_v1_says_that_it_may_be_limited(shared_client: TestClient) -> None:
    paths = shared_client.get("/openapi.json").json()["paths"]
    operations = [each for path, by_method in paths.items() if path.startswith("/v1/") for each in by_method.values()]
    assert len(operations) > 90
    assert all("application/problem+json" in each["responses"]["429"]["content"] for each in operations)
