"""Every answer is guarded against being taken for something else, kept, framed, or followed; none leaves a cookie."""

import re

import pytest
from fastapi.routing import APIRoute
from starlette.testclient import TestClient

from api.security_headers import USUAL
from tests.api.calls import Answer
from tests.api.test_office_routes import filled
from tests.api.town import Town

NAMES = {
    "cache-control",
    "content-security-policy",
    "permissions-policy",
    "referrer-policy",
    "x-content-type-options",
}
ASSETS = ("/assets/page.css", "/assets/progress.js", "/assets/mark.svg")
PAGES = ("/", "/docs")
UNKNOWN = [("GET", "/nowhere"), ("DELETE", "/v1/sync"), ("BREW", "/"), ("GET", "//"), ("GET", "/openapi.json")]
INLINE = re.compile(r"<style|<script(?![^>]* src=)|\sstyle=|\son[a-z]+=|javascript:|data:", re.IGNORECASE)


def asked(client: TestClient) -> list[tuple[str, str]]:
    """Each route of the app once, what is no route, and the pages' files."""
    routes = [route for route in client.app.routes if isinstance(route, APIRoute)]  # type: ignore[attr-defined]
    listed = [(method, filled(route.path)) for route in routes for method in sorted(route.methods or ())]
    return [*listed, *UNKNOWN, *(("GET", path) for path in ASSETS)]


def guarded(answer: Answer, *, kept: bool = False) -> bool:
    """Whether an answer has every header, each once, and no cookie."""
    headers = answer.headers
    policy = headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; ")
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert {name.lower() for name in USUAL} == NAMES <= set(headers)
    usual = [name for name in USUAL if name not in {"Content-Security-Policy", "Cache-Control"}]
    assert {name: headers[name] for name in usual} == {name: USUAL[name] for name in usual}
    assert [name for name in USUAL if len(headers.get_list(name)) != 1] == []
    return (headers["cache-control"] != "no-store") == kept and "set-cookie" not in headers


def test_every_route_answers_with_the_headers_whoever_asks(shared_town: Town, shared_client: TestClient) -> None:
    tokens = {role: shared_town.call(role)._headers() for role in ("auditor", "admin")}
    calls = asked(shared_client)
    assert len(calls) > 105
    for method, path in calls:
        for headers in ({}, *tokens.values()):
            answer = shared_client.request(method, path, headers=headers)
            assert guarded(answer, kept=path in ASSETS), (method, path, answer.status_code)


@pytest.mark.parametrize("path", PAGES)
def test_no_page_has_code_or_style_in_its_text(shared_client: TestClient, path: str) -> None:
    page = shared_client.get(path)
    assert page.headers["content-type"].startswith("text/html")
    assert INLINE.findall(page.text) == []
    assert "script-src 'self'; " in page.headers["content-security-policy"]


@pytest.mark.parametrize(
    "inline", ["<script>x()</script>", '<p style="a">', '<a onclick="x()">', "<style>", "javascript:x"]
)
def test_the_check_finds_code_in_a_page(inline: str) -> None:
    assert INLINE.search(inline)
