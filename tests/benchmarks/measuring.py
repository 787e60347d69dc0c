"""Two ways of doing the same work, measured in turns, because a machine's speed drifts within seconds."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median

Slice = Callable[[], float]
"""Does a short piece of the work and gives its speed. What it must prepare is not in the time."""


@dataclass(frozen=True)
class Contest:
    """The measured work and what it is measured against. Without a base only a value comes out."""

    unit: str
    measured: Slice
    base: Slice | None = None


@dataclass(frozen=True)
class Figure:
    """The outcome: medians over the rounds. `ratio` is the median of the ratios within each round."""

    value: float
    unit: str
    base: float | None
    ratio: float | None


def speed(amount: int, work: Callable[[], object]) -> float:
    """Do the work and say how much of it was done in a second."""
    began = time.perf_counter()
    work()
    return amount / (time.perf_counter() - began)


def memory_mb(process: int | str, line: str) -> float:
    """Say how much memory a process has (`VmRSS`) or had at most (`VmHWM`), in MB; 0 where the system does not tell.

    Not by `getrusage`: what that tells of a new process begins with what its parent had.
    """
    status = Path(f"/proc/{process}/status")
    lines = status.read_text(encoding="ascii").splitlines() if status.exists() else []
    return next((int(each.split()[1]) / 1000 for each in lines if each.startswith(line)), 0.0)


def compare(contest: Contest, rounds: int, progress: Callable[[], None]) -> Figure:
    """Run a round to warm up and then those that count. Who begins changes from round to round."""
    values, bases = list[float](), list[float]()
    for number in range(rounds + 1):
        value, base = _round(contest, base_first=bool(number % 2))
        progress()
        if number:
            values.append(value)
            bases.append(base)
    if contest.base is None:
        return Figure(median(values), contest.unit, None, None)
    ratios = [value / base for value, base in zip(values, bases, strict=True)]
    return Figure(median(values), contest.unit, median(bases), median(ratios))


def _round(contest: Contest, *, base_first: bool) -> tuple[float, float]:
    if contest.base is None:
        return contest.measured(), 0.0
    if base_first:
        base = contest.base()
        return contest.measured(), base
    return contest.measured(), contest.base()
