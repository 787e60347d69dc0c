"""A log in parts that touch nothing of each other: all events of one stream are in the same part."""

from collections.abc import Sequence
from typing import NamedTuple
from zlib import crc32

from domain.log import StoredRow


class Part(NamedTuple):
    """The `number`th of so many parts, counted from 1; 0 of 1 is the whole."""

    number: int
    of: int

    def of_it(self, rows: Sequence[StoredRow]) -> Sequence[StoredRow]:
        """Those rows that are of this part: the same ones in every process and every release."""
        if self.of == 1:
            return rows
        rest = self.number - 1
        return [row for row in rows if crc32(row.stream.encode()) % self.of == rest]


WHOLE = Part(0, 1)
