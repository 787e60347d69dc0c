"""How far the demo has come, as the page and its script show it."""

from dataclasses import dataclass

from fastapi import Request

from api.bootstrap import House
from api.demo_load import DemoStatus
from api.pages.html import Html, tag
from api.pages.language import moment, percent
from api.pages.layout import link, section
from api.pages.texts import Texts

FOLDED_WITHIN_S = 1.0
FULL = 100


@dataclass(frozen=True, slots=True)
class Progress:
    """The share from 0 to 1, and the words beside it. One that failed gets no further."""

    share: float
    text: str
    has_failed: bool = False


def progress_of(request: Request, house: House, texts: Texts) -> Progress | None:
    """How far the demo's load is; None when it is over, figures included, or none was asked for."""
    status: DemoStatus | None = request.app.state.demo
    if status is None:
        return None
    if status.failure:
        return Progress(status.share, texts.failed, has_failed=True)
    if not status.loaded:
        return Progress(status.share, _told(status, house, texts))
    if house.projector.wait_until(house.log.head()[0], FOLDED_WITHIN_S):
        return None
    return Progress(1.0, texts.counting)


def progress_section(progress: Progress, texts: Texts) -> Html:
    """The bar, which the script moves on."""
    share = round(progress.share * FULL)
    bar = tag("progress", percent(progress.share, texts.language), max=FULL, value=share, aria_label=texts.share)
    line = tag("p", progress.text, role="status", id="progress-text")
    source = None if progress.has_failed else link("/demo-status", lang=texts.language)
    box = tag("div", None if progress.has_failed else bar, line, id="progress", data_source=source)
    title = texts.failed_loading if progress.has_failed else texts.loading
    return section(title, box, identity="loading", class_="card")


def _told(status: DemoStatus, house: House, texts: Texts) -> str:
    """What share is told, and which day the story has come to, once it has begun."""
    share = percent(status.share, texts.language)
    if status.at is None:
        return share
    return texts.loading_line.format(share=share, at=moment(status.at, house.rulebook.zone, texts.language))
