"""Why the office may not acknowledge an exception."""

from domain.errors import RefusedError


class MustBeFixedError(RefusedError):
    code = "exception_must_be_fixed"
    detail = "This exception cannot be acknowledged. Correct what causes it; the visit is not payable before."


class AlreadyAcknowledgedError(RefusedError):
    code = "exception_already_acknowledged"
    detail = "This exception is acknowledged already; nothing needs to be done."
