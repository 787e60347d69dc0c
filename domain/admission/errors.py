"""Why the office may not say this of a person's admission."""

from domain.errors import RefusedError


class AdmissionAlreadyWithdrawnError(RefusedError):
    code = "admission_already_withdrawn"
    detail = "This person is shut out already; nothing needs to be done."


class AdmissionNotWithdrawnError(RefusedError):
    code = "admission_not_withdrawn"
    detail = "This person is not shut out. Check how the person's tokens write the name."
