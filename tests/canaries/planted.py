"""Canaries: made-up values, one for each field, that nothing else holds; and the forms that bytes may hold them in."""

import os
import struct
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256

from personnummer import personnummer  # type: ignore[import-untyped]

LETTERS = "bcdfghjklmnpqrstvwxz"
"""No vowels: no word of anybody's, and no hex digits alone."""
LENGTH = 14
SEED = os.environ.get("CANARIES_SEED", "")
"""Other canaries for each seed, of other lengths too: a round of the campaign is a process of its own."""
LONGER_MAX = 10
Form = tuple[bytes, bool]
"""Bytes to look for, and whether capitals count."""


@dataclass(frozen=True)
class Canary:
    """What is planted in one field: a text of plain letters, or the number that the field takes."""

    field: str
    value: str | float

    @cached_property
    def forms(self) -> tuple[Form, ...]:
        """As it is, escaped, in UTF-16, hex, base64 at each of three alignments, and a number as its eight bytes."""
        if isinstance(self.value, float):
            packed = [struct.pack(order, self.value) for order in ("<d", ">d")]
            return (str(self.value).encode(), True), *((each, True) for each in packed)
        return tuple(form for text in self._spellings() for form in _forms(text))

    def _spellings(self) -> Iterator[str]:
        assert isinstance(self.value, str)
        yield self.value
        if self.value.isdigit():
            yield f"{self.value[2:8]}-{self.value[8:]}"
            yield self.value[2:]


def _forms(text: str) -> Iterator[Form]:
    plain = text.encode()
    yield plain, False
    yield plain.hex().encode(), False
    yield text.encode("utf-16-le")[:-1], False  # in either order of bytes
    yield "".join(f"\\u{ord(letter):04x}" for letter in text).encode(), False
    for shift in range(3):
        for encoded in {b64encode(b"\0" * shift + plain), urlsafe_b64encode(b"\0" * shift + plain)}:
            # What the bytes beside it have a part in is left out at both ends.
            yield encoded[(shift * 8 + 5) // 6 : len(plain + b"\0" * shift) * 8 // 6], True


def canary(field: str) -> Canary:
    """The canary of a field, the same each time that the seed is."""
    return Canary(field, _value(field, sha256(f"{SEED}{field}".encode()).digest()))


def text(field: str) -> str:
    """The canary of a field that takes a text."""
    value = canary(field).value
    assert isinstance(value, str)
    return value


def number(field: str) -> float:
    """The canary of a field that takes a number."""
    value = canary(field).value
    assert isinstance(value, float)
    return value


def planted(fields: Iterable[str]) -> list[Canary]:
    """The canaries of all fields."""
    return [canary(field) for field in fields]


def found_in(content: bytes, canaries: list[Canary]) -> set[str]:
    """The fields whose canaries stand in some bytes, in whatever form."""
    lower = content.lower()
    return {
        each.field
        for each in canaries
        if any((form if counts else form.lower()) in (content if counts else lower) for form, counts in each.forms)
    }


def _value(field: str, drawn: bytes) -> str | float:
    name = field.rpartition(".")[2]
    if name in {"lat", "lon", "accuracy_m"}:
        whole = {"lat": 62, "lon": 15, "accuracy_m": 7}[name]
        return float(f"{whole}.{int.from_bytes(drawn[:4]) % 900_000 + 100_000}3")
    if name == "personnummer":
        return _number(int.from_bytes(drawn[:4]))
    length = LENGTH + (drawn[-1] % (LONGER_MAX + 1) if SEED else 0)
    return "".join(LETTERS[each % len(LETTERS)] for each in drawn[:length])


def _number(drawn: int) -> str:
    """A number of twelve digits with a good check digit, of somebody born in 1909 or before."""
    stem = f"19{drawn % 10:02}{drawn // 10 % 12 + 1:02}{drawn // 120 % 28 + 1:02}{drawn // 3_360 % 900 + 100}"
    return next(number for digit in range(10) if personnummer.valid(number := f"{stem}{digit}"))
