"""The first page, as people see it in a browser: what it says, and that it is true and readable."""

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import httpx2
import pytest

from api.bootstrap import build
from api.demo_load import DemoStatus
from api.pages.html import tag
from domain.local_time import Month
from infra.settings import Settings
from tests.browser.site import Site, opened, running_site

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

FIGURES = {"sv-SE": "Beställd, planerad och utförd tid i oktober 2026", "en-GB": "October 2026: ordered, planned and"}
LAYERS = ("ordered_minutes", "planned_minutes", "performed_minutes")
WIDER_THAN_SCREEN = "document.documentElement.scrollWidth - innerWidth"
UNAUTHORISED_MARKUP = "<script>alert('hej')</script>"


def table_of(page: "Page", law: str) -> list[list[str]]:
    """The cells of a law's table, row by row."""
    rows = page.locator(f".law:has(#law-{law}-title) tbody tr").all()
    return [row.locator("th, td").all_inner_texts() for row in rows]


def number(text: str) -> float:
    """A figure as the pages write it, in either language."""
    return float(re.sub(r"[^\d.]", "", text.replace(",", ".")))


@pytest.mark.parametrize("language", ["sv-SE", "en-GB"])
def test_the_page_speaks_the_language_that_the_browser_asks_for(site: Site, chromium: "Browser", language: str) -> None:
    with opened(chromium, language=language) as page:
        page.goto(site.url)
        assert page.locator("html").get_attribute("lang") == language[:2]
        assert page.locator("h2").first.inner_text().startswith(FIGURES[language])


def test_the_switch_changes_the_language_and_keeps_the_month(site: Site, chromium: "Browser") -> None:
    with opened(chromium, language="sv-SE") as page:
        page.goto(f"{site.url}/?month=2026-09")
        page.get_by_role("link", name="English").click()
        assert page.locator("html").get_attribute("lang") == "en"
        assert page.locator("h2").first.inner_text().startswith("September 2026")


@pytest.mark.parametrize("law", ["SoL", "HSL"])
def test_the_table_shows_in_hours_what_the_api_answers_in_minutes(site: Site, chromium: "Browser", law: str) -> None:
    wanted = site.unit_totals("2026-10", law)
    with opened(chromium) as page:
        page.goto(site.url)
        shown = table_of(page, law.lower())
    assert [cells[0] for cells in shown] == sorted(wanted) == ["Bräcke", "Gällö", "Kälarne"]
    for name, *hours, deviation in shown:
        row = wanted[name]
        assert [number(cell) for cell in hours] == pytest.approx([row[layer] / 60 for layer in LAYERS], abs=0.0501)
        assert deviation == f"{round(row['delivery_rate'] * 100)}% of ordered"


@pytest.mark.parametrize("law", ["SoL", "HSL"])
def test_the_bars_are_as_long_as_the_table_says(site: Site, chromium: "Browser", law: str) -> None:
    wanted = site.unit_totals("2026-10", law)
    minutes = [wanted[name][layer] for name in sorted(wanted) for layer in LAYERS]
    with opened(chromium) as page:
        page.goto(site.url)
        chart = page.locator(f"svg:has(#law-{law.lower()}-title)")
        bars = chart.locator("rect").evaluate_all("bars => bars.map(bar => bar.getBoundingClientRect().width)")
        figures = [text.split("\u00a0")[0] for text in chart.locator(".figure").all_text_contents()]
        cells = [cell for row in table_of(page, law.lower()) for cell in row[1:4]]
    assert figures == cells
    assert bars == pytest.approx([max(bars) * each / max(minutes) for each in minutes], abs=3)


def test_whoever_cannot_see_the_chart_hears_its_figures(site: Site, chromium: "Browser") -> None:
    with opened(chromium) as page:
        page.goto(site.url)
        chart = page.get_by_role("img", name=re.compile("Ordered, planned and performed time by group")).first
        described = page.locator(f"#{chart.get_attribute('aria-describedby')}").text_content() or ""
        ordered = table_of(page, "sol")[0][1]
    assert f"Bräcke: ordered {ordered}, planned" in described


@pytest.mark.parametrize("path", ["/", "/docs"])
@pytest.mark.parametrize("language", ["sv-SE", "en-GB"])
def test_a_phone_shows_the_whole_width(site: Site, chromium: "Browser", path: str, language: str) -> None:
    with opened(chromium, language=language, width=360) as page:
        page.goto(site.url + path)
        page.evaluate("document.querySelectorAll('details').forEach(details => { details.open = true })")
        assert page.evaluate(WIDER_THAN_SCREEN) == 0
        assert page.evaluate("[...document.querySelectorAll('.table')].every(t => t.scrollWidth <= t.clientWidth)")


@pytest.mark.parametrize("path", ["/", "/docs"])
def test_headings_follow_one_another_without_a_gap(site: Site, chromium: "Browser", path: str) -> None:
    with opened(chromium) as page:
        page.goto(site.url + path)
        levels = [int(name[1]) for name in page.locator("h1, h2, h3").evaluate_all("all => all.map(h => h.tagName)")]
        assert [page.get_by_role(role).count() for role in ("banner", "main", "contentinfo")] == [1, 1, 1]
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in zip([0, *levels], levels, strict=False))


def test_the_commands_shown_name_a_worker_of_the_demo(site: Site, chromium: "Browser") -> None:
    with opened(chromium) as page:
        page.goto(site.url)
        commands = page.locator("pre").first.inner_text()
    worker_id, unit_id = re.findall(r"--subject (\S+) --unit (\S+)", commands)[0]
    path = f"/v1/workers/{worker_id}/schedule"
    assert "rows" in site.read(path, role="care_worker", subject=worker_id, day="2026-10-01")
    assert unit_id in {unit["unit_id"] for unit in site.read("/v1/organisation")["facts"]["unit"]}
    assert "--role auditor" in commands
    assert "--role reporting" in commands


def test_the_load_is_shown_moves_on_and_gives_way_to_the_page(tmp_path: Path, chromium: "Browser") -> None:
    from playwright.sync_api import expect

    with running_site(build(Settings(data_dir=tmp_path))) as site, opened(chromium, language="sv-SE") as page:
        status = site.app.state.demo = DemoStatus(share=0.42, at=datetime(2026, 10, 12, 12, 30, tzinfo=UTC))
        page.goto(site.url)
        assert page.locator("progress").get_attribute("value") == "42"
        assert page.get_by_role("status").inner_text().endswith("kommit till 12 oktober 14:30.")
        assert page.locator("svg").count() == 0
        status.share = 0.73
        expect(page.locator("progress")).to_have_attribute("value", "73")
        status.loaded = True
        expect(page.locator("progress")).to_have_count(0)


def test_a_load_that_failed_is_told_without_the_error(tmp_path: Path) -> None:
    with running_site(build(Settings(data_dir=tmp_path))) as site:
        site.app.state.demo = DemoStatus(failure="no such file: anna")
        text = httpx2.get(site.url, headers={"Accept-Language": "en"}).text
    assert "could not be loaded" in text
    assert "is being loaded" not in text
    assert "http-equiv" not in text
    assert "anna" not in text


def test_production_shows_figures_and_ways_in_to_nobody(site: Site) -> None:
    settings = Settings(data_dir=site.house.settings.data_dir, mode="production")
    with running_site(build(settings)) as production:
        text = httpx2.get(production.url, headers={"Accept-Language": "en"}).text
        hidden = [httpx2.get(production.url + path).status_code for path in ("/docs", "/openapi.json", "/redoc")]
    assert hidden == [404, 404, 404]
    assert "/docs" not in text
    assert "openapi" not in text
    assert "Sign in through your organisation" in text
    assert "Bräcke" not in text
    assert "visitledger token" not in text


@pytest.mark.parametrize("path", ["/", "/docs", "/assets/page.css"])
def test_nothing_from_elsewhere_may_run_or_frame_the_page(site: Site, path: str) -> None:
    headers = httpx2.get(site.url + path).raise_for_status().headers
    policy = headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; ")
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"


def test_every_call_of_the_api_is_in_its_page(site: Site, chromium: "Browser") -> None:
    paths = httpx2.get(f"{site.url}/openapi.json").json()["paths"]
    with opened(chromium) as page:
        page.goto(f"{site.url}/docs")
        shown = page.locator("summary > code").all_inner_texts()
        page.locator("summary", has_text="GET /v1/reconciliation").click()
        told = page.locator("details[open]").inner_text()
        page.locator("summary", has_text="POST /v1/sync").click()
        fields = page.locator("details[open]").first.inner_text()
    assert sorted(shown) == sorted(f"{method.upper()} {path}" for path in paths for method in paths[path])
    assert "month query, string, optional" in told
    assert "facts[].payload (check_in).position.accuracy_m number, required" in fields
    assert "not_yet_visible: The write is not visible yet." in told


def test_figures_are_computed_once_for_a_position(site: Site) -> None:
    figures = site.app.state.figures
    assert figures.of(None).month == Month(2026, 10)
    assert figures.of(None) is figures.of(None)


def test_a_month_that_cannot_be_read_is_refused_unechoed(site: Site) -> None:
    answer = httpx2.get(f"{site.url}/?month=2026-77")
    assert answer.status_code == httpx2.codes.UNPROCESSABLE_CONTENT
    assert "2026-77" not in answer.text


@pytest.mark.parametrize(
    ("path", "told"), [("/?month=2026-77&lang=sv", "En tidpunkt kan inte tolkas"), ("/nothing?lang=sv", "Finns inte")]
)
def test_a_person_is_told_on_a_page_what_a_program_is_told_in_a_document(site: Site, path: str, told: str) -> None:
    document = httpx2.get(site.url + path)
    page = httpx2.get(site.url + path, headers={"Accept": "text/html,*/*;q=0.8"})
    assert document.headers["content-type"] == "application/problem+json"
    assert page.status_code == document.status_code
    assert f"<h1>{told}</h1>" in page.text
    assert 'href="/?lang=sv">Till första sidan<' in page.text
    assert page.headers["content-security-policy"].startswith("default-src 'none'; style-src 'self'")
    assert page.headers["cache-control"] == "no-store"


def test_the_versioned_surface_answers_with_documents_whatever_is_asked_for(site: Site) -> None:
    answer = httpx2.get(f"{site.url}/v1/nothing", headers={"Accept": "text/html"})
    assert answer.headers["content-type"] == "application/problem+json"


def test_what_is_stored_never_becomes_markup() -> None:
    assert tag("p", UNAUTHORISED_MARKUP, title='"') == (
        '<p title="&quot;">&lt;script&gt;alert(&#x27;hej&#x27;)&lt;/script&gt;</p>'
    )
