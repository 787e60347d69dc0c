"""Somebody of the municipality before a browser, in production, with a real identity provider."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from api.bootstrap import build
from tests.browser.site import READY_WITHIN_S, Site, free_port, opened, running_site, wait_for
from tests.identity.provider import running_provider, signing_in_by
from tests.servers import ServerMissingError

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

FIGURES = "#figures"


@pytest.fixture(scope="module")
def production(site: Site, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The demo's figures behind a sign-in."""
    secret = tmp_path_factory.mktemp("production") / "secret"
    url = f"http://127.0.0.1:{(port := free_port())}"
    try:
        with running_provider(url) as provider:
            house = build(signing_in_by(provider, site.house.settings.data_dir, secret, url))
            with running_site(house, port=port) as running:
                wait_for(lambda: house.callers.is_ready, READY_WITHIN_S)
                yield running
    except ServerMissingError as error:
        pytest.skip(str(error))


def sign_in(page: "Page", link: str) -> None:
    """Follow the link, say who one is at the provider, and agree."""
    page.get_by_role("link", name=link, exact=True).click()
    page.locator("input[name=login]").fill("eva")
    page.locator("input[name=password]").fill("any")
    page.locator("button[type=submit]").click()
    page.locator("button[type=submit]").click()


@pytest.mark.parametrize(
    ("language", "way_in", "way_out", "told", "who"),
    [
        ("sv-SE", "Logga in", "Logga ut", "Inloggad", "eva (granskare)"),
        ("en-GB", "Sign in", "Sign out", "Signed in", "eva (auditor)"),
    ],
)
def test_somebody_signs_in_sees_the_figures_and_signs_out_on_a_phone(
    production: Site, chromium: "Browser", language: str, way_in: str, way_out: str, told: str, who: str
) -> None:
    with opened(chromium, language=language, width=360, elsewhere=production.house.settings.issuer) as page:
        page.goto(production.url)
        assert page.locator(FIGURES).count() == 0
        sign_in(page, way_in)
        page.wait_for_url(f"{production.url}/")
        assert page.locator("#sign-in").inner_text() == told
        assert page.get_by_text(who).count() == 1
        assert page.locator(FIGURES).count() == 1
        page.get_by_role("button", name=way_out).click()
        page.wait_for_url(f"{production.url}/")
        assert page.locator(FIGURES).count() == 0
