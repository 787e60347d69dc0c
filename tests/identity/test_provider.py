"""A real identity provider, which knows nothing of us but a client: its tokens are taken, and people sign in by it."""

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx2
import pytest
from starlette.testclient import TestClient

from api.app import create_app
from api.bootstrap import build
from tests.identity.provider import running_provider, signing_in_by
from tests.issuer import AUDIENCE, CLIENT, SECRET
from tests.servers import ServerMissingError

SITE = "https://ledger.example"
STEPS_MAX = 12


@dataclass(frozen=True)
class Wired:
    """The provider's address, and a browser before our pages."""

    provider: str
    ours: TestClient


@pytest.fixture(scope="module")
def wired(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Wired]:
    folder = tmp_path_factory.mktemp("wired")
    try:
        with running_provider(SITE) as provider:
            yield from pages_of(provider, folder)
    except ServerMissingError as error:
        pytest.skip(str(error))


def pages_of(provider: str, folder: Path) -> Iterator[Wired]:
    """Our pages, once they know the provider's keys."""
    house = build(signing_in_by(provider, folder, folder / "secret", SITE))
    with TestClient(create_app(house), base_url=SITE, follow_redirects=False) as ours:
        deadline = time.monotonic() + 10
        while not house.callers.is_ready:
            assert time.monotonic() < deadline
            time.sleep(0.01)
        yield Wired(provider, ours)


def come_back(address: str) -> str:
    """What a person does in a browser: sign in, agree, and follow wherever it leads, until it leads back to us."""
    with httpx2.Client(follow_redirects=False) as browser:
        answer = browser.get(address)
        for _ in range(STEPS_MAX):
            if (leads_to := answer.headers.get("location", "")).startswith(SITE):
                return leads_to
            if leads_to:
                answer = browser.get(httpx2.URL(str(answer.url)).join(leads_to))
            else:
                answer = browser.post(form_of(answer.text), data=filled(answer.text))
    raise AssertionError(answer.text)


def form_of(page: str) -> str:
    found = re.search(r'<form[^>]*action="([^"]+)"', page)
    assert found, page
    return found[1]


def filled(page: str) -> dict[str, str]:
    """The form's own fields, and a name where one is asked for."""
    hidden = re.findall(r'<input type="hidden" name="(\w+)" value="(\w+)"', page)
    return dict(hidden) | ({"login": "eva", "password": "any"} if 'name="login"' in page else {})


def test_somebody_signs_in_by_a_real_provider(wired: Wired) -> None:
    sent = wired.ours.get("/sign-in")
    back = come_back(sent.headers["location"])
    done = wired.ours.get(back.removeprefix(SITE))
    assert (done.status_code, done.headers.get("location")) == (303, "/")
    page = wired.ours.get("/", headers={"Accept-Language": "en"}).text
    assert "<strong>eva</strong> (auditor)" in page
    wired.ours.get("/sign-in")
    assert wired.ours.get(back.removeprefix(SITE)).status_code == 401


def test_a_real_providers_token_is_taken_for_what_its_role_may(wired: Wired) -> None:
    asked = {"grant_type": "client_credentials", "resource": AUDIENCE}
    given = httpx2.post(f"{wired.provider}/token", data=asked, auth=(CLIENT, SECRET)).raise_for_status().json()
    authorized = {"Authorization": f"Bearer {given['access_token']}"}
    assert wired.ours.get("/v1/rulebooks", headers=authorized).status_code == 200
    assert wired.ours.post("/v1/sync", json={}, headers=authorized).status_code == 403
