"""What may be done to a subject, as calls that a property test draws from."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

from hypothesis import strategies as st

from domain.aggregate import Aggregate


@dataclass(frozen=True)
class Call:
    """One command: a method and its arguments, and who makes it."""

    method: str
    arguments: dict[str, Any]
    actor: str = "coordinator/eva"

    def on(self, aggregate: Aggregate[Any]) -> None:
        """Make the call."""
        getattr(aggregate, self.method)(**self.arguments)


@dataclass(frozen=True, repr=False)
class Repertoire:
    """What may be done to a subject: calls that usually come first, and then any others."""

    opening: list[Call]
    methods: Sequence[list[Call]]

    def stories(self) -> st.SearchStrategy[list[Call]]:
        """Any sequence of calls. They are drawn as bytes, which is ten times quicker than as calls."""
        return st.binary(min_size=40, max_size=60).map(self._read)

    def _read(self, drawn: bytes) -> list[Call]:
        """Read each pair of bytes as a method and one of its calls; zeros, which failures shrink to, as no call."""
        opened = [] if drawn[0] % 4 == 1 else self.opening
        methods = [[], *self.methods]
        named = ((methods[name % len(methods)], pick) for name, pick in zip(drawn[::2], drawn[1::2], strict=False))
        return [*opened, *(calls[pick % len(calls)] for calls, pick in named if calls)]


def every(method: str, **choices: Sequence[object]) -> list[Call]:
    """The calls of a method with each combination of these arguments."""
    return [Call(method, dict(zip(choices, values, strict=True))) for values in product(*choices.values())]
