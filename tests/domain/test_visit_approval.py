"""Who may approve what for pay, and what an approval covers."""

import pytest

from domain.errors import DomainError
from domain.ids import VisitId
from domain.values import ApprovalRole, NotPerformedReason, ReasonCode
from domain.visit import errors
from domain.visit.events import VisitApprovalWithdrawn, VisitNotPerformed
from domain.visit.facts import visit_facts
from tests.domain.visit_samples import (
    ANNA,
    ANNAS_PHONE,
    ARRIVED,
    ATTENDED,
    BO,
    COLLEAGUE,
    COORDINATOR,
    DEPARTED,
    PLANNED,
    SHOWERED,
    Command,
    approve,
    approved,
    arrived,
    at,
    corrected,
    departed,
    values,
    visit,
)
from tests.scenario import Told, fact

WORKER, OFFICE = ApprovalRole.WORKER, ApprovalRole.COORDINATOR
BY_ANNA, BY_EVA = approved(WORKER, actor=ANNAS_PHONE), approved(OFFICE)
NOBODY_HOME = fact(VisitNotPerformed, worker_id=ANNA, occurred_at=at(8), reason=NotPerformedReason.NOBODY_HOME)
LONGER = corrected(values(at(8, 3), at(8, 43)), values(at(8, 3), at(8, 50)))
A_SECOND_LONGER = corrected(values(at(8, 3), at(8, 43)), values(at(8, 3), at(8, 43, 30)))


def withdraw(role: ApprovalRole, *reason_codes: ReasonCode) -> Command:
    return lambda visit: visit.withdraw_approval(role=role, reason_codes=reason_codes)


def standing(*told: Told) -> dict[ApprovalRole, bool]:
    """Which approvals are given, and whether they still stand."""
    approvals = visit_facts(VisitId("visit-1"), visit.given(*told).aggregate.history).approvals
    return {approval.role: approval.stands for approval in approvals}


def test_worker_and_coordinator_approve_what_they_saw() -> None:
    visit.given(*ATTENDED).by(ANNAS_PHONE).when(approve(WORKER)).then(BY_ANNA)
    visit.given(*ATTENDED, BY_ANNA).by(COORDINATOR).when(approve(OFFICE)).then(BY_EVA)
    assert standing(*ATTENDED, BY_ANNA, BY_EVA) == {WORKER: True, OFFICE: True}


def test_a_failed_visit_is_approved_with_no_minutes() -> None:
    visit.given(PLANNED, NOBODY_HOME).when(approve(OFFICE, 2, 0)).then(approved(OFFICE, 2, 0))


def test_both_workers_minutes_are_approved_together() -> None:
    bo = (arrived(at(8, 10), "in-2", BO), departed(at(8, 30), "out-2", BO))
    visit.given(*ATTENDED, *bo).when(approve(OFFICE, 5, 60)).then(approved(OFFICE, 5, 60))


@pytest.mark.parametrize(
    ("past", "command", "error"),
    [
        ((), approve(OFFICE), errors.VisitUnknownError),
        ((PLANNED,), approve(OFFICE, 1, 0), errors.NothingToApproveError),
        ((PLANNED, ARRIVED), approve(OFFICE, 2, 0), errors.VisitStillOpenError),
        ((PLANNED, DEPARTED), approve(OFFICE, 2, 0), errors.VisitStillOpenError),
        (ATTENDED, approve(OFFICE, 2, 0), errors.VisitStillOpenError),
        (ATTENDED, approve(OFFICE, 3, 41), errors.MinutesDifferError),
        ((*ATTENDED, LONGER), approve(OFFICE, 3, 47), errors.MinutesDifferError),
    ],
)
def test_only_a_closed_visit_of_known_minutes_is_approved(
    past: tuple[Told, ...], command: Command, error: type[DomainError]
) -> None:
    visit.given(*past).by(COLLEAGUE).when(command).then_refused(error)


def test_the_two_approvals_come_from_two_persons() -> None:
    by_eva_as_worker = approved(WORKER)
    visit.given(*ATTENDED, by_eva_as_worker).by(COORDINATOR).when(approve(OFFICE)).then_refused(errors.SamePersonError)


def test_an_approval_may_be_given_again_by_the_same_person() -> None:
    visit.given(*ATTENDED, BY_EVA, LONGER).by(COLLEAGUE).when(approve(OFFICE, 5, 47)).then(
        approved(OFFICE, 5, 47, actor=COLLEAGUE)
    )


def test_whoever_corrected_a_visit_does_not_approve_it_alone_for_the_office() -> None:
    given = visit.given(*ATTENDED, LONGER)
    given.by(COORDINATOR).when(approve(OFFICE, 4, 47)).then_refused(errors.CorrectorApprovesAloneError)


def test_a_municipality_may_let_the_corrector_approve() -> None:
    visit.given(*ATTENDED, LONGER).by(COORDINATOR).when(approve(OFFICE, 4, 47, corrector_may_approve=True)).then(
        approved(OFFICE, 4, 47)
    )


@pytest.mark.parametrize(
    ("later", "stands"),
    [
        (LONGER, False),
        (SHOWERED, False),
        (arrived(at(9), "in-2", BO), False),
        (A_SECOND_LONGER, True),
    ],
    ids=["minutes", "service", "worker", "seconds"],
)
def test_an_approval_lapses_when_what_it_covered_changes(later: Told, stands: bool) -> None:
    assert standing(*ATTENDED, BY_ANNA, BY_EVA, later) == {WORKER: stands, OFFICE: stands}


def test_an_approval_stands_again_when_the_correction_is_corrected_back() -> None:
    back = corrected(values(at(8, 3), at(8, 50)), values(at(8, 3), at(8, 43)))
    assert standing(*ATTENDED, BY_EVA, LONGER, back) == {OFFICE: True}


def test_an_approval_is_withdrawn_with_a_reason() -> None:
    withdrawn = fact(VisitApprovalWithdrawn, role=OFFICE, reason_codes=(ReasonCode.DATA_ENTRY_ERROR,))
    visit.given(*ATTENDED, BY_EVA).when(withdraw(OFFICE, ReasonCode.DATA_ENTRY_ERROR)).then(withdrawn)
    assert standing(*ATTENDED, BY_EVA, withdrawn) == {}


def test_a_withdrawal_needs_an_approval_and_a_reason() -> None:
    visit.given(*ATTENDED).when(withdraw(OFFICE, ReasonCode.DUPLICATE)).then_refused(errors.ApprovalUnknownError)
    visit.given(*ATTENDED, BY_ANNA).when(withdraw(OFFICE, ReasonCode.DUPLICATE)).then_refused(
        errors.ApprovalUnknownError
    )
    visit.given(*ATTENDED, BY_EVA).when(withdraw(OFFICE)).then_refused(errors.ReasonMissingError)
