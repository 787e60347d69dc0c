"""Ordered, planned and performed hours by unit, as bars in SVG and as a table of the same figures.

Bars are measured in per cent and text in pixels, so that the drawing fits a phone without its letters shrinking.
"""

from collections.abc import Sequence

from api.pages.figures import UnitTime
from api.pages.html import Html, join, tag
from api.pages.language import hours, percent
from api.pages.texts import Texts
from domain.reconciliation import ReconciliationRow

LONGEST = 70.0
"""The longest bar, in per cent: what is left is for the figure behind it."""
BAR, BAR_STEP = 18, 22
HEAD, FOOT = 46, 24
UNIT_HEIGHT = HEAD + 3 * BAR_STEP + FOOT
KINDS = ("ordered", "planned", "performed")


def minutes_of(row: ReconciliationRow) -> tuple[int | None, int, int]:
    """Ordered, planned and performed, in that order."""
    return row.ordered_minutes, row.planned_minutes, row.performed_minutes


def rate_in_words(row: ReconciliationRow, words: str, texts: Texts) -> str:
    """The deviation as people say it, in a sentence or in short."""
    if row.delivery_rate is None:
        return texts.nothing_ordered
    return words.format(rate=percent(row.delivery_rate, texts.language))


def legend(texts: Texts) -> Html:
    """Which bar is which."""
    names = zip(KINDS, (texts.ordered, texts.planned, texts.performed), strict=True)
    return tag("ul", *(tag("li", tag("span", class_=f"swatch {kind}"), name) for kind, name in names), class_="legend")


def chart(units: Sequence[UnitTime], texts: Texts, *, title: str, identity: str) -> Html:
    """Draw the bars. Whoever cannot see them hears the title and each unit's figures."""
    most = max((minutes or 0 for unit in units for minutes in minutes_of(unit.row)), default=0)
    groups = (_unit(unit, index * UNIT_HEIGHT, most or 1, texts) for index, unit in enumerate(units))
    return tag(
        "svg",
        tag("title", title, id=f"{identity}-title"),
        tag("desc", " ".join(_sentence(unit, texts) for unit in units), id=f"{identity}-desc"),
        *groups,
        class_="chart",
        role="img",
        aria_labelledby=f"{identity}-title",
        aria_describedby=f"{identity}-desc",
        width="100%",
        height=len(units) * UNIT_HEIGHT - FOOT + 4,
    )


def _unit(unit: UnitTime, top: int, most: int, texts: Texts) -> Html:
    bars = zip(KINDS, minutes_of(unit.row), strict=True)
    return tag(
        "g",
        tag("text", unit.name or texts.unit_unknown, x=0, y=top + 16, class_="unit"),
        tag("text", rate_in_words(unit.row, texts.rate, texts), x=0, y=top + 36, class_="rate"),
        *(
            _bar(kind, minutes, top + HEAD + index * BAR_STEP, most, texts)
            for index, (kind, minutes) in enumerate(bars)
            if minutes is not None
        ),
        aria_hidden="true",
    )


def _bar(kind: str, minutes: int, top: int, most: int, texts: Texts) -> Html:
    width = f"{LONGEST * minutes / most:.2f}%"
    figure = f"{hours(minutes, texts.language)}\u00a0{texts.hours}"
    return join(
        tag("rect", x=0, y=top, width=width, height=BAR, class_=kind),
        tag("text", figure, x=width, y=top + BAR - 4, dx=7, class_="figure"),
    )


def _sentence(unit: UnitTime, texts: Texts) -> str:
    ordered, planned, performed = (_hours(minutes, texts) for minutes in minutes_of(unit.row))
    return texts.chart_line.format(
        unit=unit.name or texts.unit_unknown,
        ordered=ordered,
        planned=planned,
        performed=performed,
        rate=rate_in_words(unit.row, texts.rate, texts),
    )


def table(units: Sequence[UnitTime], texts: Texts) -> Html:
    """The same figures as rows."""
    heads = (texts.unit, texts.ordered, texts.planned, texts.performed, texts.compared)
    return tag(
        "table",
        tag("caption", texts.table_caption),
        tag("thead", tag("tr", *(tag("th", head, scope="col") for head in heads))),
        tag("tbody", *(_row(unit, texts) for unit in units)),
    )


def _row(unit: UnitTime, texts: Texts) -> Html:
    figures = (tag("td", _hours(minutes, texts), class_="number") for minutes in minutes_of(unit.row))
    name = unit.name or texts.unit_unknown
    return tag(
        "tr", tag("th", name, scope="row"), *figures, tag("td", rate_in_words(unit.row, texts.rate_short, texts))
    )


def _hours(minutes: int | None, texts: Texts) -> str:
    return "–" if minutes is None else hours(minutes, texts.language)
