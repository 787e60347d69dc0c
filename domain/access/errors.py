"""Why the office may not say this of a person's access."""

from domain.errors import RefusedError


class AccessAlreadyWithdrawnError(RefusedError):
    code = "access_already_withdrawn"
    detail = "This person is shut out already; nothing needs to be done."


class AccessNotWithdrawnError(RefusedError):
    code = "access_not_withdrawn"
    detail = "This person is not shut out. Check how the person's tokens write the name."
