"""Whom and what staff continuity counts: every inclusion and exclusion of rules.md 9.1."""

from datetime import date, datetime, timedelta

import pytest

from domain.continuity import continuity
from domain.continuity_definition import Asked
from domain.facts import Absence
from domain.ids import ServiceCode, UnitId, VisitId
from domain.left_out import LeftOut
from domain.rulebook.rulebook import DEFAULT_RULEBOOK
from domain.values import NotPerformedReason, PlannedService, VisitKind
from tests.domain.continuity_town import (
    ALARM,
    COMPANION,
    INSULIN,
    LAST,
    MEALS,
    PRIVATE,
    asked,
    astas,
    every_day,
    met,
    person,
    rows,
    town,
)
from tests.domain.given_facts import (
    ANNA,
    ASTA,
    BO,
    BROR,
    CILLA,
    GALLO,
    MONDAY,
    SHOWER,
    clock,
    failure,
    order,
    plan,
    service,
    stay,
    visit,
)

# Who is counted


def test_each_person_counts_once_however_many_visits() -> None:
    row = rows(every_day(ANNA, BO, CILLA))[ASTA]
    assert (row.workers, row.visits, row.left_out) == (3, 28, None)


def test_both_workers_of_a_double_staffed_visit_count() -> None:
    assert astas(met(MONDAY, "12:00", BO, CILLA)).workers == 3


def test_a_visit_to_a_couple_counts_for_both() -> None:
    made = [
        met(MONDAY + timedelta(days=n), at, ANNA, clients=(ASTA, BROR)) for n in range(14) for at in ("08:00", "18:00")
    ]
    found = rows(made)
    assert [(found[each].workers, found[each].left_out) for each in (ASTA, BROR)] == [(1, None), (1, None)]


def test_a_visit_that_nobody_has_ended_yet_is_one_that_somebody_came_to() -> None:
    opened = visit(stay(clock("12:00"), None, BO, visit_id=VisitId("open")), visit_id=VisitId("open"))
    assert astas(opened).workers == 2


def test_a_visit_where_nothing_was_done_does_not_count() -> None:
    declined = visit(stay("12:00", "12:05", BO), service(worker=BO, performed=False))
    nobody_home = visit(stay("12:00", "12:05", BO), failure(NotPerformedReason.NOBODY_HOME, ASTA))
    assert astas(declined).workers == astas(nobody_home).workers == 1


def test_a_stay_whose_times_cannot_be_true_does_not_count() -> None:
    assert astas(visit(stay("12:00", "11:00", BO))).workers == 1


# Which visits are counted


@pytest.mark.parametrize("kind", [VisitKind.ALARM, VisitKind.ASSISTANCE, VisitKind.MEAL, VisitKind.CALL])
def test_alarms_meal_deliveries_and_calls_are_not_counted(kind: VisitKind) -> None:
    assert astas(met(MONDAY, "12:00", BO, kind=kind)).workers == 1


@pytest.mark.parametrize("code", [ALARM, MEALS, INSULIN])
def test_visits_for_alarm_meals_or_health_care_alone_are_not_counted(code: ServiceCode) -> None:
    assert astas(met(MONDAY, "12:00", BO, codes=[code])).workers == 1


def test_a_visit_for_health_care_and_home_care_is_counted() -> None:
    assert astas(met(MONDAY, "12:00", BO, codes=[INSULIN, SHOWER])).workers == 2


def test_of_two_workers_the_one_who_only_gave_health_care_is_not_counted() -> None:
    name = VisitId("both")
    stays = [stay("12:00", "12:30", worker, visit_id=name) for worker in (BO, CILLA)]
    done = [service(INSULIN, worker=BO, visit_id=name), service(SHOWER, worker=CILLA, visit_id=name)]
    assert astas(visit(*stays, *done, visit_id=name)).workers == 2


def test_what_was_planned_says_what_a_visit_is_for_where_no_service_is_registered() -> None:
    delivered = visit(plan("12:00", "12:10", (MEALS, 10, ASTA)), stay("12:00", "12:10", BO))
    assert astas(delivered).workers == 1


@pytest.mark.parametrize(("legal_basis", "workers"), [("SoL", 2), ("LSS", 1), (None, 1)])
def test_companion_and_relief_count_only_where_they_are_ordered_as_home_care(
    legal_basis: str | None, workers: int
) -> None:
    orders = [order(ASTA, COMPANION, legal_basis=legal_basis)] if legal_basis else []
    assert astas(met(MONDAY, "12:00", BO, codes=[COMPANION]), context=town(orders=orders)).workers == workers


@pytest.mark.parametrize(
    ("starts", "workers"), [("06:59", 1), ("07:00", 2), ("21:59", 2), ("22:00", 1), ("23:30", 1), ("03:00", 1)]
)
def test_a_visit_belongs_to_the_window_by_its_start_on_the_local_clock(starts: str, workers: int) -> None:
    assert astas(met(MONDAY, starts, BO)).workers == workers


def test_the_window_is_local_time_on_both_sides_of_a_clock_change() -> None:
    first = date(2025, 3, 24)
    for day in (date(2025, 3, 29), date(2025, 3, 30)):
        report = continuity(
            first, [met(day, "07:00", BO), met(day, "06:59", CILLA)], context=town(), rulebook=DEFAULT_RULEBOOK
        )
        assert [client.workers for client in report.clients] == [1]


@pytest.mark.parametrize(("number", "workers"), [(-1, 1), (0, 2), (13, 2), (14, 1)])
def test_the_period_is_fourteen_local_days(number: int, workers: int) -> None:
    assert astas(met(MONDAY + timedelta(days=number), "12:00", BO)).workers == workers


# Which clients are counted


@pytest.mark.parametrize(
    ("turns_65_on", "birth_year", "left_out"),
    [
        (MONDAY, None, None),
        (MONDAY + timedelta(days=1), None, LeftOut.TOO_YOUNG),
        (None, 1960, None),
        (None, 1961, LeftOut.TOO_YOUNG),
        (None, None, LeftOut.AGE_UNKNOWN),
    ],
)
def test_a_client_is_65_on_the_periods_first_day(
    turns_65_on: date | None, birth_year: int | None, left_out: LeftOut | None
) -> None:
    assert astas(context=town(person(ASTA, turns_65_on, birth_year))).left_out == left_out


def test_the_age_is_a_parameter_and_none_may_be_asked_for() -> None:
    young = town(person(ASTA, date(2040, 1, 1)))
    assert rows(every_day(ANNA), young, definition=asked(Asked(age_min=49)))[ASTA].left_out is None
    assert rows(every_day(ANNA), young, definition=asked(Asked(age_min=51)))[ASTA].left_out == LeftOut.TOO_YOUNG
    unknown = town(person(BROR))
    assert rows(every_day(ANNA), unknown, definition=asked(Asked(age_min=0)))[ASTA].left_out is None


def test_a_single_day_with_one_visit_leaves_the_client_out() -> None:
    row = rows(every_day(ANNA)[:-1])[ASTA]
    assert (row.left_out, row.visits) == (LeftOut.TOO_FEW_VISITS, 27)
    assert rows(every_day(ANNA)[:-1], definition=asked(Asked(visits_per_day_min=1)))[ASTA].left_out is None


def test_the_visits_of_a_day_are_those_that_count() -> None:
    night = [met(LAST, "23:00", BO), met(LAST, "12:00", BO, kind=VisitKind.ALARM)]
    assert rows([*every_day(ANNA)[:-1], *night])[ASTA].left_out == LeftOut.TOO_FEW_VISITS


@pytest.mark.parametrize(
    ("from_at", "until_at", "left_out"),
    [
        (clock("00:00", MONDAY - timedelta(days=9)), clock("00:00"), None),
        (clock("00:00", MONDAY - timedelta(days=9)), clock("00:01"), LeftOut.AWAY),
        (clock("23:00", LAST), None, LeftOut.AWAY),
        (clock("00:00", LAST + timedelta(days=1)), None, None),
    ],
)
def test_whoever_is_away_during_any_part_of_the_period_is_left_out(
    from_at: datetime, until_at: datetime | None, left_out: LeftOut | None
) -> None:
    gone = Absence(person_kind="client", person_id=ASTA, kind="short_term_stay", from_at=from_at, until_at=until_at)
    assert astas(context=town(absences=[gone])).left_out == left_out


def test_another_provider_inside_the_period_leaves_nobody_out() -> None:
    row = astas(context=town(gallo_from=LAST))
    assert (row.left_out, row.unit_id, row.provider_id) == (None, GALLO, PRIVATE)


def test_what_is_done_for_one_of_a_couple_says_nothing_of_the_other() -> None:
    made = visit(
        plan("12:00", "12:30", clients=(ASTA, BROR), services=(PlannedService(MEALS, BROR, 5),)),
        stay("12:00", "12:30", BO, (ASTA, BROR)),
        service(SHOWER, client=ASTA, worker=BO),
    )
    assert rows([made]).keys() == {ASTA}


def test_a_client_without_a_unit_is_counted_with_the_unit_that_planned_their_visit() -> None:
    made = visit(plan(clients=(BROR,), unit_id=UnitId("norr")), stay("08:00", "08:30", ANNA, (BROR,)))
    assert rows([made])[BROR].unit_id == "norr"
