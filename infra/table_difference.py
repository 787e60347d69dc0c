"""What differs between two tables that should hold the same rows."""

from collections.abc import Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from typing import Any

import msgspec
import sqlalchemy as sa

Row = tuple[Any, ...]
ROWS_PER_FETCH = 2_000


class Kind(StrEnum):
    """How a row differs from what the log says."""

    MISSING = "missing"
    SURPLUS = "surplus"
    OTHER = "other"
    PARKED = "parked"
    """No difference: rows of a parked stream are left out, there and here."""


@dataclass(frozen=True)
class Difference:
    """One row that is not what the log says. Names the columns that differ, not what stands in them."""

    table: str
    key: Row
    kind: Kind
    columns: Sequence[str] = ()


def rows_of(db: sa.Connection, table: sa.Table) -> Generator[Row]:
    """Read a table in the order of its key, a little at a time. Close it when it is not read to its end."""
    query = sa.select(table).order_by(*table.primary_key).execution_options(yield_per=ROWS_PER_FETCH)
    with db.execute(query) as found:
        yield from map(tuple, found)


def digest(rows: Iterable[Row]) -> str:
    """Give one SHA-256 over all rows, in order."""
    whole, encoder = sha256(), msgspec.msgpack.Encoder()
    for row in rows:
        whole.update(encoder.encode(row))
    return whole.hexdigest()


def compare(table: sa.Table, found: Iterable[Row], right: Iterable[Row]) -> Iterator[Difference]:
    """Go through two tables in the order of their key, and name each row in which what was found is not right."""
    columns = [column.name for column in table.columns]
    key_places = [columns.index(column.name) for column in table.primary_key]
    for key, found_row, right_row in _side_by_side(_keyed(found, key_places), _keyed(right, key_places)):
        if found_row is None:
            yield Difference(table.name, key, Kind.MISSING)
        elif right_row is None:
            yield Difference(table.name, key, Kind.SURPLUS)
        elif found_row != right_row:
            differing = [name for name, one, other in zip(columns, found_row, right_row, strict=True) if one != other]
            yield Difference(table.name, key, Kind.OTHER, differing)


def _keyed(rows: Iterable[Row], places: Sequence[int]) -> Iterator[tuple[Row, Row]]:
    return ((tuple(row[place] for place in places), row) for row in rows)


def _side_by_side(
    left: Iterator[tuple[Row, Row]], right: Iterator[tuple[Row, Row]]
) -> Iterator[tuple[Row, Row | None, Row | None]]:
    """Walk two sorted tables with the lower key first; a key that both have comes once."""
    one, other = next(left, None), next(right, None)
    while one is not None or other is not None:
        if other is None or (one is not None and one[0] < other[0]):
            assert one is not None
            yield (*one, None)
            one = next(left, None)
        elif one is None or other[0] < one[0]:
            yield (other[0], None, other[1])
            other = next(right, None)
        else:
            yield (*one, other[1])
            one, other = next(left, None), next(right, None)
