"""Chance from one seed, split by purpose: what is added for one purpose leaves every other as it was."""

from collections.abc import Sequence
from hashlib import blake2b
from random import Random
from typing import TypeVar
from uuid import UUID

from domain.ids import derived_id

T = TypeVar("T")
_TIMESTAMP_BITS = 48
_RANDOM_BITS = 74


class Chance:
    """Gives a generator of its own to each purpose. The purpose's words decide what it draws, not when it is asked for."""

    def __init__(self, seed: int) -> None:
        self._seed = seed

    def of(self, *purpose: object) -> Random:
        """A generator for one purpose, for example `of("visit", visit_id)`."""
        return Random(f"{self._seed}/{'/'.join(map(str, purpose))}")

    def id_of(self, *words: object) -> str:
        """The id of something that the office names."""
        return derived_id("demo", str(self._seed), *map(str, words))


def phone_id(at_ms: int, *words: object) -> str:
    """An id as a phone makes it: a UUIDv7 of `at_ms` (milliseconds since 1970), its random bits derived from the words."""
    digest = blake2b("/".join(map(str, words)).encode(), digest_size=10).digest()
    drawn = int.from_bytes(digest, "big") & ((1 << _RANDOM_BITS) - 1)
    high, low = drawn >> 62, drawn & ((1 << 62) - 1)
    stamp = at_ms & ((1 << _TIMESTAMP_BITS) - 1)
    return str(UUID(int=stamp << 80 | 0x7 << 76 | high << 64 | 0b10 << 62 | low))


def happens(chance: Random, share: float) -> bool:
    """Whether something happens that happens in this share of all cases."""
    return chance.random() < share


def drawn(chance: Random, weighted: Sequence[tuple[T, float]]) -> T:
    """One of the values, by their weights."""
    values, weights = zip(*weighted, strict=True)
    found: T = chance.choices(values, weights)[0]
    return found
