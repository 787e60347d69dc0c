"""The story's visits and orders told many times over, each time of other subjects: a log as long as a test wants it."""

from collections.abc import Iterable
from dataclasses import replace
from itertools import chain, zip_longest

from domain.event import RecordedEvent
from tests.projections.office_chapters import ORDERED
from tests.projections.telling import Said, recorded
from tests.projections.visit_chapters import FAILED, HOUSEHOLD_VISIT, UNPLANNED

CHAPTERS = (HOUSEHOLD_VISIT, UNPLANNED, FAILED, ORDERED)
EVENTS_A_TIME = sum(map(len, CHAPTERS))
STREAMS_A_TIME = len(CHAPTERS)


def many(times: int, *, first: int = 0) -> list[RecordedEvent]:
    """Tell it so many times, from a number on: the streams of each number are its own, and told at once."""
    return recorded(chain.from_iterable(_once(number) for number in range(first, first + times)))


def _once(number: int) -> Iterable[Said]:
    """One event of each chapter in turn."""
    for told in zip_longest(*CHAPTERS):
        yield from (replace(each, stream=f"{each.stream}-{number}") for each in told if each is not None)
