"""A visit's facts from event to event: what an event changes, and what it leaves as it is."""

from datetime import datetime, timedelta

import msgspec
import pytest

from domain.facts import Attendance
from domain.ids import VisitId
from domain.values import ClockReading, ClockRule
from domain.visit.entries import Entry
from domain.visit.followed import FollowedVisit
from domain.visit.history import VisitHistory
from tests.domain.visit_samples import SHOWERED, arrived, at, departed, visit

ID = VisitId("visit-1")
ARRIVAL, SHOWER, DEPARTURE = visit.load(
    [visit.event(number, told) for number, told in enumerate((arrived(at(9)), SHOWERED, departed(at(9, 40))), start=1)]
).history.entries


def clock(offset_ms: int, jump_ms: int = 0) -> ClockReading:
    return ClockReading(wall_at="", rule=ClockRule.MONOTONIC, offset_ms=offset_ms, jump_ms=jump_ms)


def read_by(end: Entry, clock_reading: ClockReading) -> Entry:
    return msgspec.structs.replace(end, clock=clock_reading)


def learned(end: Entry, recorded_at: datetime) -> Entry:
    return msgspec.structs.replace(end, recorded_at=recorded_at)


def stay_of(*entries: Entry) -> Attendance:
    _, stays, *_ = FollowedVisit(ID).parts(VisitHistory(entries=entries))
    return stays[0]


def test_a_part_that_an_event_does_not_touch_is_the_very_same() -> None:
    followed, history = FollowedVisit(ID), VisitHistory(entries=(ARRIVAL,))
    _, came, _, _, _, _, told = followed.parts(history)
    history.entries = (*history.entries, SHOWER)
    _, stayed, done, _, _, _, still_told = followed.parts(history)
    assert (stayed is came, still_told is told, len(done)) == (True, True, 1)
    history.entries = (*history.entries, DEPARTURE)
    _, left, still_done, _, _, _, told_at_last = followed.parts(history)
    assert (left == came, still_done is done, told_at_last is told) == (False, True, True)


def test_a_part_that_comes_to_the_same_again_is_the_very_same() -> None:
    followed, history = FollowedVisit(ID), VisitHistory(entries=(ARRIVAL,))
    _, came, *_ = followed.parts(history)
    history.entries = (*history.entries, msgspec.structs.replace(ARRIVAL))
    _, came_again, *_ = followed.parts(history)
    assert came_again is came


@pytest.mark.parametrize(("first_ms", "last_ms", "worst_ms"), [(-300, 200, -300), (200, -300, -300), (200, -200, 200)])
def test_a_stays_clock_error_is_that_of_the_end_whose_clock_was_further_off(
    first_ms: int, last_ms: int, worst_ms: int
) -> None:
    stay = stay_of(read_by(ARRIVAL, clock(first_ms, last_ms)), read_by(DEPARTURE, clock(last_ms, first_ms)))
    assert stay.offset_ms == worst_ms
    assert abs(stay.jump_ms) == abs(worst_ms)
    assert stay_of(ARRIVAL, read_by(DEPARTURE, clock(last_ms))).offset_ms == last_ms


@pytest.mark.parametrize(("late", "delay_s"), [(timedelta(hours=-1), 0), (timedelta(seconds=90, milliseconds=900), 90)])
def test_a_stays_delay_is_that_of_the_end_that_came_later(late: timedelta, delay_s: int) -> None:
    came, left = at(9), at(9, 40)
    assert stay_of(learned(ARRIVAL, came), learned(DEPARTURE, left + late)).delay_s == delay_s
    assert stay_of(learned(ARRIVAL, came + late), learned(DEPARTURE, left)).delay_s == delay_s
    assert stay_of(learned(ARRIVAL, came + late)).delay_s == delay_s
