"""What differs between two tables that should hold the same rows."""

from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from itertools import islice
from typing import Any, NamedTuple

import msgspec
import sqlalchemy as sa

from projections.builds import standing

Row = tuple[Any, ...]
ROWS_PER_FETCH = 2_000
DIFFERENCES_MAX = 100
"""Of one table; a table that differs in more is not worth reading through."""


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


class Fingerprint(NamedTuple):
    """How many rows a table has, and a digest of them in whatever order."""

    rows: int
    digest: int


def rows_of(db: sa.Connection, table: sa.Table, *, in_order: bool = True) -> Generator[Row]:
    """Read a table, in the order of its key or as it lies, a little at a time. Close it when it is not read to its end."""
    table = standing(db, table)
    order = table.primary_key.columns if in_order else ()
    query = sa.select(table).order_by(*order).execution_options(yield_per=ROWS_PER_FETCH)
    with db.execute(query) as found:
        yield from map(tuple, found)


def fingerprint(rows: Iterable[Row]) -> Fingerprint:
    """Add up a SHA-256 of each row: the same for the same rows, whichever comes first."""
    count = total = 0
    encode = msgspec.msgpack.Encoder().encode
    for row in rows:
        count += 1
        total += int.from_bytes(sha256(encode(row)).digest())
    return Fingerprint(count, total % 2**256)


def fingerprints(table: sa.Table, found: sa.Connection, right: sa.Connection) -> tuple[Fingerprint, Fingerprint]:
    """Of one table as two connections see it."""
    return fingerprint(rows_of(found, table, in_order=False)), fingerprint(rows_of(right, table, in_order=False))


def differences(table: sa.Table, found: sa.Connection, right: sa.Connection) -> list[Difference]:
    """Name the rows of one table, as two connections see it, that differ; it is read in order only where any does."""
    one, other = fingerprints(table, found, right)
    return [] if one == other else named_differences(table, found, right)


def named_differences(table: sa.Table, found: sa.Connection, right: sa.Connection) -> list[Difference]:
    """Name them, whether or not there are any: so many at most."""
    with closing(rows_of(found, table)) as found_rows, closing(rows_of(right, table)) as right_rows:
        return list(islice(compare(table, found_rows, right_rows), DIFFERENCES_MAX))


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
