"""What a row of a planning system's file comes to, and what a complete file calls off."""

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from domain.event import DomainEvent
from domain.facts import Attendance, PlannedVisit, VisitFacts
from domain.ids import ClientId, FactId, ServiceCode, UnitId, VisitId, WorkerId
from domain.import_plan import Change, PlanRow, missing_visits, steps_for, take_row
from domain.values import CancelledBy, Period, PlannedService, VisitKind
from domain.visit.aggregate import Visit
from domain.visit.errors import ScheduleBackwardsError
from domain.visit.events import (
    VisitCancelled,
    VisitPlanned,
    VisitRescheduled,
    VisitWorkerAssigned,
    VisitWorkerUnassigned,
)
from tests.scenario import ReadableSealer

KARIN, OLLE = ClientId("karin"), ClientId("olle")
ANNA, BO = WorkerId("anna"), WorkerId("bo")
CENTRE, GALLO = UnitId("centre"), UnitId("gallo")
SIX = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = Period(SIX - 6 * HOUR, SIX + 18 * HOUR)
SHOWER = PlannedService(ServiceCode("SHOWER"), KARIN, 40)
CLEAN = PlannedService(ServiceCode("CLEAN"), KARIN, 30)
BARE = PlanRow(client_ids=(KARIN,), starts_at=SIX, ends_at=SIX + HOUR)
"""Karin's morning visit, with nothing stated that need not be."""
FULL = msgspec.structs.replace(BARE, unit_id=CENTRE, kind=VisitKind.PLANNED, services=(SHOWER,), worker_ids=(ANNA,))


def take(visit: Visit, row: PlanRow) -> list[DomainEvent]:
    """Let a second file bring the row."""
    take_row(visit, row, at=SIX, origin="tes/second.csv")
    return list(visit.collect_events())


@pytest.fixture
def visit() -> Visit:
    """Karin's visit as the first file planned it: a shower, by Anna, of the centre."""
    planned = Visit("visit-1", sealer=ReadableSealer(), actor="import/tes")
    take_row(planned, FULL, at=SIX, origin="tes/first.csv")
    planned.collect_events()
    return planned


def test_a_new_key_plans_the_visit_and_assigns_its_workers() -> None:
    planned, assigned = take(Visit("visit-1", sealer=ReadableSealer(), actor="import/tes"), FULL)
    assert isinstance(planned, VisitPlanned)
    assert (planned.client_ids, planned.services, planned.unit_id) == ((KARIN,), (SHOWER,), CENTRE)
    assert (planned.scheduled_start_at, planned.scheduled_end_at) == (SIX, SIX + HOUR)
    assert isinstance(assigned, VisitWorkerAssigned)
    assert (assigned.worker_id, assigned.origin) == (ANNA, "tes/second.csv")


def test_the_same_row_again_comes_to_nothing(visit: Visit) -> None:
    assert steps_for(FULL, visit.history).changes == ()
    assert take(visit, FULL) == []


def test_what_a_row_does_not_state_stays_as_it_stands(visit: Visit) -> None:
    assert take(visit, BARE) == []


def test_other_times_reschedule_with_the_file_as_the_reason_and_keep_the_services(visit: Visit) -> None:
    (moved,) = take(visit, msgspec.structs.replace(BARE, starts_at=SIX + HOUR, ends_at=SIX + 2 * HOUR))
    assert isinstance(moved, VisitRescheduled)
    assert (moved.scheduled_start_at, moved.origin) == (SIX + HOUR, "tes/second.csv")
    assert visit.history.plan is not None
    assert visit.history.plan.services == (SHOWER,)


def test_other_services_reschedule(visit: Visit) -> None:
    (moved,) = take(visit, msgspec.structs.replace(FULL, services=(CLEAN,)))
    assert isinstance(moved, VisitRescheduled)
    assert moved.services == (CLEAN,)


def test_another_worker_is_assigned_in_place_of_the_first(visit: Visit) -> None:
    unassigned, assigned = take(visit, msgspec.structs.replace(FULL, worker_ids=(BO,)))
    assert isinstance(unassigned, VisitWorkerUnassigned)
    assert isinstance(assigned, VisitWorkerAssigned)
    assert (unassigned.worker_id, unassigned.origin) == (ANNA, "tes/second.csv")
    assert (assigned.worker_id, visit.history.worker_ids) == (BO, (BO,))


def test_no_workers_stated_as_such_takes_the_visit_from_everybody(visit: Visit) -> None:
    (unassigned,) = take(visit, msgspec.structs.replace(FULL, worker_ids=()))
    assert isinstance(unassigned, VisitWorkerUnassigned)


@pytest.mark.parametrize(
    "other", [{"client_ids": (OLLE,), "services": None}, {"unit_id": GALLO}, {"kind": VisitKind.MEAL}]
)
def test_another_client_unit_or_kind_is_cancelled_and_planned_anew_at_once(visit: Visit, other: dict[str, Any]) -> None:
    cancelled, planned = take(visit, msgspec.structs.replace(FULL, **other))
    assert isinstance(cancelled, VisitCancelled)
    assert isinstance(planned, VisitPlanned)
    assert (cancelled.cancelled_by, cancelled.origin) == (CancelledBy.PROVIDER, "tes/second.csv")
    assert visit.history.cancellation is None
    assert take(visit, msgspec.structs.replace(FULL, **other)) == []


def test_a_client_who_joins_in_makes_it_another_visit_which_keeps_the_services_of_the_first(visit: Visit) -> None:
    couple = msgspec.structs.replace(FULL, client_ids=(KARIN, OLLE), services=None)
    cancelled, planned = take(visit, couple)
    assert isinstance(cancelled, VisitCancelled)
    assert isinstance(planned, VisitPlanned)
    assert (planned.client_ids, planned.services) == ((KARIN, OLLE), (SHOWER,))
    assert take(visit, msgspec.structs.replace(couple, client_ids=(OLLE, KARIN))) == []


def test_a_second_worker_makes_it_a_visit_for_two(visit: Visit) -> None:
    take(visit, msgspec.structs.replace(FULL, worker_ids=(ANNA, BO)))
    assert visit.history.plan is not None
    assert (visit.history.plan.workers_needed, visit.history.worker_ids) == (2, (ANNA, BO))


def test_a_visit_that_the_provider_called_off_is_planned_anew_when_it_comes_back(visit: Visit) -> None:
    visit.cancel(cancelled_by=CancelledBy.PROVIDER, notice_given_at=SIX)
    visit.collect_events()
    (planned,) = take(visit, BARE)
    assert isinstance(planned, VisitPlanned)
    assert (planned.services, planned.unit_id) == ((SHOWER,), CENTRE)
    assert visit.history.cancellation is None


def test_a_visit_that_the_client_called_off_stays_so_until_the_file_brings_something_new(visit: Visit) -> None:
    visit.cancel(cancelled_by=CancelledBy.CLIENT, notice_given_at=SIX)
    visit.collect_events()
    assert steps_for(msgspec.structs.replace(FULL, worker_ids=(BO,)), visit.history).changes == (
        Change.STAYS_CANCELLED,
    )
    (planned,) = take(visit, msgspec.structs.replace(FULL, ends_at=SIX + 2 * HOUR))
    assert isinstance(planned, VisitPlanned)


def test_an_end_before_the_start_is_refused(visit: Visit) -> None:
    with pytest.raises(ScheduleBackwardsError):
        take(visit, msgspec.structs.replace(FULL, ends_at=SIX - HOUR))


def plan(visit_id: str, **fields: Any) -> PlannedVisit:
    """A visit of the centre, this morning."""
    stated: dict[str, Any] = {"unit_id": CENTRE, "starts_at": SIX, "ends_at": SIX + HOUR} | fields
    return PlannedVisit(visit_id=VisitId(visit_id), client_ids=(KARIN,), kind=VisitKind.PLANNED, **stated)


def facts(planned: PlannedVisit, *stays: Attendance) -> VisitFacts:
    """A visit with the stays registered on it."""
    return VisitFacts(visit_id=planned.visit_id, planned=planned, attendances=stays)


def missing(*visits: VisitFacts, in_file: tuple[str, ...] = ()) -> list[str]:
    """What a file that is complete for the centre and the day does not hold."""
    ids = {VisitId(visit_id) for visit_id in in_file}
    return [each.visit_id for each in missing_visits(visits, unit_id=CENTRE, period=DAY, in_file=ids)]


def test_what_a_complete_file_does_not_hold_is_missing_in_order_of_time() -> None:
    late, early, held = plan("late", starts_at=SIX + HOUR), plan("early"), plan("held")
    assert missing(facts(late), facts(early), facts(held), in_file=("held",)) == ["early", "late"]


@pytest.mark.parametrize(
    "other",
    [{"unit_id": GALLO}, {"starts_at": DAY.ends_at}, {"starts_at": DAY.starts_at - HOUR}],
    ids=["another unit", "starts as the period ends", "started before it"],
)
def test_a_visit_of_another_unit_or_period_is_not_missing(other: dict[str, Any]) -> None:
    assert missing(facts(plan("other", **other))) == []


def test_a_cancelled_visit_is_not_missing() -> None:
    assert missing(facts(plan("off", cancelled_by=CancelledBy.CLIENT))) == []


def test_a_visit_that_somebody_came_to_is_not_missing() -> None:
    stay = Attendance(
        visit_id=VisitId("made"),
        attendance_id=FactId("arrival"),
        worker_id=ANNA,
        client_ids=(KARIN,),
        unit_id=CENTRE,
        kind=VisitKind.PLANNED,
        arrived_at=SIX,
        departed_at=None,
    )
    assert missing(facts(plan("made"), stay)) == []
