"""Fingerprints of facts as the phone sent them: they tell a retry from another fact under the same id, years later."""

from decimal import Decimal
from hmac import HMAC
from math import isfinite
from typing import TypeAlias

import msgspec

JsonValue: TypeAlias = bool | int | float | str | list["JsonValue"] | dict[str, "JsonValue"] | None

FLOAT_EXACT_MAX = 2**53
"""Up to here every whole number has a float of its own."""

ENCODER = msgspec.json.Encoder(order="deterministic")
LEAVES = frozenset({str, int, bool, type(None)})


def canonical(value: JsonValue) -> bytes:
    """Write a parsed JSON value in the one form that all its spellings share.

    Key order, white space, escapes and the form of a number (1, 1.0, 1e0; 0, -0) make no difference; the order of an
    array and every character of a text do. A number with fraction or exponent counts with the 17 digits that a float
    holds. Raises `ValueError` for NaN and infinities, and `TypeError` for what is not JSON.
    """
    return ENCODER.encode(value if type(value) in LEAVES else _plain(value))


class FactDigester:
    """Makes digests that only the holder of the ledger's key can make, since a fact's few values could be guessed."""

    def __init__(self, key: bytes) -> None:
        self._keyed = HMAC(key, digestmod="sha256")
        """Has the key taken in: a copy costs half of what a new one does."""

    def digest(self, value: JsonValue) -> bytes:
        """Give HMAC-SHA-256 over the canonical form: 32 bytes."""
        return self.digest_canonical(canonical(value))

    def digest_canonical(self, written: bytes) -> bytes:
        """The same, of a value that is written in its canonical form already."""
        keyed = self._keyed.copy()
        keyed.update(written)
        return keyed.digest()


def _plain(value: JsonValue) -> JsonValue:
    """Copy lists and objects with each number in its plain form."""
    if type(value) is dict:
        return {name: part if type(part) in LEAVES else _plain(part) for name, part in value.items()}
    if type(value) is list:
        return [part if type(part) in LEAVES else _plain(part) for part in value]
    if type(value) is float:
        return plain_number(value)
    raise TypeError("A fact holds only JSON values")


def plain_number(number: float) -> int | float:
    """Give a whole number as `int`: of large ones the digits that were most likely written. Raises `ValueError` for NaN and
    infinities."""
    if not isfinite(number):
        raise ValueError("A fact holds only finite numbers")
    if not number.is_integer():
        return number
    return int(number) if abs(number) < FLOAT_EXACT_MAX else int(Decimal(repr(number)))
