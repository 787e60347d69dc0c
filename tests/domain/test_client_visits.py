"""Which clients a visit concerns and on which days, so that a client's visits are found."""

from datetime import date, timedelta
from typing import Any

import pytest

from domain.facts import VisitFacts
from domain.ids import ClientId, FactId
from domain.presence import NOBODY
from domain.values import NotPerformedReason, Source, VisitKind
from domain.visit.concerned import concerned, ever_named
from domain.visit.entries import (
    Arrival,
    AttendanceFix,
    Departure,
    Failure,
    Plan,
    ServiceFix,
    ServiceOutcome,
)
from domain.visit.events import AttendanceValues, ServiceValues
from domain.visit.history import VisitHistory
from tests.domain.given_facts import (
    ANNA,
    ASTA,
    BROR,
    CLEAN,
    MONDAY,
    VISIT,
    client_visits_of,
    clock,
    failure,
    plan,
    service,
    stay,
)

TUESDAY = MONDAY + timedelta(days=1)


def days(visit: VisitFacts) -> list[date]:
    return sorted({told.day for told in client_visits_of(visit)})


def test_a_visit_concerns_everybody_whom_any_of_its_facts_names() -> None:
    assert concerned(VisitFacts(visit_id=VISIT, planned=plan(), services=(service(CLEAN, client=BROR),))) == {
        ASTA,
        BROR,
    }
    assert concerned(VisitFacts(visit_id=VISIT, attendances=(stay("08:00", "08:30", clients=(BROR,)),))) == {BROR}
    assert concerned(VisitFacts(visit_id=VISIT, failures=(failure(),))) == {NOBODY}
    unknown = stay("08:00", "08:30", clients=())
    assert concerned(VisitFacts(visit_id=VISIT, planned=plan(), attendances=(unknown,))) == {ASTA, NOBODY}


DORA, ERIK, FRIDA, GUN = (ClientId(name) for name in ("dora", "erik", "frida", "gun"))
SAID: dict[str, Any] = {
    "worker_id": ANNA,
    "recorded_at": None,
    "at": clock("08:00"),
    "source": Source.MOBILE_NO_RECEIPT,
}
STANDS: dict[str, Any] = {"worker_id": ANNA, "service_code": CLEAN, "at": clock("08:00")}


def test_everybody_whom_a_visit_was_ever_said_to_be_at_is_named_by_it_also_where_that_was_corrected() -> None:
    entries = (
        Arrival(fact_id=FactId("in"), position=1, client_ids=(BROR,), **SAID),
        Departure(fact_id=FactId("out"), position=2, **SAID),
        ServiceOutcome(fact_id=FactId("s"), position=3, service_code=CLEAN, client_id=DORA, **SAID),
        ServiceOutcome(fact_id=FactId("t"), position=4, service_code=CLEAN, **SAID),
        Failure(fact_id=FactId("f"), position=5, reason=NotPerformedReason.NOBODY_HOME, client_ids=(ERIK,), **SAID),
        AttendanceFix(
            6, None, FactId("g"), FactId("in"), None, AttendanceValues(worker_id=ANNA, client_ids=(FRIDA,)), ""
        ),
        ServiceFix(7, None, FactId("s"), ServiceValues(client_id=GUN, **STANDS), ""),
    )
    planned = Plan((ASTA,), clock("08:00"), clock("09:00"), (), "", VisitKind.PLANNED, 1)
    assert ever_named(VisitHistory(plan=planned, entries=entries)) == {ASTA, BROR, DORA, ERIK, FRIDA, GUN}
    assert ever_named(VisitHistory()) == set()


def test_a_visit_is_told_of_on_the_days_of_its_plan_and_of_what_was_registered() -> None:
    assert days(VisitFacts(visit_id=VISIT, planned=plan())) == [MONDAY]
    night = stay("22:00", clock("07:00", TUESDAY))
    assert days(VisitFacts(visit_id=VISIT, attendances=(night,))) == [MONDAY, TUESDAY]
    later = service(at=clock("08:00", TUESDAY))
    assert days(VisitFacts(visit_id=VISIT, planned=plan(), services=(later,))) == [MONDAY, TUESDAY]
    assert days(VisitFacts(visit_id=VISIT, attendances=(stay(None, "08:30"),))) == [MONDAY]


def test_the_days_are_those_of_utc() -> None:
    after_midnight_in_sweden = stay(clock("00:10", TUESDAY), clock("00:40", TUESDAY))
    assert days(VisitFacts(visit_id=VISIT, attendances=(after_midnight_in_sweden,))) == [MONDAY]


def test_a_stay_of_days_is_told_of_on_each_and_one_that_cannot_be_true_on_both_ends() -> None:
    three = stay("08:00", clock("09:00", MONDAY + timedelta(days=2)))
    assert days(VisitFacts(visit_id=VISIT, attendances=(three,))) == [MONDAY + timedelta(days=n) for n in range(3)]
    years = stay("08:00", clock("09:00", date(2031, 1, 1)))
    assert days(VisitFacts(visit_id=VISIT, attendances=(years,))) == [MONDAY, date(2031, 1, 1)]
    swapped = stay(clock("09:00", TUESDAY), "08:00")
    assert days(VisitFacts(visit_id=VISIT, attendances=(swapped,))) == [MONDAY, TUESDAY]


@pytest.mark.parametrize("visit", [VisitFacts(visit_id=VISIT)])
def test_a_visit_of_which_nothing_is_known_any_more_is_nobodys(visit: VisitFacts) -> None:
    assert client_visits_of(visit) == ()
