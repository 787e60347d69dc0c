"""What the office says of exceptions, what they mean for pay, and those of orders and devices (exceptions.md)."""

from collections.abc import Sequence
from datetime import date

import msgspec
import pytest

from domain.detectors.found import FoundException
from domain.detectors.hour import Moment
from domain.evidence import Acknowledgement, QuarantinedFact
from domain.exception_catalogue import ExceptionCode
from domain.exceptions import by_stake, find_exceptions, id_conflicts, payable, standing
from domain.facts import ApprovalGiven, Attendance, NeedChange, ServiceRegistered, VisitFacts, VisitFailed
from domain.ids import DeviceId, FactId, OrderId, VisitId
from domain.rulebook.rulebook import DEFAULT_RULEBOOK, rulebook_with
from domain.values import ApprovalRole, NotPerformedReason, ReasonCode, Source
from tests.domain.given_facts import ANNA, ASTA, approval, clock, failure, known, plan, service, stay, visit

KNOWN = known()
EVENING = Moment(clock("20:00"))


def found(*visits: VisitFacts) -> list[FoundException]:
    return find_exceptions(visits, context=KNOWN, rulebook=DEFAULT_RULEBOOK, moment=EVENING)


def of_code(code: ExceptionCode, *visits: VisitFacts) -> list[FoundException]:
    return [each for each in found(*visits) if each.code == code]


def acknowledged(one: FoundException, position: int = 5) -> Acknowledgement:
    return Acknowledgement(
        subject_kind=one.subject_kind,
        subject_id=one.subject_id,
        key=one.key,
        code=one.code,
        reason_codes=(ReasonCode.FORGOT_BOTH,),
        actor="coordinator",
        position=position,
    )


def by_hand(departed: str = "08:30") -> FoundException:
    entered = stay("08:00", departed, departure_source=Source.OFFICE_MANUAL, corrected=departed != "08:30")
    (manual,) = of_code(ExceptionCode.MANUAL, visit(plan(), entered, service()))
    return manual


def test_an_exception_is_open_until_it_is_acknowledged() -> None:
    (before,), (after,) = standing([by_hand()], []), standing([by_hand()], [acknowledged(by_hand())])
    assert (before.is_open, after.is_open, after.acknowledgement) == (True, False, acknowledged(by_hand()))


def test_a_changed_exception_is_open_again_and_shows_what_was_said_before() -> None:
    given = [acknowledged(by_hand(), 5), acknowledged(by_hand("08:40"), 9)]
    (again,) = standing([by_hand("08:50")], given)
    assert (again.is_open, again.acknowledgement, again.earlier) == (True, None, given[1])


def test_an_acknowledgement_is_of_one_subject_and_code() -> None:
    other = msgspec.structs.replace(by_hand(), subject_id="another visit")
    (unlike,) = standing([other], [acknowledged(by_hand())])
    assert (unlike.is_open, unlike.earlier) == (True, None)


def test_what_must_be_fixed_is_not_closed_by_an_acknowledgement() -> None:
    (missing,) = of_code(ExceptionCode.SERVICE_MISSING, visit(plan(), stay("08:00", "08:30")))
    assert standing([missing], [acknowledged(missing)])[0].is_open


def test_what_is_most_at_stake_comes_first_then_what_is_oldest() -> None:
    times = {"short": ("08:00", "08:10"), "long": ("10:00", "11:00"), "old": ("07:00", "07:10")}
    unplanned = [visit(stay(*when, visit_id=VisitId(name)), visit_id=VisitId(name)) for name, when in times.items()]
    assert [each.subject_id for each in of_code(ExceptionCode.UNPLANNED, *unplanned)] == ["long", "old", "short"]


# Pay

STAY, SHOWERED = stay("08:00", "08:30"), service()
BOTH = (approval(ApprovalRole.WORKER), approval(ApprovalRole.COORDINATOR))
Registered = Attendance | ServiceRegistered | VisitFailed | ApprovalGiven


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ((STAY, SHOWERED, *BOTH), True),
        ((STAY, SHOWERED, BOTH[0]), False),
        ((STAY, SHOWERED, BOTH[0], approval(ApprovalRole.COORDINATOR, stands=False)), False),
        ((STAY, *BOTH), False),
        ((stay("08:00", None), SHOWERED, *BOTH), False),
        ((failure(NotPerformedReason.DECLINED), *BOTH), True),
        (BOTH, False),
        ((stay("08:00", "08:30", departure_source=Source.OFFICE_MANUAL), SHOWERED, *BOTH), True),
    ],
)
def test_a_visit_is_payable_with_a_service_both_approvals_and_nothing_left_to_fix(
    facts: Sequence[Registered], expected: bool
) -> None:
    """[S:INTRA16]. An open visit never becomes payable by itself; what may be acknowledged does not stop pay."""
    one = visit(plan(), *facts)
    assert payable(one, found(one), DEFAULT_RULEBOOK) is expected


@pytest.mark.parametrize("open_stay", [stay("08:00", None), stay(None, "08:30")])
def test_an_open_visit_is_not_payable_whatever_exceptions_are_known(open_stay: Attendance) -> None:
    assert not payable(visit(plan(), open_stay, SHOWERED, *BOTH), [], DEFAULT_RULEBOOK)


def test_another_visits_fault_does_not_stop_pay() -> None:
    other = VisitId("other")
    one, faulty = visit(plan(), STAY, SHOWERED, *BOTH), visit(stay("09:00", "09:30", visit_id=other), visit_id=other)
    assert payable(one, found(one, faulty), DEFAULT_RULEBOOK)


def test_a_municipality_may_ask_for_one_approval() -> None:
    one = visit(plan(), STAY, SHOWERED, BOTH[1])
    easy = rulebook_with(required_approvals=(ApprovalRole.COORDINATOR,))
    assert payable(one, found(one), easy)


# Orders and devices


@pytest.mark.parametrize(("answered", "count"), [(None, 1), (date(2025, 3, 20), 0), (date(2025, 3, 1), 0)])
def test_an_order_is_stale_until_it_answers_a_reported_need(answered: date | None, count: int) -> None:
    need = NeedChange(
        order_id=OrderId("order-of-asta"),
        fact_id="need",
        client_id=ASTA,
        direction="decreased",
        noticed_on=date(2025, 3, 10),
        answered_from_on=answered,
    )
    stale = find_exceptions([], context=KNOWN, rulebook=DEFAULT_RULEBOOK, moment=EVENING, need_changes=[need])
    assert [(each.code, each.subject_id, each.minutes, each.since) for each in stale] == [
        (ExceptionCode.ORDER_STALE, "order-of-asta", 0, clock("00:00", date(2025, 3, 10)))
    ] * count


def kept(reason: str) -> QuarantinedFact:
    return QuarantinedFact(
        device_id=DeviceId("phone"), quarantine_id="q", fact_id=FactId("fact"), worker_id=ANNA, reason=reason
    )


@pytest.mark.parametrize(("reason", "codes"), [("id_conflict", [ExceptionCode.ID_CONFLICT]), ("device_revoked", [])])
def test_one_id_for_two_registrations_is_a_conflict(reason: str, codes: list[ExceptionCode]) -> None:
    assert [each.code for each in id_conflicts([kept(reason)])] == codes


def test_what_began_at_no_known_time_comes_last() -> None:
    (conflict,) = id_conflicts([kept("id_conflict")])
    early, late = (msgspec.structs.replace(conflict, since=clock(text)) for text in ("08:00", "09:00"))
    assert by_stake([conflict, late, early]) == [early, late, conflict]
