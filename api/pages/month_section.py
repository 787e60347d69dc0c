"""A month's ordered, planned and performed time by unit: for each law a chart and its table."""

from collections.abc import Sequence
from itertools import groupby

from api.pages.chart import chart, legend, table
from api.pages.figures import MonthFigures, UnitTime, month_before
from api.pages.html import Html, Node, tag
from api.pages.language import hours, month_name
from api.pages.layout import link, section
from api.pages.texts import Texts
from domain.local_time import Month, month_of

LAWS_IN_ORDER = ("SoL", "HSL", "LSS")
"""Home care first; others after these, by name."""
FIRST_YEAR = 2
"""Before it no month can be asked for."""


def month_section(figures: MonthFigures, texts: Texts, *, newest: Month) -> Html:
    """The figures, with the way to the months before and after."""
    name = month_name(figures.month, texts.language)
    position = texts.complete_through.format(position=figures.position)
    laws = [_law(law, units, name, texts) for law, units in by_law(figures.units)]
    return section(
        texts.figures.format(month=name[:1].upper() + name[1:] if texts.figures.startswith("{") else name),
        tag("p", texts.figures_lead),
        *(laws or [tag("p", texts.no_figures, class_="notice")]),
        _other_months(figures.month, newest, texts),
        tag("p", position, class_="small"),
        identity="figures",
        class_="card",
    )


def by_law(units: Sequence[UnitTime]) -> list[tuple[str, list[UnitTime]]]:
    """Units under each law: what stands on different laws is not added up."""
    in_order = sorted(units, key=lambda unit: (_rank(unit.row.legal_basis), unit.row.legal_basis, unit.name))
    return [(law, list(group)) for law, group in groupby(in_order, key=lambda unit: unit.row.legal_basis)]


def _rank(law: str) -> int:
    return LAWS_IN_ORDER.index(law) if law in LAWS_IN_ORDER else len(LAWS_IN_ORDER)


def _law(law: str, units: Sequence[UnitTime], month: str, texts: Texts) -> Html:
    name = texts.by_law.get(law, law)
    identity = f"law-{law.lower()}"
    title = f"{name}. {texts.chart_title.format(month=month)}"
    figure = tag("figure", legend(texts), chart(units, texts, title=title, identity=identity))
    rows = tag("div", table(units, texts), class_="table", tabindex=0, role="region", aria_label=name)
    return tag("div", tag("h3", name), figure, rows, _uncontrolled(units, texts), class_="law")


def _uncontrolled(units: Sequence[UnitTime], texts: Texts) -> Html | None:
    """Say why a share may differ from the quotient of two figures shown."""
    minutes = sum(unit.row.uncontrolled_minutes for unit in units)
    told = texts.uncontrolled.format(hours=hours(minutes, texts.language))
    return tag("p", told, class_="small") if minutes else None


def _other_months(month: Month, newest: Month, texts: Texts) -> Html:
    links: list[Node] = []
    if month.year >= FIRST_YEAR:
        links.append(_month_link(month_before(month), texts.previous, "prev", texts))
    if month < newest:
        links.append(_month_link(month_of(month.until_on), texts.following, "next", texts))
    return tag("nav", *links, aria_label=texts.months, class_="months")


def _month_link(month: Month, words: str, rel: str, texts: Texts) -> Html:
    address = link("/", month=str(month), lang=texts.language)
    return tag("a", words.format(month=month_name(month, texts.language)), href=address, rel=rel)
