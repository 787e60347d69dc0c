"""People sign in on the pages by the identity provider, and nobody else does."""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor
from concurrent.futures import wait as wait_for_any
from contextlib import closing
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from api.app import create_app
from api.bootstrap import House, build
from api.pages.signed_in import BEGUN, SIGNED_IN
from domain.admission.values import WithdrawalReason
from domain.office.act import Act
from domain.office.admission import withdraw_admission
from infra import sign_in
from infra.fetching import FetchError
from infra.setting_values import SettingError
from infra.settings import UNLIMITED, Settings
from infra.sign_in import AT_ONCE, BEGUN_S, SIGNED_IN_S, SignInFailedError
from tests.api.calls import Answer
from tests.issuer import AUDIENCE, CLIENT, DISCOVERY, SECRET, WORKER, Issuer, running_issuer

SITE = "https://ledger.example"
FIGURES = 'id="figures"'
NOW = int(time.time())
SWEDISH = {"Accept-Language": "sv"}


@pytest.fixture(scope="module")
def issuer() -> Iterator[Issuer]:
    with running_issuer() as running:
        yield running


def settings_for(issuer: Issuer, folder: Path, **more: Any) -> Settings:
    secret = folder / "secret"
    secret.write_text(f"{SECRET}\n")
    known: dict[str, Any] = {"issuer": issuer.url, "audience": AUDIENCE, "client_id": CLIENT, "public_url": SITE}
    return Settings(data_dir=folder, mode="production", rates=UNLIMITED, **known, client_secret_file=secret, **more)


@pytest.fixture(scope="module")
def house(issuer: Issuer, tmp_path_factory: pytest.TempPathFactory) -> House:
    return build(settings_for(issuer, tmp_path_factory.mktemp("pages")))


@pytest.fixture(scope="module")
def running(house: House) -> Iterator[TestClient]:
    with TestClient(create_app(house), base_url=SITE, follow_redirects=False) as running:
        deadline = time.monotonic() + 5
        while not house.callers.is_ready:
            assert time.monotonic() < deadline
            time.sleep(0.01)
        yield running


@pytest.fixture
def browser(running: TestClient) -> TestClient:
    """With no cookies."""
    running.cookies.clear()
    return running


def come_back(browser: TestClient, issuer: Issuer, *, answered: dict[str, str] | None = None, **changes: Any) -> Answer:
    """Go to the provider, and come back from it with what it says, or what somebody has made of that."""
    sent = browser.get("/sign-in")
    assert (sent.status_code, sent.headers["location"].partition("?")[0]) == (303, f"{issuer.url}/authorize")
    back = issuer.sign_in(sent.headers["location"], **changes)
    return browser.get("/sign-in/done", params=back | (answered or {}), headers=SWEDISH)


def sees_figures(browser: TestClient) -> bool:
    """Whether the first page shows figures, or that there are none yet."""
    page = browser.get("/").text
    return FIGURES in page or 'class="notice"' in page


def is_signed_in(browser: TestClient) -> bool:
    """Whether the first page says so."""
    page = browser.get("/", headers={"Accept-Language": "en"})
    assert page.headers["cache-control"] == "no-store"
    signed_in = "Signed in<" in page.text
    assert signed_in != ("Sign in through your organisation" in page.text)
    return signed_in


def test_somebody_signs_in_sees_figures_and_signs_out(browser: TestClient, issuer: Issuer) -> None:
    assert not is_signed_in(browser)
    done = come_back(browser, issuer)
    assert (done.status_code, done.headers["location"]) == (303, "/")
    assert is_signed_in(browser)
    assert sees_figures(browser)
    assert "eva" in browser.get("/").text
    out = browser.post("/sign-out")
    assert (out.status_code, out.headers["location"]) == (303, "/")
    assert not is_signed_in(browser)
    assert not sees_figures(browser)


def test_the_language_that_somebody_chose_stays_through_signing_in_and_out(browser: TestClient, issuer: Issuer) -> None:
    chosen, usual = browser.get("/?lang=sv").text, browser.get("/").text
    assert 'href="/sign-in?lang=sv"' in chosen
    assert 'href="/sign-in"' in usual
    back = issuer.sign_in(browser.get("/sign-in?lang=sv").headers["location"])
    assert browser.get("/sign-in/done", params=back).headers["location"] == "/?lang=sv"
    assert 'action="/sign-out?lang=sv"' in browser.get("/?lang=sv").text
    assert browser.post("/sign-out?lang=sv").headers["location"] == "/?lang=sv"


def test_what_a_browser_keeps_is_for_this_host_over_tls_and_for_no_script(browser: TestClient, issuer: Issuer) -> None:
    begun, done = browser.get("/sign-in"), come_back(browser, issuer)
    for answer, name, seconds in ((begun, BEGUN, BEGUN_S), (done, SIGNED_IN, SIGNED_IN_S)):
        cookie = SimpleCookie(next(each for each in answer.headers.get_list("set-cookie") if name in each))[name]
        assert name.startswith("__Host-")
        assert (cookie["secure"], cookie["httponly"], cookie["samesite"]) == (True, True, "lax")
        assert (cookie["path"], cookie["domain"], cookie["max-age"]) == ("/", "", str(seconds))
        assert "eva" not in cookie.value
        assert answer.headers["cache-control"] == "no-store"
    assert BEGUN not in browser.cookies


@pytest.mark.parametrize(
    "changes",
    [
        {"nonce": "another"},
        {"nonce": None},
        {"aud": AUDIENCE},
        {"aud": [CLIENT, "payroll"], "azp": "payroll"},
        {"iss": "https://evil.example"},
        {"iat": NOW - 3_600, "exp": NOW - 1_800},
        {"role": "king"},
        {"role": None},
        {"sub": None},
        {"header": {"typ": "at+jwt"}},
        {"header": {"alg": "none"}},
        {"header": {"kid": "unknown"}},
    ],
    ids=str,
)
def test_a_proof_that_is_not_of_this_sign_in_signs_nobody_in(
    browser: TestClient, issuer: Issuer, changes: dict[str, Any]
) -> None:
    done = come_back(browser, issuer, **changes)
    assert done.status_code == 401
    assert "<h1>Logga in</h1><p>Inloggningen lyckades inte" in done.text
    assert not is_signed_in(browser)


@pytest.mark.parametrize(
    "answered",
    [{"state": "another"}, {"state": ""}, {"code": "made up"}, {"code": ""}, {"iss": "https://evil.example"}],
    ids=str,
)
def test_an_answer_that_was_not_asked_for_signs_nobody_in(
    browser: TestClient, issuer: Issuer, answered: dict[str, str]
) -> None:
    assert come_back(browser, issuer, answered=answered).status_code == 401
    assert not is_signed_in(browser)


def test_somebody_elses_answer_and_one_that_comes_twice_sign_nobody_in(browser: TestClient, issuer: Issuer) -> None:
    back = issuer.sign_in(browser.get("/sign-in").headers["location"])
    browser.cookies.clear()
    assert browser.get("/sign-in/done", params=back).status_code == 401
    browser.get("/sign-in")
    assert browser.get("/sign-in/done", params=back).status_code == 401
    assert come_back(browser, issuer).status_code == 303
    assert browser.get("/sign-in/done", params=back).status_code == 401


@pytest.mark.parametrize(
    "made_up", ["", "letmein", "AAAA", "a" * 5_000, "å"], ids=["none", "text", "short", "long", "odd"]
)
def test_a_cookie_that_we_have_not_sealed_is_none(house: House, made_up: str) -> None:
    assert house.sign_in is not None
    assert house.sign_in.who(made_up) is None


def test_a_cookie_of_a_sign_in_that_has_only_begun_or_is_altered_is_none(
    browser: TestClient, issuer: Issuer, house: House
) -> None:
    browser.get("/sign-in")
    assert house.sign_in is not None
    begun = browser.cookies[BEGUN]
    assert house.sign_in.who(begun) is None
    come_back(browser, issuer)
    kept = browser.cookies[SIGNED_IN]
    assert house.sign_in.who(kept) is not None
    assert house.sign_in.who(kept[:40] + ("A" if kept[40] != "A" else "B") + kept[41:]) is None


def test_who_has_signed_in_is_asked_again_after_an_hour(
    browser: TestClient, issuer: Issuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sign_in, "SIGNED_IN_S", -1)
    assert come_back(browser, issuer).status_code == 303
    assert not is_signed_in(browser)


def test_a_sign_in_that_took_too_long_begins_again(
    browser: TestClient, issuer: Issuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sign_in, "BEGUN_S", -1)
    assert come_back(browser, issuer).status_code == 401


@pytest.mark.parametrize("role", ["care_worker", "coordinator", "unit_manager", "licensed", "reporting", "admin"])
def test_who_does_not_see_the_whole_municipality_or_its_small_cells_is_told_so_and_sees_no_figures(
    browser: TestClient, issuer: Issuer, role: str
) -> None:
    assert come_back(browser, issuer, role=role, unit="centre", sub=WORKER).status_code == 303
    assert is_signed_in(browser)
    assert "which your role does not see" in browser.get("/", headers={"Accept-Language": "en"}).text
    assert not sees_figures(browser)


def test_who_is_shut_out_is_signed_in_no_longer(browser: TestClient, issuer: Issuer, house: House) -> None:
    come_back(browser, issuer, sub="bo")
    assert is_signed_in(browser)
    house.writer.write([withdraw_admission("bo", reason=WithdrawalReason.LEFT, act=Act(actor="admin/ada"))])
    house.shut_out.look()
    assert not is_signed_in(browser)


def test_while_the_provider_is_away_people_are_told_to_come_back(issuer: Issuer, tmp_path: Path) -> None:
    house = build(settings_for(issuer, tmp_path))
    issuer.answer(DISCOVERY, {}, status=503)
    with TestClient(create_app(house), base_url=SITE) as browser:
        answer = browser.get("/sign-in")
        assert (answer.status_code, answer.headers["retry-after"], answer.json()["code"]) == (503, "5", "busy")
        page = browser.get("/sign-in", headers={"Accept": "text/html"})
        assert (page.status_code, page.headers["retry-after"]) == (503, "5")
        assert "<h1>Too much to do just now</h1>" in page.text
    issuer.publish()


def test_only_a_few_wait_for_a_provider_that_does_not_answer(
    issuer: Issuer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    house, gate = build(settings_for(issuer, tmp_path)), threading.Event()
    assert house.sign_in is not None

    def wait(_: str) -> dict[str, Any]:
        gate.wait(5)
        raise FetchError

    monkeypatch.setattr(sign_in, "fetch_document", wait)
    with ThreadPoolExecutor(AT_ONCE + 1) as people, closing(house):
        begun = [people.submit(house.sign_in.begin) for _ in range(AT_ONCE + 1)]
        [first] = wait_for_any(begun, timeout=5, return_when=FIRST_COMPLETED).done
        gate.set()
        assert isinstance(first.exception(), SignInFailedError)


def test_where_the_provider_does_not_know_the_pages_there_is_no_way_in(issuer: Issuer, tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, mode="production", issuer=issuer.url, audience=AUDIENCE)
    with TestClient(create_app(build(settings)), base_url=SITE) as browser:
        assert browser.get("/sign-in").status_code == 404
        assert 'href="/sign-in' not in browser.get("/").text


def test_a_secret_that_is_not_there_stops_the_start(issuer: Issuer, tmp_path: Path) -> None:
    settings = settings_for(issuer, tmp_path)
    (tmp_path / "secret").write_text("\n")
    with pytest.raises(SettingError, match="VISITLEDGER_CLIENT_SECRET_FILE takes a file with the secret in it"):
        build(settings)
