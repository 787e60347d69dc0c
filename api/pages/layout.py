"""What every page has around its content: head, banner with the switch of language, and footer."""

from dataclasses import dataclass
from urllib.parse import urlencode

from fastapi import Request, Response

from api.dependencies import house_of
from api.pages.assets import address
from api.pages.html import Html, Node, join, tag
from api.pages.texts import TEXTS, Texts
from api.problems import Language, language_wanted

NAME = "Visit Ledger"
POLICY = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self'; script-src 'self'; "
    "connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
}
"""What a page may load: this site's own files."""
FOLLOW_EVERY_S = 5
"""How often a page that changes is loaded again by a browser without scripts."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Page:
    """A page's content. One that `follows` shows something under way, and loads again until it is over."""

    title: str
    content: Html
    follows: bool = False


def texts_for(request: Request) -> Texts:
    """The words in the language asked for: by `lang`, else by the browser's setting."""
    return TEXTS[language_chosen(request) or language_wanted(request.headers.get("accept-language", ""))]


def language_chosen(request: Request) -> Language | None:
    """The language that `lang` names; None where nobody chose one."""
    match request.query_params.get("lang"):
        case "sv" | "en" as language:
            return language
        case _:
            return None


def link(path: str, **query: str | None) -> str:
    """An address on this site. What is None is left out."""
    asked = urlencode({name: value for name, value in query.items() if value})
    return f"{path}?{asked}" if asked else path


def respond(request: Request, texts: Texts, page: Page) -> Response:
    """Send a page."""
    html = "<!doctype html>" + tag("html", _head(texts, page), _body(request, texts, page), lang=texts.language)
    headers = POLICY | {"Content-Language": texts.language, "Vary": "Accept-Language"}
    return Response(html, media_type="text/html; charset=utf-8", headers=headers)


def _head(texts: Texts, page: Page) -> Html:
    follow = (
        tag("script", src=address("progress.js"), defer=True),
        tag("noscript", tag("meta", http_equiv="refresh", content=FOLLOW_EVERY_S)),
    )
    return tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="color-scheme", content="light dark"),
        tag("meta", name="description", content=texts.description),
        tag("title", page.title),
        tag("link", rel="icon", href=address("mark.svg"), type="image/svg+xml"),
        tag("link", rel="stylesheet", href=address("page.css")),
        *(follow if page.follows else ()),
    )


def _body(request: Request, texts: Texts, page: Page) -> Html:
    return tag(
        "body",
        tag("a", texts.skip, href="#content", class_="skip"),
        tag("header", tag("div", _brand(texts), _navigation(request, texts), class_="wide")),
        tag("main", page.content, id="content", tabindex="-1"),
        tag("footer", tag("p", _footer(request, texts), class_="wide")),
    )


def _footer(request: Request, texts: Texts) -> str:
    return NAME if house_of(request).settings.in_production else f"{NAME}. {texts.footer}"


def _brand(texts: Texts) -> Html:
    mark = tag("img", src=address("mark.svg"), alt="", width=28, height=28)
    return tag("a", mark, tag("span", NAME), href=link("/", lang=texts.language), class_="brand")


def _navigation(request: Request, texts: Texts) -> Html:
    kept = {"month": month} if (month := request.query_params.get("month")) else {}
    switch = link(request.url.path, **kept, lang=texts.other)
    return tag(
        "nav",
        None if house_of(request).settings.in_production else tag("a", "API", href=link("/docs", lang=texts.language)),
        tag("a", texts.other_name, href=switch, lang=texts.other, hreflang=texts.other),
        aria_label=texts.pages,
    )


def section(title: str, *content: Node, identity: str, class_: str | None = None) -> Html:
    """A part of a page with its heading."""
    heading = tag("h2", title, id=identity)
    return tag("section", join(heading, *content), aria_labelledby=identity, class_=class_)
