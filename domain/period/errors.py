"""Why the office may not do this to a month."""

from domain.errors import NotFoundError, RefusedError


class AccountableUnknownError(NotFoundError):
    code = "unit_or_provider_unknown"
    detail = "No unit is open and no provider is registered with that id. Check the id."


class PeriodNotClosedError(RefusedError):
    code = "period_not_closed"
    detail = "This month is not closed. Read its draft, or close it first."


class PeriodAlreadyClosedError(RefusedError):
    code = "period_already_closed"
    detail = (
        "This month is closed. What came later is an adjustment in a later month; only a reopening moves its basis."
    )


class PeriodNotOverError(RefusedError):
    code = "period_not_over"
    detail = "The month is not over. It can be closed when its last day has passed; nothing can bring that forward."


class LockDateNotReachedError(RefusedError):
    code = "lock_date_not_reached"
    detail = "The rulebook closes this month later, or does not say when. Wait, or say why it is closed now."


class PeriodClosedError(RefusedError):
    code = "period_closed"
    detail = (
        "The visit stands in a month that is closed. Ask the municipality: its correction becomes an adjustment in a "
        "later month."
    )


class ReopeningAlreadyRequestedError(RefusedError):
    code = "reopening_already_requested"
    detail = "Somebody has asked for this month to be reopened. A second person has to confirm it."


class ReopeningNotRequestedError(RefusedError):
    code = "reopening_not_requested"
    detail = "Nobody has asked for this month to be reopened. Ask for it first, with a reason."


class ReopenedBySamePersonError(RefusedError):
    code = "reopened_by_same_person"
    detail = "Whoever asked for the reopening cannot confirm it. Ask a colleague."


class StatementOfAnotherLogError(RefusedError):
    code = "statement_of_another_log"
    detail = (
        "An earlier closing names another event at its position than this log has: the log was put back to an older "
        "state, or is another one. Look at why before anything is closed."
    )
