"""Who may no longer call, and who may again."""

from domain.access import errors
from domain.access.aggregate import Access
from domain.access.events import AccessRestored, AccessWithdrawn
from domain.access.values import WithdrawalReason
from tests.scenario import Scenario, fact

access = Scenario(Access, "access-1")
WITHDRAWN = fact(AccessWithdrawn, subject="bo", reason=WithdrawalReason.LEFT)
RESTORED = fact(AccessRestored, subject="bo")


def withdraw(access: Access) -> None:
    access.withdraw(subject="bo", reason=WithdrawalReason.LEFT)


def restore(access: Access) -> None:
    access.restore(subject="bo")


def test_a_person_is_shut_out_let_in_again_and_shut_out_again() -> None:
    access.given().when(withdraw).then(WITHDRAWN)
    access.given(WITHDRAWN).when(restore).then(RESTORED)
    access.given(WITHDRAWN, RESTORED).when(withdraw).then(WITHDRAWN)


def test_who_is_shut_out_is_not_shut_out_again() -> None:
    access.given(WITHDRAWN).when(withdraw).then_refused(errors.AccessAlreadyWithdrawnError)


def test_only_who_is_shut_out_is_let_in_again() -> None:
    access.given().when(restore).then_refused(errors.AccessNotWithdrawnError)
    access.given(WITHDRAWN, RESTORED).when(restore).then_refused(errors.AccessNotWithdrawnError)
