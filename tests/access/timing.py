"""How long it takes to say that a thing is not there, and that it lies outside of reach: `python -m tests.access.timing`.

Every route that takes an id is asked in turns for a thing of another unit, for one with protected identity, and for one that
is nowhere; who is first is drawn. Prints medians of whole calls and of the processor's time, denied and absent, and by Mann and
Whitney how likely such a difference is by chance. Ends with 1 where a median differs by more than 5 %, and not by chance.
"""

import random
import sys
import time
from argparse import ArgumentParser
from collections.abc import Sequence
from math import erfc, sqrt
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import NamedTuple

from starlette.testclient import TestClient

from api.app import create_app
from api.bootstrap import build
from infra.logs import configure_logs
from tests.access.__main__ import settings_for
from tests.access.cast import Asker, Cast, Relation, cast_of
from tests.access.matrix import Cell, ask, is_denial, may_ask
from tests.access.question import Question
from tests.access.questions import QUESTIONS
from tests.api.conftest import MORNING, StillClock, people_of
from tests.api.town import Town

SEED, ROUNDS, WARM_UP = 2026, 400, 20
DIFFERS_BY_MAX = 0.05
BY_CHANCE_MIN = 0.001
WHERE = {"path", "filter", "cell"}
DENIED = (Relation.OTHER_UNIT, Relation.PROTECTED)


class Times(NamedTuple):
    """What a kind of call took, each time in milliseconds: until the answer, and of the processor, which other work on the
    machine hardly touches."""

    whole: list[float]
    processor: list[float]


class Compared(NamedTuple):
    """What came of one question about a denied and an absent thing."""

    question: Question
    relation: Relation
    denied: Times
    absent: Times

    @property
    def is_told_apart(self) -> bool:
        """Whether whoever asks often enough would know."""
        return any(map(_differs, self.denied, self.absent))

    def __str__(self) -> str:
        where = f"{self.question.route} {self.question.where} {self.question.kind}, {self.relation.name.lower()}"
        told = "   ".join(map(_told, self.denied, self.absent))
        return f"{where:72} {told}{'  TOLD APART' if self.is_told_apart else ''}"


def _differs(denied: Sequence[float], absent: Sequence[float]) -> bool:
    share = median(denied) / median(absent) - 1
    return abs(share) > DIFFERS_BY_MAX and by_chance(denied, absent) < BY_CHANCE_MIN


def _told(denied: Sequence[float], absent: Sequence[float]) -> str:
    one, other = median(denied), median(absent)
    return f"{one:6.2f} {other:6.2f} ms {one / other - 1:+6.1%} p {by_chance(denied, absent):.3f}"


def compared(cast: Cast, asker: Asker, question: Question, rounds: int, drawn: random.Random) -> list[Compared]:
    """Ask in turns. What is not denied, for another's it is not, is left out."""
    cells = {each: Cell(asker, question, each) for each in (*DENIED, Relation.ABSENT) if each in question.relations}
    if Relation.ABSENT not in cells or not may_ask(cells[Relation.ABSENT]):
        return []
    denied = [each for each, cell in cells.items() if is_denial(question, ask(cast, cell))]
    if Relation.ABSENT not in denied:
        return []
    spent = {each: Times([], []) for each in denied}
    for number in range(rounds + WARM_UP):
        for each in drawn.sample(denied, len(denied)):
            began, began_cpu = time.perf_counter(), time.process_time()
            ask(cast, cells[each])
            if number >= WARM_UP:
                spent[each].whole.append((time.perf_counter() - began) * 1000)
                spent[each].processor.append((time.process_time() - began_cpu) * 1000)
    absent = spent.pop(Relation.ABSENT)
    return [Compared(question, each, found, absent) for each, found in spent.items()]


def by_chance(one: Sequence[float], other: Sequence[float]) -> float:
    """The probability of so great a difference in rank between two samples of one distribution (Mann and Whitney, two-sided,
    by the normal approximation; times do not tie)."""
    of_one = {id(each) for each in one}
    ranked = sorted((*one, *other))
    ranks = sum(rank for rank, each in enumerate(ranked, start=1) if id(each) in of_one)
    above = ranks - len(one) * (len(one) + 1) / 2
    expected = len(one) * len(other) / 2
    deviation = sqrt(len(one) * len(other) * (len(one) + len(other) + 1) / 12)
    return erfc(abs(above - expected) / deviation / sqrt(2))


def main() -> int:
    """Ask, print a line each, and count."""
    configure_logs("critical")
    options = ArgumentParser(prog="python -m tests.access.timing")
    options.add_argument("--rounds", type=int, default=ROUNDS)
    options.add_argument("--routes", default="", help="only those whose words hold this")
    options.add_argument("--postgresql", action="store_true", help="read behind the wall")
    asked = options.parse_args()
    drawn, found = random.Random(SEED), list[Compared]()
    with TemporaryDirectory() as folder, settings_for(Path(folder), on_postgresql=asked.postgresql) as settings:
        house = build(settings, clock=StillClock(MORNING))
        with TestClient(create_app(house)) as client:
            cast = cast_of(Town(people_of(house, client)), Path(folder))
            coordinator = next(each for each in cast.askers if each.name == "coordinator")
            for question in QUESTIONS:
                if (
                    question.method == "GET"
                    and question.kind
                    and question.where in WHERE
                    and asked.routes in question.name
                ):
                    of_one = compared(cast, coordinator, question, asked.rounds, drawn)
                    found += of_one
                    for each in of_one:
                        print(each, flush=True)
    told_apart = sum(each.is_told_apart for each in found)
    print(f"{len(found)} pairs, {asked.rounds} times each: {told_apart} told apart")
    return min(1, told_apart)


if __name__ == "__main__":
    sys.exit(main())
