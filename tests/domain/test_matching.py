"""A registration without a visit id finds its planned visit: client, then worker, then the nearest start."""

from collections.abc import Sequence
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.facts import PlannedVisit
from domain.ids import ClientId, VisitId, WorkerId
from domain.matching import Match, MatchReason, Registration, match
from domain.rulebook.rulebook import DEFAULT_RULEBOOK
from domain.values import CancelledBy, VisitKind
from tests.domain.given_facts import ANNA, ASTA, BO, BROR, CILLA, but, clock, plan

MORNING, NOON = VisitId("morning"), VisitId("noon")
LIMIT = DEFAULT_RULEBOOK.on(date.max).policies.match_limit_minutes


def planned(
    visit_id: VisitId, starts: str, worker: WorkerId = ANNA, clients: Sequence[ClientId] = (ASTA,), **more: object
) -> PlannedVisit:
    ends_at = clock(starts) + timedelta(minutes=30)
    return but(plan(starts, ends_at, visit_id=visit_id, clients=clients, workers=(worker,)), **more)


def arrived(
    starts: str, worker: WorkerId = ANNA, clients: Sequence[ClientId] = (ASTA,), key: str = "", **more: VisitKind
) -> Registration:
    return Registration(
        registration_key=key or f"{worker}-{starts}",
        client_ids=tuple(clients),
        worker_id=worker,
        starts_at=clock(starts),
        **more,
    )


def matched(registrations: Sequence[Registration], plans: Sequence[PlannedVisit]) -> list[tuple[str | None, str]]:
    return [(each.visit_id, each.reason) for each in match(registrations, plans, DEFAULT_RULEBOOK)]


def test_a_registration_is_the_clients_visit_that_its_worker_is_assigned_to() -> None:
    (found,) = match([arrived("08:07")], [planned(MORNING, "08:00")], DEFAULT_RULEBOOK)
    assert found == Match("anna-08:07", MORNING, MatchReason.CLIENT_AND_WORKER, 7)


def test_the_worker_goes_before_the_time() -> None:
    plans = [planned(MORNING, "08:00", ANNA), planned(NOON, "09:00", BO)]
    assert matched([arrived("08:55")], plans) == [(MORNING, MatchReason.CLIENT_AND_WORKER)]


def test_of_the_workers_visits_the_nearest_in_time_is_it() -> None:
    plans = [planned(MORNING, "08:00"), planned(NOON, "09:00")]
    assert matched([arrived("08:31")], plans) == [(NOON, MatchReason.CLIENT_AND_WORKER)]


def test_another_worker_may_have_made_the_visit() -> None:
    assert matched([arrived("08:00", BO)], [planned(MORNING, "08:00")]) == [(MORNING, MatchReason.CLIENT)]


def test_another_clients_visit_is_never_it() -> None:
    plans = [planned(MORNING, "08:00", clients=(BROR,))]
    assert matched([arrived("08:00")], plans) == [(None, MatchReason.NO_VISIT_OF_CLIENT)]
    assert matched([arrived("08:00", clients=())], plans) == [(None, MatchReason.NO_VISIT_OF_CLIENT)]


def test_a_couples_visit_is_found_by_either_of_them() -> None:
    plans = [planned(MORNING, "08:00", clients=(ASTA, BROR))]
    for clients in ((ASTA,), (BROR,), (BROR, ASTA)):
        assert matched([arrived("08:00", clients=clients)], plans) == [(MORNING, MatchReason.CLIENT_AND_WORKER)]


@pytest.mark.parametrize(
    ("starts", "visit_id", "reason"),
    [
        ("06:00", MORNING, MatchReason.CLIENT_AND_WORKER),
        ("05:59", None, MatchReason.TOO_FAR_IN_TIME),
        ("10:00", MORNING, MatchReason.CLIENT_AND_WORKER),
        ("10:00:01", None, MatchReason.TOO_FAR_IN_TIME),
    ],
)
def test_beyond_two_hours_it_is_another_visit(starts: str, visit_id: VisitId | None, reason: MatchReason) -> None:
    """[A] the limit is the rulebook's."""
    assert LIMIT == 120
    assert matched([arrived(starts)], [planned(MORNING, "08:00")]) == [(visit_id, reason)]


def test_what_is_unmatched_says_how_far_the_nearest_visit_was() -> None:
    (found,) = match([arrived("14:00")], [planned(MORNING, "08:00"), planned(NOON, "17:00")], DEFAULT_RULEBOOK)
    assert (found.reason, found.minutes_apart) == (MatchReason.TOO_FAR_IN_TIME, -180)


def test_a_cancelled_visit_is_not_it() -> None:
    cancelled = planned(MORNING, "08:00", cancelled_by=CancelledBy.CLIENT)
    assert matched([arrived("08:00")], [cancelled]) == [(None, MatchReason.NO_VISIT_OF_CLIENT)]


def test_an_alarm_is_no_planned_visit() -> None:
    assert matched([arrived("08:00", kind=VisitKind.ALARM)], [planned(MORNING, "08:00")]) == [(None, MatchReason.ALARM)]


def test_one_visit_takes_one_registration_and_the_better_one() -> None:
    both = [arrived("08:20"), arrived("08:01")]
    assert matched(both, [planned(MORNING, "08:00")]) == [
        (None, MatchReason.TAKEN),
        (MORNING, MatchReason.CLIENT_AND_WORKER),
    ]


def test_a_visit_for_two_takes_two_workers_but_no_worker_twice() -> None:
    doubled = planned(MORNING, "08:00", workers_needed=2)
    registrations = [arrived("08:00", ANNA), arrived("08:02", ANNA), arrived("08:03", BO), arrived("08:04", CILLA)]
    assert matched(registrations, [doubled]) == [
        (MORNING, MatchReason.CLIENT_AND_WORKER),
        (None, MatchReason.TAKEN),
        (MORNING, MatchReason.CLIENT),
        (None, MatchReason.TAKEN),
    ]


def test_a_registration_that_loses_its_first_choice_takes_the_next() -> None:
    plans = [planned(MORNING, "08:00"), planned(NOON, "09:00")]
    assert matched([arrived("08:20"), arrived("08:05")], plans) == [
        (NOON, MatchReason.CLIENT_AND_WORKER),
        (MORNING, MatchReason.CLIENT_AND_WORKER),
    ]


REGISTRATIONS = st.lists(
    st.tuples(
        st.integers(0, 12 * 60), st.sampled_from([ANNA, BO, CILLA]), st.sampled_from([(ASTA,), (BROR,), (ASTA, BROR)])
    ),
    max_size=8,
)
PLANS = st.lists(
    st.tuples(st.integers(0, 12 * 60), st.sampled_from([ANNA, BO]), st.sampled_from([ASTA, BROR]), st.integers(1, 2)),
    max_size=6,
)


@given(made=REGISTRATIONS, plans=PLANS)
def test_a_match_is_one_to_one_and_does_not_depend_on_any_order(
    made: list[tuple[int, WorkerId, tuple[ClientId, ...]]], plans: list[tuple[int, WorkerId, ClientId, int]]
) -> None:
    dawn = clock("06:00")
    registrations = [
        Registration(
            registration_key=f"r{number}",
            client_ids=clients,
            worker_id=worker,
            starts_at=dawn + timedelta(minutes=minute),
        )
        for number, (minute, worker, clients) in enumerate(made)
    ]
    visits = [
        plan(
            dawn + timedelta(minutes=minute),
            dawn + timedelta(minutes=minute + 30),
            visit_id=VisitId(f"v{number}"),
            clients=(client,),
            workers=(worker,),
            workers_needed=needed,
        )
        for number, (minute, worker, client, needed) in enumerate(plans)
    ]
    answer = match(registrations, visits, DEFAULT_RULEBOOK)
    assert [each.registration_key for each in answer] == [each.registration_key for each in registrations]
    backwards = match(registrations[::-1], visits[::-1], DEFAULT_RULEBOOK)
    assert sorted(answer, key=str) == sorted(backwards, key=str)
    for each in visits:
        assert sum(found.visit_id == each.visit_id for found in answer) <= each.workers_needed
