"""Who may no longer call, and who may again."""

from domain.admission import errors
from domain.admission.aggregate import Admission
from domain.admission.events import AdmissionRestored, AdmissionWithdrawn
from domain.admission.values import WithdrawalReason
from tests.scenario import Scenario, fact

admission = Scenario(Admission, "admission-1")
WITHDRAWN = fact(AdmissionWithdrawn, subject="bo", reason=WithdrawalReason.LEFT)
RESTORED = fact(AdmissionRestored, subject="bo")


def withdraw(admission: Admission) -> None:
    admission.withdraw(subject="bo", reason=WithdrawalReason.LEFT)


def restore(admission: Admission) -> None:
    admission.restore(subject="bo")


def test_a_person_is_shut_out_let_in_again_and_shut_out_again() -> None:
    admission.given().when(withdraw).then(WITHDRAWN)
    admission.given(WITHDRAWN).when(restore).then(RESTORED)
    admission.given(WITHDRAWN, RESTORED).when(withdraw).then(WITHDRAWN)


def test_who_is_shut_out_is_not_shut_out_again() -> None:
    admission.given(WITHDRAWN).when(withdraw).then_refused(errors.AdmissionAlreadyWithdrawnError)


def test_only_who_is_shut_out_is_let_in_again() -> None:
    admission.given().when(restore).then_refused(errors.AdmissionNotWithdrawnError)
    admission.given(WITHDRAWN, RESTORED).when(restore).then_refused(errors.AdmissionNotWithdrawnError)
