"""What the API's description says is what comes, whatever is sent."""

from collections.abc import Iterator

import pytest

from tests.fuzzing.described import Described, Found, described

pytestmark = pytest.mark.domain
"""Properties of the whole app."""


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Described]:
    """One running app, called as it is described."""
    with described(tmp_path_factory.mktemp("described")) as running:
        yield running


@pytest.fixture(scope="module")
def found(app: Described) -> Found:
    """What came of two good and two bad calls of each operation."""
    found = Found()
    for of_one in app.call_all(seed=1, good=2, bad=2):
        found.add(of_one)
    return found


def test_420_calls_made_of_the_description_are_answered_as_it_says(found: Found) -> None:
    assert found.faults == {}
    assert found.calls >= 420
    assert set(found.statuses) >= {200, 400, 403, 404, 422}


def test_of_every_operation_some_good_call_is_let_through(found: Found) -> None:
    assert found.refused == []


def test_every_call_below_v1_says_that_it_may_be_limited(app: Described) -> None:
    paths = app.document["paths"]
    operations = [each for path, by_method in paths.items() if path.startswith("/v1/") for each in by_method.values()]
    assert len(operations) > 90
    assert all("application/problem+json" in each["responses"]["429"]["content"] for each in operations)
