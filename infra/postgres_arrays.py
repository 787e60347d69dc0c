"""Columns of rows as PostgreSQL's binary arrays. The driver's own lists find out each element's type anew, which for an
append of one event took longer than all the rest of our side of it."""

from collections.abc import Sequence
from struct import Struct
from typing import Any, ClassVar

import psycopg
from psycopg.adapt import Dumper
from psycopg.pq import Format

NO_DIMENSION = Struct("!iii")
"""Dimensions, whether there are nulls, the elements' type."""
ONE_DIMENSION = Struct("!iiiii")
"""The same, then how many elements and the number of the first."""
LENGTH_BYTES = 4
NUMBER_BYTES = 8


class TextArray(list[str]):
    """A `text[]`."""


class BytesArray(list[bytes]):
    """A `bytea[]`."""


class NumberArray(list[int]):
    """A `bigint[]`."""


class _ArrayDumper(Dumper):
    format = Format.BINARY
    element_oid: ClassVar[int]

    def dump(self, obj: list[Any]) -> bytes:
        """Write the array as the server's `array_recv` reads it."""
        if not obj:
            return NO_DIMENSION.pack(0, 0, self.element_oid)
        parts = [ONE_DIMENSION.pack(1, 0, self.element_oid, len(obj), 1)]
        for element in obj:
            value = self.element_bytes(element)
            parts += (len(value).to_bytes(LENGTH_BYTES, "big"), value)
        return b"".join(parts)

    @staticmethod
    def element_bytes(element: Any) -> bytes:
        """Write one element."""
        raise NotImplementedError


class _TextArrayDumper(_ArrayDumper):
    oid = 1009
    element_oid = 25

    @staticmethod
    def element_bytes(element: str) -> bytes:
        return element.encode()


class _BytesArrayDumper(_ArrayDumper):
    oid = 1001
    element_oid = 17

    @staticmethod
    def element_bytes(element: bytes) -> bytes:
        return element


class _NumberArrayDumper(_ArrayDumper):
    oid = 1016
    element_oid = 20

    @staticmethod
    def element_bytes(element: int) -> bytes:
        return element.to_bytes(NUMBER_BYTES, "big", signed=True)


Column = type[TextArray] | type[BytesArray] | type[NumberArray]


def columns(rows: Sequence[tuple[Any, ...]], kinds: Sequence[Column]) -> list[list[Any]]:
    """Turn rows into an array for each column."""
    if not rows:
        return [kind() for kind in kinds]
    return [kind(column) for kind, column in zip(kinds, zip(*rows, strict=True), strict=True)]


def register_arrays(connection: psycopg.Connection[Any]) -> None:
    """Let a connection send our arrays. Its text must be UTF-8."""
    connection.adapters.register_dumper(TextArray, _TextArrayDumper)
    connection.adapters.register_dumper(BytesArray, _BytesArrayDumper)
    connection.adapters.register_dumper(NumberArray, _NumberArrayDumper)
