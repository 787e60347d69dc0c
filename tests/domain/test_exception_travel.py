"""How far a worker came, and whether anybody could (IMPOSSIBLE_TRAVEL)."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from domain.detectors.found import FoundException
from domain.detectors.hour import Moment
from domain.exception_catalogue import ExceptionCode
from domain.exceptions import find_exceptions
from domain.facts import Attendance
from domain.ids import FactId, VisitId, WorkerId
from domain.place import Fix, km_between
from domain.rulebook.rulebook import rulebook_with
from domain.trail import FIXES_MAX, Leg, Trail
from tests.domain.given_facts import ANNA, BO, BROR, but, clock, known, stay, visit

BRACKE_CHURCH, OSTERSUND = Fix(62.7500, 15.4200, 10), Fix(63.1792, 14.6357, 10)
"""Some 62 kilometres apart."""
NEIGHBOUR = Fix(62.7501, 15.4201, 10)


def test_kilometres_are_whole_and_both_accuracies_are_taken_off() -> None:
    assert km_between(BRACKE_CHURCH, OSTERSUND) == 62
    assert km_between(BRACKE_CHURCH, Fix(63.1792, 14.6357, 2_000)) == 60
    assert km_between(BRACKE_CHURCH, NEIGHBOUR) == 0


def seen(trail: Trail, name: str, at: datetime, fix: Fix = BRACKE_CHURCH, worker: WorkerId = ANNA) -> Leg | None:
    return trail.leg(worker, FactId(name), at, fix)


def test_an_arrival_is_measured_from_the_latest_place_before_it_however_late_that_came_in() -> None:
    trail = Trail()
    assert seen(trail, "first", clock("08:00")) is None
    assert seen(trail, "last", clock("12:00"), OSTERSUND) == Leg(62, FactId("first"))
    assert seen(trail, "between", clock("10:00"), OSTERSUND) == Leg(62, FactId("first"))
    assert seen(trail, "after", clock("11:00"), OSTERSUND) == Leg(0, FactId("between"))


def test_another_workers_places_a_faked_one_and_the_fact_itself_measure_nothing() -> None:
    trail = Trail()
    seen(trail, "first", clock("08:00"))
    assert seen(trail, "theirs", clock("09:00"), worker=BO) is None
    assert seen(trail, "faked", clock("09:00"), Fix(63.1792, 14.6357, 10, mock=True)) is None
    assert seen(trail, "again", clock("09:30")) == Leg(0, FactId("first"))
    assert seen(trail, "again", clock("09:30")) == Leg(0, FactId("first"))


def test_only_so_many_places_are_remembered() -> None:
    trail = Trail()
    for number in range(FIXES_MAX + 1):
        seen(trail, f"{number}", clock("08:00") + timedelta(minutes=number))
    assert seen(trail, "early", clock("08:00") + timedelta(seconds=30)) is None


# Found

FIRST, SECOND = VisitId("first"), VisitId("second")
HERE = stay("08:00", "08:30", visit_id=FIRST)


def travelled(
    arrived: str, km: int | None, here: Attendance = HERE, worker: WorkerId = ANNA, **policies: Any
) -> list[FoundException]:
    there = stay(arrived, "12:00", worker, (BROR,), visit_id=SECOND)
    there = but(there, km_from_previous=km, previous_fact_id=HERE.departure_fact_id)
    visits = [visit(here, visit_id=FIRST), visit(there, visit_id=SECOND)]
    found = find_exceptions(visits, context=known(), rulebook=rulebook_with(**policies), moment=Moment(clock("20:00")))
    return [each for each in found if each.code is ExceptionCode.IMPOSSIBLE_TRAVEL]


def test_a_place_too_far_for_the_time_between_is_told_of_with_the_minutes_that_are_lacking() -> None:
    """65 kilometres take half an hour at 130 an hour."""
    (found,) = travelled("08:50", 65)
    assert (found.subject_kind, found.subject_id, found.minutes) == ("worker", ANNA, 10)
    assert (found.visit_ids, found.since, len(found.fact_ids)) == ((FIRST, SECOND), clock("08:50"), 4)


@pytest.mark.parametrize(
    ("arrived", "km", "count"), [("09:00", 65, 0), ("08:59", 65, 1), ("08:30", 0, 0), ("08:30", 1, 1)]
)
def test_what_a_car_can_do_is_possible(arrived: str, km: int, count: int) -> None:
    assert len(travelled(arrived, km)) == count


def test_the_limit_is_the_rulebooks_and_nought_turns_it_off() -> None:
    assert len(travelled("09:00", 65, travel_kmh_max=129)) == 1
    assert travelled("08:31", 65, travel_kmh_max=0) == []


def test_nothing_is_said_of_corrected_times_of_what_was_not_measured_or_of_another_worker() -> None:
    assert travelled("08:31", None) == []
    assert travelled("08:31", 65, but(HERE, corrected=True)) == []
    assert travelled("08:31", 65, worker=BO) == []
