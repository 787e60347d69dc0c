"""The first page: what this is, how far the demo has come, the month's time by unit, and how to sign in."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from api.bootstrap import House
from api.dependencies import HouseDep
from api.pages import assets
from api.pages.demo_progress import progress_of, progress_section
from api.pages.figures import Figures, MonthFigures, this_month
from api.pages.html import Html, join, tag, with_code
from api.pages.layout import NAME, POLICY, Page, link, respond, section, texts_for
from api.pages.month_section import month_section
from api.pages.sign_in import sign_in_section
from api.pages.signed_in import sees_municipality, way_in_section, who_is_signed_in
from api.pages.texts import Texts
from api.problems import Problem
from api.reading import month_named
from api.strict_route import StrictRoute
from infra.tokens import Caller

router = APIRouter(include_in_schema=False, route_class=StrictRoute)

FOR_GOOD = "public, max-age=31536000, immutable"
MonthAsked = Annotated[str | None, Query(description="YYYY-MM", max_length=7)]


@router.get("/")
def get_first_page(request: Request, house: HouseDep, month: MonthAsked = None) -> Response:
    """The page, with what may be shown to anybody: figures only where the ledger is one to try things out."""
    texts = texts_for(request)
    progress = progress_of(request, house, texts)
    wanted = month_named(month) if month else None
    caller = who_is_signed_in(request, house)
    shows_figures = (sees_municipality(caller) or not house.settings.in_production) and progress is None
    figures: Figures = request.app.state.figures
    shown = figures.of(wanted) if shows_figures else None
    content = join(
        _introduction(texts),
        progress_section(progress, texts) if progress else None,
        _month(house, shown, texts) if shown else None,
        _sign_in(request, house, shown, caller, texts),
        None if house.settings.in_production else _documentation(texts),
    )
    return respond(
        request, texts, Page(title=NAME, content=content, follows=progress is not None and not progress.has_failed)
    )


@router.get("/demo-status")
def get_demo_status(request: Request, house: HouseDep) -> dict[str, float | str | bool]:
    """How far the demo has come, with the words the page shows. 404 where no demo was asked for."""
    if request.app.state.demo is None:
        raise Problem("not_found")
    progress = progress_of(request, house, texts_for(request))
    if progress is None:
        return {"share": 1.0, "text": "", "is_over": True}
    return {"share": progress.share, "text": progress.text, "is_over": False}


@router.get("/assets/{name}")
def get_asset(name: str) -> Response:
    """A file that pages are made of."""
    if name not in assets.FILES:
        raise Problem("not_found")
    headers = POLICY | {"Cache-Control": FOR_GOOD}
    return Response(assets.FILES[name], media_type=assets.media_type(name), headers=headers)


def _introduction(texts: Texts) -> Html:
    first, *others = texts.lines
    lines = tag("p", first, class_="lead"), *(tag("p", line) for line in others)
    return tag("div", tag("h1", NAME), *lines, class_="introduction")


def _month(house: House, shown: MonthFigures, texts: Texts) -> Html:
    if shown.position == 0:
        return tag("p", with_code(texts.no_demo), class_="notice")
    return month_section(shown, texts, newest=this_month(house))


def _sign_in(request: Request, house: House, shown: MonthFigures | None, caller: Caller | None, texts: Texts) -> Html:
    if house.settings.in_production or house.settings.issuer:
        return way_in_section(request, house, caller, texts)
    return sign_in_section(texts, shown, base=str(request.base_url))


def _documentation(texts: Texts) -> Html:
    links = (
        tag("li", tag("a", texts.documentation_page, href=link("/docs", lang=texts.language))),
        tag("li", tag("a", texts.documentation_file, href="/openapi.json"), " (", tag("code", "/openapi.json"), ")"),
    )
    return section(texts.documentation, tag("p", texts.documentation_lead), tag("ul", *links), identity="documentation")
