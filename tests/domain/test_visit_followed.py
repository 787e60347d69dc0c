"""A visit's facts from event to event: what an event changes, and what it leaves as it is."""

from datetime import datetime, timedelta

import pytest

from domain.facts import Attendance
from domain.ids import FactId, VisitId
from domain.values import ClockReading, ClockRule, Source
from domain.visit.entries import Arrival, Departure, Entry, ServiceOutcome
from domain.visit.followed import FollowedVisit
from domain.visit.history import VisitHistory
from tests.domain.visit_samples import ANNA, ASTRID, SHOWER, at

ID = VisitId("visit-1")
ARRIVED = FactId("in-1")


def clock(offset_ms: int, jump_ms: int = 0) -> ClockReading:
    return ClockReading(wall_at="", rule=ClockRule.MONOTONIC, offset_ms=offset_ms, jump_ms=jump_ms)


def arrival(read: ClockReading | None = None, recorded_at: datetime | None = None) -> Arrival:
    return Arrival(
        position=1,
        recorded_at=recorded_at,
        fact_id=ARRIVED,
        worker_id=ANNA,
        at=at(9),
        source=Source.PRESENCE_RECEIPT,
        clock=read,
        client_ids=(ASTRID,),
    )


def departure(read: ClockReading | None = None, recorded_at: datetime | None = None) -> Departure:
    return Departure(
        position=3,
        recorded_at=recorded_at,
        fact_id=FactId("out-1"),
        worker_id=ANNA,
        at=at(9, 40),
        source=Source.PRESENCE_RECEIPT,
        clock=read,
        arrival_fact_id=ARRIVED,
    )


def shower() -> ServiceOutcome:
    return ServiceOutcome(
        position=2,
        recorded_at=None,
        fact_id=FactId("shower"),
        worker_id=ANNA,
        at=at(9, 20),
        source=Source.PRESENCE_RECEIPT,
        service_code=SHOWER,
        client_id=ASTRID,
    )


def stay_of(*entries: Entry) -> Attendance:
    _, stays, *_ = FollowedVisit(ID).parts(VisitHistory(entries=entries))
    return stays[0]


def test_a_part_that_an_event_does_not_touch_is_the_very_same() -> None:
    followed, history = FollowedVisit(ID), VisitHistory(entries=(arrival(),))
    _, came, _, _, _, _, told = followed.parts(history)
    history.entries = (*history.entries, shower())
    _, stayed, done, _, _, _, still_told = followed.parts(history)
    assert (stayed is came, still_told is told, len(done)) == (True, True, 1)
    history.entries = (*history.entries, departure())
    _, left, still_done, _, _, _, told_at_last = followed.parts(history)
    assert (left == came, still_done is done, told_at_last is told) == (False, True, True)


def test_a_part_that_comes_to_the_same_again_is_the_very_same() -> None:
    followed, history = FollowedVisit(ID), VisitHistory(entries=(arrival(),))
    _, came, *_ = followed.parts(history)
    history.entries = (*history.entries, arrival())
    _, came_again, *_ = followed.parts(history)
    assert came_again is came


@pytest.mark.parametrize(("first_ms", "last_ms", "worst_ms"), [(-300, 200, -300), (200, -300, -300), (200, -200, 200)])
def test_a_stays_clock_error_is_that_of_the_end_whose_clock_was_further_off(
    first_ms: int, last_ms: int, worst_ms: int
) -> None:
    stay = stay_of(arrival(clock(first_ms, last_ms)), departure(clock(last_ms, first_ms)))
    assert stay.offset_ms == worst_ms
    assert abs(stay.jump_ms) == abs(worst_ms)
    assert stay_of(arrival(), departure(clock(last_ms))).offset_ms == last_ms


@pytest.mark.parametrize(("late", "delay_s"), [(timedelta(hours=-1), 0), (timedelta(seconds=90, milliseconds=900), 90)])
def test_a_stays_delay_is_that_of_the_end_that_came_later(late: timedelta, delay_s: int) -> None:
    assert stay_of(arrival(recorded_at=at(9)), departure(recorded_at=at(9, 40) + late)).delay_s == delay_s
    assert stay_of(arrival(recorded_at=at(9) + late), departure(recorded_at=at(9, 40))).delay_s == delay_s
    assert stay_of(arrival(recorded_at=at(9) + late)).delay_s == delay_s
