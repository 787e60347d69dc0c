"""Why the office may not decide so, where the rule looks at more than one subject."""

from domain.errors import RefusedError


class UnitUnknownError(RefusedError):
    code = "unit_unknown"
    detail = "No unit with that id is open. Check the id, or open the unit first."


class NotAssistantNurseError(RefusedError):
    code = "not_assistant_nurse"
    detail = (
        "Only an assistant nurse by licence may be a care contact. Record the worker's title, or name another worker."
    )


class NotLicensedToDelegateError(RefusedError):
    code = "not_licensed_to_delegate"
    detail = "Only a licensed professional may delegate a health task. Record the title that person holds by that day."


class PositionAheadError(RefusedError):
    code = "position_ahead"
    detail = "The ledger has not come as far as that position. Name the position of what you read."


class AttendanceEmptyError(RefusedError):
    code = "attendance_empty"
    detail = "Say when the worker arrived or left, or that the attendance is withdrawn."


class ExceptionKeyError(RefusedError):
    code = "exception_key"
    detail = "That is no key of an exception about this subject. Take the key from the list of exceptions as it is."
