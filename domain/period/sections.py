"""A statement's sections: which fields of a row it states, which of them say what the row is about, and which add up.

The fields are listed, so that a row may grow for other reports without a closed month's bytes changing.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from enum import StrEnum

import msgspec

Cell = str | int | tuple[int, ...]
Line = Mapping[str, Cell]
"""One line: names to plain values. What is None or empty is left out; money and other decimals are text."""
Lines = Sequence[Line]
ORE = Decimal("0.01")


class Section(msgspec.Struct, frozen=True, kw_only=True):
    """Lines of one kind. `key` and `measures` are told apart when a month is adjusted; `also` is only told."""

    name: str
    key: tuple[str, ...]
    measures: tuple[str, ...]
    """Whole minutes, or kronor with two decimals."""
    also: tuple[str, ...] = ()
    is_adjusted: bool = True
    """Whether a later difference is settled; False for what is only shown beside it."""

    def lines(self, rows: Iterable[msgspec.Struct]) -> tuple[Line, ...]:
        """State the rows, in the order of what they are about."""
        names = sorted((*self.key, *self.measures, *self.also))
        stated = [{name: plain(value) for name in names if _is_said(value := getattr(row, name))} for row in rows]
        return tuple(sorted(stated, key=lambda line: msgspec.json.encode([self.key_of(line), line])))

    def key_of(self, line: Line) -> tuple[Cell, ...]:
        """What a line is about."""
        return tuple(line.get(name, "") for name in self.key)


def plain(value: object) -> Cell:
    """A value as it stands in a statement. Raises TypeError for a float, which has no exact form, and other values."""
    match value:
        case bool() | float():
            raise TypeError("A statement holds no floats and no truth values.")
        case StrEnum():
            return str(value)
        case str() | int():
            return value
        case date():
            return value.isoformat()
        case Decimal():
            return decimal_text(value)
        case _:
            raise TypeError(f"A statement cannot hold a {type(value).__name__}.")


def decimal_text(value: Decimal) -> str:
    """A decimal in its one form: kronor with two places, and more only where they say something."""
    exact = value.quantize(ORE) if value == value.quantize(ORE) else value.normalize()
    return f"{exact:f}"


def number(cell: Cell | None) -> Decimal:
    """A measure of a line as a number; 0 where the line does not state it."""
    assert not isinstance(cell, tuple), "a measure is one number"
    return Decimal(cell or 0)


def _is_said(value: object) -> bool:
    return value is not None and value != ""
