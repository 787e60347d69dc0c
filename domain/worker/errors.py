"""Why the office may not do this to a worker's record."""

from domain.errors import NotFoundError, RefusedError


class WorkerUnknownError(NotFoundError):
    code = "worker_unknown"
    detail = "No worker with that id is in the ledger. Check the id, or register the worker first."


class WorkerAlreadyRegisteredError(RefusedError):
    code = "worker_already_registered"
    detail = "This worker is registered; nothing needs to be done."


class InUnitAlreadyError(RefusedError):
    code = "in_unit_already"
    detail = "The worker belongs to that unit on some of those days. Record that it was left, or choose a later day."


class NotInUnitError(RefusedError):
    code = "not_in_unit"
    detail = "The worker does not belong to that unit on that day."


class UnitBackwardsError(RefusedError):
    code = "unit_left_before_joined"
    detail = "A unit cannot be left before it was joined. Use the day of joining if the worker never belonged to it."


class LoanBackwardsError(RefusedError):
    code = "loan_backwards"
    detail = "A loan must end after the day it begins."


class LentToOwnUnitError(RefusedError):
    code = "lent_to_own_unit"
    detail = "The worker belongs to that unit on some of those days. Name the unit that borrows, or other days."


class LentAlreadyError(RefusedError):
    code = "lent_already"
    detail = "The worker is lent to that unit on some of those days. Repeat the loan's first day to change its end."


class LoanUnchangedError(RefusedError):
    code = "loan_unchanged"
    detail = "The worker is lent to that unit on just those days already. Nothing was stored."


class ShiftBackwardsError(RefusedError):
    code = "shift_backwards"
    detail = "The scheduled end must be after the scheduled start."


class ShiftAlreadyScheduledError(RefusedError):
    code = "shift_already_scheduled"
    detail = "This shift is scheduled. Change it instead."


class ShiftUnknownError(RefusedError):
    code = "shift_unknown"
    detail = "The worker has no scheduled shift with that id. Schedule it first."


class ShiftUnchangedError(RefusedError):
    code = "shift_unchanged"
    detail = "The shift is scheduled just so already. Nothing was stored."


class DelegationBackwardsError(RefusedError):
    code = "delegation_backwards"
    detail = "A delegation must end after the day it begins."


class DelegatedAlreadyError(RefusedError):
    code = "delegated_already"
    detail = "The worker has that delegation on some of those days. Revoke it first, or choose other days."


class DelegatedByOneselfError(RefusedError):
    code = "delegated_by_oneself"
    detail = "Nobody delegates a health task to themselves. Name the licensed professional who delegates."


class NotDelegatedError(RefusedError):
    code = "not_delegated"
    detail = "The worker has no delegation for that service that holds on that day or begins on it."


class TitleRecordedAlreadyError(RefusedError):
    code = "title_recorded_already"
    detail = "That title is recorded from that day or an earlier one; nothing needs to be done."
