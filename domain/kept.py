"""Answers that are computed once and kept with what they are about."""

from collections.abc import Callable
from typing import Generic, Self, TypeVar, overload

S = TypeVar("S")
V = TypeVar("V")


class Kept(Generic[S, V]):
    """A property that is computed when it is first asked for, of a struct with `dict=True`.

    Python's own takes a lock for each, which is most of what a small answer costs; here two threads at once may both compute
    it, and come to the same.
    """

    def __init__(self, compute: Callable[[S], V]) -> None:
        self._compute, self._name = compute, compute.__name__
        self.__doc__ = compute.__doc__

    @overload
    def __get__(self, whose: None, owner: type[S]) -> Self: ...

    @overload
    def __get__(self, whose: S, owner: type[S]) -> V: ...

    def __get__(self, whose: S | None, owner: type[S]) -> V | Self:
        if whose is None:
            return self
        found = whose.__dict__[self._name] = self._compute(whose)
        return found
