"""Valid time by whole days: stretches of days, and what stands from a day on.

Every stretch runs from its first day up to, not including, its last: `until_on` None means until further notice.
"""

from collections.abc import Iterable
from datetime import date
from itertools import pairwise
from typing import Generic, TypeVar

import msgspec

T = TypeVar("T")


class DaySpan(msgspec.Struct, frozen=True, array_like=True):
    """The days from `from_on` up to, not including, `until_on`."""

    from_on: date
    until_on: date | None = None

    @property
    def is_empty(self) -> bool:
        """Whether it holds no day: what began and was taken back on the same day never was."""
        return self.until_on is not None and self.until_on <= self.from_on

    def holds_on(self, day: date) -> bool:
        """Whether the day lies within."""
        return self.from_on <= day and (self.until_on is None or day < self.until_on)

    def common(self, other: "DaySpan") -> "DaySpan":
        """The days that lie in both; empty when there are none."""
        return DaySpan(max(self.from_on, other.from_on), _earlier(self.until_on, other.until_on))

    def overlaps(self, other: "DaySpan") -> bool:
        """Whether any day lies in both."""
        return not self.common(other).is_empty

    def without(self, holes: Iterable["DaySpan"]) -> list["DaySpan"]:
        """What is left of it, in order, when the holes are cut out. Holes may overlap."""
        left, from_on = [], self.from_on
        for hole in sorted(holes, key=lambda hole: hole.from_on):
            if hole.is_empty or not self.overlaps(hole):
                continue
            left.append(DaySpan(from_on, hole.from_on))
            if hole.until_on is None:
                return [span for span in left if not span.is_empty]
            from_on = max(from_on, hole.until_on)
        left.append(DaySpan(from_on, self.until_on))
        return [span for span in left if not span.is_empty]


class Since(msgspec.Struct, Generic[T], frozen=True, array_like=True):
    """What stands from a day on, until something else does."""

    from_on: date
    value: T


def stand_from(timeline: tuple[Since[T], ...], from_on: date, value: T) -> tuple[Since[T], ...]:
    """Let `value` stand from the day on. The last word wins from its day on, over what was said earlier for later days."""
    kept = tuple(since for since in timeline if since.from_on < from_on)
    return (*kept, Since(from_on, value))


def standing_on(timeline: tuple[Since[T], ...], day: date) -> T | None:
    """What stands on the day; None before the first."""
    return next((since.value for since in reversed(timeline) if since.from_on <= day), None)


def stands_already(timeline: tuple[Since[T], ...], from_on: date, value: T) -> bool:
    """Whether the value stands on the day and on all later ones, so that saying it again changes nothing."""
    return any(since.from_on <= from_on and since.value == value for since in timeline[-1:])


def stretches(timeline: tuple[Since[T], ...]) -> list[tuple[DaySpan, T]]:
    """Each value with the days it stands for, in order; the last one until further notice."""
    closed = [(DaySpan(this.from_on, following.from_on), this.value) for this, following in pairwise(timeline)]
    return closed + [(DaySpan(last.from_on), last.value) for last in timeline[-1:]]


def close(spans: tuple[DaySpan, ...], on: date) -> tuple[DaySpan, ...]:
    """End, on that day, every stretch that would hold on it."""
    return tuple(DaySpan(span.from_on, on) if span.holds_on(on) else span for span in spans)


def _earlier(this: date | None, that: date | None) -> date | None:
    return min(this, that) if this and that else this or that
