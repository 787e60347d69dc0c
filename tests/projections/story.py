"""A short story with something of every kind in it: what the tests of read models fold."""

from collections.abc import Iterable, Sequence

from domain.event import RecordedEvent
from tests.projections.office_chapters import (
    ACCEPTED,
    CLIENTS,
    DEVICES,
    FRAME,
    MONTHS,
    ORDERED,
    ORGANISED,
    SUPERVISED,
    WORKERS,
)
from tests.projections.telling import Said, recorded
from tests.projections.visit_chapters import FAILED, HOUSEHOLD_VISIT, UNPLANNED

CHAPTERS: Sequence[Sequence[Said]] = (
    HOUSEHOLD_VISIT,
    UNPLANNED,
    FAILED,
    ORDERED,
    FRAME,
    CLIENTS,
    WORKERS,
    DEVICES,
    ORGANISED,
    ACCEPTED,
    SUPERVISED,
    MONTHS,
)
STORY = recorded(each for chapter in CHAPTERS for each in chapter)


def interleaved(choices: Iterable[int]) -> list[RecordedEvent]:
    """Tell all chapters at once: each choice says which goes on; what is left follows in order."""
    waiting = [list(chapter) for chapter in CHAPTERS]
    told: list[Said] = []
    for choice in choices:
        chapter = waiting[choice % len(waiting)]
        told += chapter[:1]
        del chapter[:1]
    return recorded([*told, *(each for chapter in waiting for each in chapter)])
