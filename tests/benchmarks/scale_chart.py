"""What `make bench-scale` found, as a chart that stands alone: a small panel for each figure and store."""

from collections.abc import Mapping, Sequence
from math import log10
from typing import NamedTuple

from api.pages.html import Html, join, tag

WIDTH, HEAD, FOOT = 760, 70, 44
LABEL, PANEL, GAP, STEP, HIGH = 120, 250, 86, 74, 54
RATIO_MAX, WITHIN = 1.5, 0.2
FROM, UNTIL = 100_000, 10_000_000
TICKS = {100_000: "100,000", 1_000_000: "1 million", 10_000_000: "10 million"}
LINE, BAND, RULE, INK = "#0b6e4f", "#e4eeea", "#c3cbd5", "#1c2733"
"""Line and ink stand 4.5 to 1 against the white that the chart brings along, whatever it is shown on."""
NAMES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}
TITLE = "Speed at each size of the log, as a part of the speed at 100,000 events"


class Point(NamedTuple):
    """At so many events."""

    events: int
    ratio: float


Lines = Mapping[str, Sequence[Point]]


def scale_chart(stores: Mapping[str, Lines]) -> Html:
    """Draw it. Whoever cannot see it hears the title and the figure at each store's largest size."""
    names = list(dict.fromkeys(name for lines in stores.values() for name in lines))
    height = HEAD + len(names) * STEP + FOOT
    told = " ".join(
        f"{store}, {name}: {points[-1].ratio:.2f} at {points[-1].events:,} events."
        for store, lines in stores.items()
        for name, points in lines.items()
    )
    return tag(
        "svg",
        tag("title", TITLE, id="title"),
        tag("desc", told, id="desc"),
        tag("rect", x=0, y=0, width=WIDTH, height=height, fill="#ffffff"),
        tag("text", TITLE, x=12, y=24, font_weight="bold"),
        *(tag("text", name, x=12, y=HEAD + row * STEP + HIGH / 2 + 4) for row, name in enumerate(names)),
        *(_store(column, store, lines, names) for column, (store, lines) in enumerate(stores.items())),
        tag("text", "Shaded: within 20 percent.", x=12, y=height - 8, font_size=11),
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {WIDTH} {height}",
        width=WIDTH,
        height=height,
        font_family="sans-serif",
        font_size=13,
        fill=INK,
        role="img",
        aria_labelledby="title",
        aria_describedby="desc",
    )


def _store(column: int, store: str, lines: Lines, names: Sequence[str]) -> Html:
    left, foot = LABEL + column * (PANEL + GAP), HEAD + len(names) * STEP
    return tag(
        "g",
        tag("text", NAMES.get(store, store), x=left, y=HEAD - 14),
        *(_panel(left, HEAD + row * STEP, lines[name]) for row, name in enumerate(names)),
        *(
            tag("text", label, x=_x(left, events), y=foot, font_size=11, text_anchor="middle")
            for events, label in TICKS.items()
        ),
        aria_hidden="true",
    )


def _panel(left: int, top: int, points: Sequence[Point]) -> Html:
    """The band that is aimed at, the line, and the last figure beside it."""
    places = [(_x(left, point.events), _y(top, point.ratio)) for point in points]
    x, y = places[-1]
    return join(
        tag(
            "rect", x=left, y=_y(top, 1 + WITHIN), width=PANEL, height=_y(0, 1 - WITHIN) - _y(0, 1 + WITHIN), fill=BAND
        ),
        *(_rule(left, _y(top, ratio), str(ratio)) for ratio in (0, 1)),
        tag("polyline", points=" ".join(f"{at},{to}" for at, to in places), fill="none", stroke=LINE, stroke_width=2),
        *(tag("circle", cx=at, cy=to, r=3, fill=LINE) for at, to in places),
        tag("text", f"{points[-1].ratio:.2f}", x=x + 8, y=y + 4, fill=LINE),
    )


def _rule(left: int, y: float, label: str) -> Html:
    return join(
        tag("line", x1=left, y1=y, x2=left + PANEL, y2=y, stroke=RULE),
        tag("text", label, x=left - 6, y=y + 4, font_size=11, text_anchor="end"),
    )


def _x(left: int, events: int) -> float:
    part = (log10(events) - log10(FROM)) / (log10(UNTIL) - log10(FROM))
    return round(left + PANEL * max(0.0, part), 1)


def _y(top: int, ratio: float) -> float:
    return round(top + HIGH * (1 - min(ratio, RATIO_MAX) / RATIO_MAX), 1)
