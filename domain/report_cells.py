"""The cells of a report: what each is made of, and which of them differ between two beliefs.

A cell is a row of a report, named by what the rows are added up by. A piece is what one visit, or one day of an order, adds
to a cell: a cell's figures are the sums of its pieces, so an explanation that shows the pieces shows all of it.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple, Protocol

import msgspec

from domain.facts import Fact
from domain.household_month import HouseholdMonth
from domain.ids import ClientId, ProviderId, ServiceCode, UnitId, VisitId, WorkerId

Key = tuple[Any, ...]
"""The values that name a cell, in the order of the report's `key_names`."""
Amounts = tuple[int | Decimal, ...]
"""What is added up, in the order of the report's `adds`."""
Figures = Mapping[str, Any]
"""A cell's figures by name, as the report tells them."""
Summary = Any
"""What some households come to: only the report that made it looks into it."""


class Piece(NamedTuple):
    """What one visit, or one day of an order, adds to a cell. `amounts` are in the order of the report's `adds`."""

    key: Key
    amounts: Amounts
    client_id: ClientId
    day: date
    visit_id: VisitId | None = None
    worker_id: WorkerId | None = None
    service_code: ServiceCode | None = None
    unit_id: UnitId = UnitId("")
    provider_id: ProviderId = ProviderId("")


class CellReport(Protocol):
    """A report whose cells can be compared and explained, as it was asked for."""

    @property
    def key_names(self) -> tuple[str, ...]:
        """What a cell is named by."""
        ...

    @property
    def adds(self) -> tuple[str, ...]:
        """What the amounts of a piece are called."""
        ...

    @property
    def reads(self) -> frozenset[type[Fact]]:
        """The facts that its computation reads."""
        ...

    @property
    def depends_on_hour(self) -> bool:
        """Whether a figure may be another later, with the same facts."""
        ...

    @property
    def is_of_one_client(self) -> bool:
        """Whether each cell lies in one client's month, or one visit's clients'."""
        ...

    @property
    def policies(self) -> tuple[str, ...]:
        """The policies that its computation asks for, by name."""
        ...

    def pieces(self, part: HouseholdMonth) -> list[Piece]:
        """What some households add to the cells."""
        ...

    def summary(self, part: HouseholdMonth) -> Summary:
        """What some households come to, small enough to be kept for all of them."""
        ...

    def rows(self, summaries: Sequence[Summary]) -> dict[Key, Figures]:
        """The cells of all these households together."""
        ...


class ChangedCell(msgspec.Struct, frozen=True):
    """A cell that is not what it was. A side is None where the report has no such cell; `difference` is after less before,
    of what is counted."""

    key: Key
    before: Figures | None
    after: Figures | None

    @property
    def difference(self) -> Figures:
        """Each number's change; a side that lacks it counts as 0."""
        before, after = self.before or {}, self.after or {}
        names = dict.fromkeys((*before, *after))
        return {
            name: (after.get(name) or 0) - (before.get(name) or 0)
            for name in names
            if _is_number(before.get(name), after.get(name))
        }


def changed_cells(before: Mapping[Key, Figures], after: Mapping[Key, Figures]) -> list[ChangedCell]:
    """The cells that differ, in the order of their names."""
    keys = sorted({*before, *after}, key=in_order)
    cells = (ChangedCell(key, before.get(key), after.get(key)) for key in keys)
    return [cell for cell in cells if cell.before != cell.after]


def changed_pieces(before: Iterable[Piece], after: Iterable[Piece]) -> dict[Key, list[Piece]]:
    """The pieces that only one side has, by cell. A piece that stands twice counts twice."""
    one, other = Counter(before), Counter(after)
    found: defaultdict[Key, list[Piece]] = defaultdict(list)
    for piece in ((one - other) + (other - one)).elements():
        found[piece.key].append(piece)
    return dict(found)


def sums(pieces: Iterable[Piece]) -> dict[Key, Amounts]:
    """Add pieces up by cell."""
    return added_up((piece.key, piece.amounts) for piece in pieces)


def added_up(amounts: Iterable[tuple[Key, Amounts]]) -> dict[Key, Amounts]:
    """Add amounts up by cell."""
    found: dict[Key, Amounts] = {}
    for key, some in amounts:
        known = found.get(key)
        found[key] = some if known is None else _added(known, some)
    return found


def total(pieces: Sequence[Piece], adds: Sequence[str]) -> dict[str, int | Decimal]:
    """Add up all pieces, by the names of their amounts."""
    columns = zip(*(piece.amounts for piece in pieces), strict=True) if pieces else [()] * len(adds)
    return dict(zip(adds, map(sum, columns), strict=True))


def in_order(key: Key) -> list[str]:
    """Sorts cells as reports list them."""
    return ["" if part is None else str(part) for part in key]


def _added(one: Amounts, other: Amounts) -> Amounts:
    return tuple(mine + theirs for mine, theirs in zip(one, other, strict=True))


def _is_number(*values: object) -> bool:
    known = [value for value in values if value is not None]
    return bool(known) and all(
        isinstance(value, int | float | Decimal) and not isinstance(value, bool) for value in known
    )
