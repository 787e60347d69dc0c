"""A comparison as bars: paid hours before and after by unit, in SVG that stands alone, and on the terminal.

Kronor take the place of hours where either rulebook has rates.
"""

from collections.abc import Sequence
from typing import NamedTuple

from api.pages.html import Html, join, tag
from domain.what_if import Difference

WIDTH, LABEL, FIGURE = 760, 220, 120
LONGEST = WIDTH - LABEL - FIGURE
BAR, STEP, GROUP, HEAD = 14, 17, 50, 64
MINUTES_IN_HOUR = 60
TERMINAL_BAR = 40
COLOURS = ("#6b7a8f", "#0b6e4f")
"""Before and after; both stand 4.5 to 1 against white."""


class Bars(NamedTuple):
    """One group of the chart."""

    label: str
    before: float
    after: float


def bars_of(rows: Sequence[Difference], labels: Sequence[str]) -> tuple[list[Bars], str]:
    """The groups, and what they are counted in."""
    if any(each.before.amount or each.after.amount for each in rows):
        return [
            Bars(label, float(each.before.amount), float(each.after.amount))
            for label, each in zip(labels, rows, strict=True)
        ], "kronor"
    return [
        Bars(label, each.before.reimbursed_minutes / MINUTES_IN_HOUR, each.after.reimbursed_minutes / MINUTES_IN_HOUR)
        for label, each in zip(labels, rows, strict=True)
    ], "hours"


def chart(groups: Sequence[Bars], unit: str, *, title: str, before: str, after: str) -> Html:
    """Draw the bars. Whoever cannot see them hears the title and each group's figures."""
    most = max((max(group.before, group.after) for group in groups), default=0) or 1
    drawn = (_group(group, HEAD + index * GROUP, most, unit) for index, group in enumerate(groups))
    told = " ".join(f"{group.label}: {_figure(group.before, unit)}, {_figure(group.after, unit)}." for group in groups)
    height = HEAD + len(groups) * GROUP
    return tag(
        "svg",
        tag("title", title, id="title"),
        tag("desc", told, id="desc"),
        tag("rect", x=0, y=0, width=WIDTH, height=height, fill="#ffffff"),
        tag("text", title, x=0, y=18, font_weight="bold"),
        *_legend((before, after)),
        *drawn,
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {WIDTH} {height}",
        width=WIDTH,
        height=height,
        font_family="sans-serif",
        font_size=13,
        role="img",
        aria_labelledby="title",
        aria_describedby="desc",
    )


def lines(groups: Sequence[Bars], unit: str) -> list[tuple[str, str, str]]:
    """The same on the terminal: label, bar and figure, two lines for each group."""
    most = max((max(group.before, group.after) for group in groups), default=0) or 1
    return [
        (group.label if index == 0 else "", mark * round(TERMINAL_BAR * value / most), _figure(value, unit))
        for group in groups
        for index, (mark, value) in enumerate((("░", group.before), ("█", group.after)))
    ]


def _legend(names: tuple[str, str]) -> list[Html]:
    return [
        join(
            tag("rect", x=index * WIDTH // 2, y=32, width=BAR, height=BAR, fill=colour),
            tag("text", name, x=index * WIDTH // 2 + BAR + 6, y=44),
        )
        for index, (name, colour) in enumerate(zip(names, COLOURS, strict=True))
    ]


def _group(group: Bars, top: int, most: float, unit: str) -> Html:
    values = zip((group.before, group.after), COLOURS, strict=True)
    return tag(
        "g",
        tag("text", group.label, x=0, y=top + BAR),
        *(_bar(value, colour, top + index * STEP, most, unit) for index, (value, colour) in enumerate(values)),
        aria_hidden="true",
    )


def _bar(value: float, colour: str, top: int, most: float, unit: str) -> Html:
    width = round(LONGEST * value / most, 1)
    return join(
        tag("rect", x=LABEL, y=top, width=width, height=BAR, fill=colour),
        tag("text", _figure(value, unit), x=LABEL + width + 6, y=top + BAR - 2),
    )


def _figure(value: float, unit: str) -> str:
    return f"{value:,.0f} {unit}".replace(",", "\u00a0")
