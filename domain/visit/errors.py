"""Why the office may not do this to a visit."""

from domain.errors import NotFoundError, RefusedError


class VisitUnknownError(NotFoundError):
    code = "visit_unknown"
    detail = "No visit with that id is in the ledger. Check the id, or plan the visit first."


class VisitAlreadyPlannedError(RefusedError):
    code = "visit_already_planned"
    detail = "This visit has a plan. Reschedule it instead."


class VisitNotPlannedError(RefusedError):
    code = "visit_not_planned"
    detail = "This visit has no plan to change. Plan it first."


class VisitCancelledError(RefusedError):
    code = "visit_cancelled"
    detail = "The visit is cancelled. Plan a new visit instead."


class VisitAlreadyCancelledError(RefusedError):
    code = "visit_already_cancelled"
    detail = "The visit is cancelled already; nothing needs to be done."


class ClientMissingError(RefusedError):
    code = "client_missing"
    detail = "A planned visit needs at least one client, and each service must name one of them."


class ScheduleBackwardsError(RefusedError):
    code = "schedule_backwards"
    detail = "The planned end must be after the planned start."


class WorkerAlreadyAssignedError(RefusedError):
    code = "worker_already_assigned"
    detail = "That worker is assigned to the visit already."


class WorkerNotAssignedError(RefusedError):
    code = "worker_not_assigned"
    detail = "That worker is not assigned to the visit."


class ReasonMissingError(RefusedError):
    code = "reason_missing"
    detail = "A change by hand needs at least one reason code."


class ReasonTextMissingError(RefusedError):
    code = "reason_text_missing"
    detail = "Say in words what was changed and why. Initials are not enough."


class AttendanceUnknownError(RefusedError):
    code = "attendance_unknown"
    detail = "The visit has no attendance with that arrival or departure. Read the visit again and name one it has."


class AttendanceHalfNamedError(RefusedError):
    code = "attendance_half_named"
    detail = "The attendance has both an arrival and a departure. Name both, with the times they are to have."


class AttendanceBackwardsError(RefusedError):
    code = "attendance_backwards"
    detail = "The departure must not be before the arrival."


class NothingChangedError(RefusedError):
    code = "nothing_changed"
    detail = "The correction says what is already believed. Nothing was stored."


class ServiceUnknownError(RefusedError):
    code = "service_unknown"
    detail = "The visit has no service registration with that id."


class VisitStillOpenError(RefusedError):
    code = "visit_still_open"
    detail = (
        "An attendance of this visit has no arrival or no departure. Correct it first; an open visit is never payable."
    )


class NothingToApproveError(RefusedError):
    code = "nothing_to_approve"
    detail = "Nothing is registered on this visit at that position."


class MinutesDifferError(RefusedError):
    code = "minutes_differ"
    detail = "The ledger's minutes at that position are others than yours. Read the visit again before you approve."


class SamePersonError(RefusedError):
    code = "approved_by_same_person"
    detail = "The two approvals must come from two persons."


class CorrectorApprovesAloneError(RefusedError):
    code = "corrector_approves_alone"
    detail = "Whoever corrected the visit cannot be its only approver from the office. Ask a colleague."


class NotYoursError(RefusedError):
    code = "not_your_attendance"
    detail = "A worker approves only visits that the worker has attended."


class ApprovalUnknownError(RefusedError):
    code = "approval_unknown"
    detail = "There is no such approval to withdraw."


class NotTheirVisitError(RefusedError):
    code = "not_their_visit"
    detail = "The visit is not known to be about that client. Name one it was planned or registered for."
