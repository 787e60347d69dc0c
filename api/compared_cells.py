"""Cells that differ, asked for and told as rows: over HTTP and on the command line."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from api.asked_reports import ReportName, grouped, refuse_ignored
from api.bootstrap import House
from api.cell_comparison import Compared, Sides, Told, compare_cells
from api.exception_comparison import FIGURES, compare_exceptions
from api.reading import position_named, view_at
from api.rendering import Row
from api.told_events import EventTeller
from domain.access.reach import EVERYTHING, Reach
from domain.compared_reports import EVERYBODYS, Narrowed
from domain.local_time import Month
from domain.reconciliation import Level
from domain.report_cells import Figures, in_order

EVENTS_MAX = 20
"""So many events are told of one cell; how many more there are is said."""


@dataclass(frozen=True, slots=True)
class Question:
    """Which report's cells are held against each other, and whose."""

    report: ReportName
    month: Month
    group_by: Sequence[str] = ()
    level: Level = Level.SERVICE
    of: Narrowed = EVERYBODYS


@dataclass(frozen=True, slots=True)
class Differences:
    """The cells that differ, in the order of their names, and what their columns are called."""

    key_names: tuple[str, ...]
    figures: tuple[str, ...]
    cells: Sequence[Compared]

    def row(self, each: Compared, teller: EventTeller) -> Row:
        """A cell with the events behind it."""
        cell, why = each
        shown = sorted(why.positions)[:EVENTS_MAX]
        return {
            **self._key(each),
            "before": cell.before,
            "after": cell.after,
            "difference": cell.difference,
            "because": why.because,
            "causes": teller.at(shown),
            "causes_left_out": len(why.positions) - len(shown),
        }

    def columns(self, each: Compared) -> Row:
        """A cell as a line of a table: its events by their positions."""
        cell, why = each
        sides: Mapping[str, Figures] = {
            "before": cell.before or {},
            "after": cell.after or {},
            "difference": cell.difference,
        }
        told = {f"{name}_{side}": values.get(name) for name in self.figures for side, values in sides.items()}
        return self._key(each) | told | {"because": why.because, "causes": sorted(why.positions)}

    def _key(self, each: Compared) -> dict[str, Any]:
        return dict(zip(self.key_names, each.cell.key, strict=True))


@contextmanager
def open_sides(
    house: House,
    first: str,
    last: str | None,
    *,
    wanted: int | None = None,
    after: str = "",
    reach: Reach = EVERYTHING,
) -> Iterator[Sides]:
    """Open the ledger as of two positions, each judged at the hour that it was recorded. `wanted` takes the place of `last`;
    without either it is the last position that the read models hold. One that is named first and lies later is taken for
    the other one's."""
    begins = position_named(house, first, "from") or 0
    ends = position_named(house, last, "to") if wanted is None else wanted
    with house.readers.open(reach) as db:
        later = view_at(house, db, ends, after, is_past=True, reach=reach)
        yield Sides(view_at(house, db, min(begins, later.position), is_past=True, reach=reach), later)


def differences(
    sides: Sides, asked: Question, *, clients_max: int | None = None, told: Told = lambda _done, _of: None
) -> Differences:
    """Compute what differs. Raises TooManyClientsError where that takes more than `clients_max` clients' months, and 422 for a
    filter that the report has not."""
    refuse_ignored(asked.report, asked.of)
    if asked.report is ReportName.EXCEPTIONS:
        found = compare_exceptions(sides, asked.month, asked.of, clients_max=clients_max)
        return Differences(("key",), FIGURES, found)
    report = grouped(asked.report, asked.group_by, asked.level, asked.of)
    client_id = asked.of.client_id
    cells = list(compare_cells(sides, report, asked.month, client_id=client_id, clients_max=clients_max, told=told))
    cells.sort(key=lambda each: in_order(each.cell.key))
    return Differences(report.key_names, _names(cells), cells)


def _names(cells: Sequence[Compared]) -> tuple[str, ...]:
    """What any of the cells tells."""
    sides = (side for each in cells for side in (each.cell.before, each.cell.after) if side is not None)
    return tuple(dict.fromkeys(name for side in sides for name in side))
