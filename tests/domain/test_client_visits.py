"""Which clients a visit concerns and on which days, so that a client's visits are found."""

from datetime import date, timedelta

import pytest

from domain.facts import VisitFacts
from domain.presence import NOBODY
from domain.visit.concerned import concerned
from tests.domain.given_facts import (
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
