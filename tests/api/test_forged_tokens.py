"""Forged and misused tokens, at the real app with a real issuer's keys: each is answered the same, and stores nothing."""

import time
from collections.abc import Callable, Iterator

import pytest
from starlette.testclient import TestClient

from api.app import create_app
from api.bootstrap import House, build
from infra.settings import UNLIMITED, Settings
from tests.api.calls import Answer
from tests.api.conftest import MORNING, StillClock
from tests.api.forgery import FORGED, MISUSED, Forged, Headers, Site, bearer
from tests.api.town import ANNA
from tests.issuer import AUDIENCE, Json, running_issuer

pytestmark = pytest.mark.faults
Told = tuple[int, Json, dict[str, str]]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with running_issuer() as issuer:
        folder = tmp_path_factory.mktemp("issued")
        settings = Settings(data_dir=folder, issuer=issuer.url, audience=AUDIENCE, rates=UNLIMITED)
        house = build(settings, clock=StillClock(MORNING))
        with TestClient(create_app(house)) as client:
            assert client.get("/healthz").status_code == 200
            wait_for_keys(house)
            yield Site(issuer, house, client)


def wait_for_keys(house: House) -> None:
    """They are fetched beside the start."""
    for _ in range(500):
        if house.callers.is_ready:
            return
        time.sleep(0.01)
    raise AssertionError("no keys came")


def told(answer: Answer) -> Told:
    """An answer, but for the id that is drawn for each."""
    body, headers = answer.json(), dict(answer.headers)
    body.pop("request_id")
    headers.pop("x-request-id")
    return answer.status_code, body, headers


@pytest.fixture(scope="module")
def refusal(site: Site) -> Told:
    """What everybody is told who sends no token."""
    answer = told(site.sync([]))
    assert (answer[0], answer[1]["code"], answer[2]["www-authenticate"]) == (401, "unauthenticated", "Bearer")
    return answer


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
def test_a_good_token_is_taken_in_whatever_case_the_scheme_is_written(site: Site, scheme: str) -> None:
    position, _ = site.kept()
    answer = site.sync([("Authorization", f"{scheme} {site.token()}")])
    assert [result["status"] for result in answer.json()["results"]] == ["accepted"]
    assert site.kept()[0] > position


@pytest.mark.parametrize("forged", FORGED.values(), ids=FORGED)
def test_row_44_a_forged_token_is_answered_as_none_and_stores_nothing(
    site: Site, refusal: Told, forged: Forged
) -> None:
    before = site.kept()
    assert told(site.sync(bearer(forged(site)))) == refusal
    assert site.kept() == before
    assert "/own" not in site.issuer.asked


@pytest.mark.parametrize("misused", MISUSED.values(), ids=MISUSED)
def test_row_44_a_good_token_in_the_wrong_place_is_answered_as_none_and_stores_nothing(
    site: Site, refusal: Told, misused: Callable[[Site], Headers]
) -> None:
    before = site.kept()
    assert told(site.sync(misused(site))) == refusal
    assert site.kept() == before


@pytest.mark.parametrize("name", ["access_token", "token", "authorization"])
def test_row_44_a_token_in_the_address_is_none(site: Site, refusal: Told, name: str) -> None:
    assert told(site.sync([], f"?{name}={site.token()}")) == refusal


def test_row_44_a_token_of_the_development_issuer_is_none_where_an_identity_provider_is_named(
    site: Site, refusal: Told, tmp_path_factory: pytest.TempPathFactory
) -> None:
    other = build(Settings(data_dir=tmp_path_factory.mktemp("development")))
    token = other.tokens.issue(subject=ANNA, role="care_worker")
    other.close()
    assert told(site.sync(bearer(token))) == refusal
