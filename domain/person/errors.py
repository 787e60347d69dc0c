"""Why nobody may say this of a person's keys."""

from datetime import date

from domain.errors import RefusedError
from domain.person.values import REQUEST_DAYS_MAX


class SecondPersonRequiredError(RefusedError):
    code = "second_person_required"
    detail = "Two different people decide an erasure. Name as the one who approves it somebody else than who decides."


class PersonHeldError(RefusedError):
    """`holds` are open, the first since a day."""

    code = "person_held"

    def __init__(self, holds: int, since: date) -> None:
        super().__init__()
        many = "One legal hold is" if holds == 1 else f"{holds} legal holds are"
        self.detail = (
            f"{many} open, the first since {since}. Read the person's holds, and let whoever follows up their grounds lift "
            "them: until then nobody can be erased."
        )


class HoldAlreadyPlacedError(RefusedError):
    code = "hold_already_placed"
    detail = "A hold with that id was placed before. Read the person's holds; another ground is a hold with an id of its own."


class HoldNotOpenError(RefusedError):
    code = "hold_not_open"
    detail = "No hold with that id is open. Read the person's holds, and name one of those."


class ErasureAlreadyRequestedError(RefusedError):
    code = "erasure_already_requested"
    detail = "Somebody has asked for this erasure. Another person has to approve it, or the request be withdrawn."


class ErasureNotRequestedError(RefusedError):
    code = "erasure_not_requested"
    detail = "No request for this erasure stands. Ask for it first, with a reason."


class ErasureRequestTooOldError(RefusedError):
    code = "erasure_request_too_old"
    detail = (
        f"The request is older than {REQUEST_DAYS_MAX} days. Look at the grounds anew, and ask for the erasure again."
    )


class ArchiveFirstError(RefusedError):
    code = "archive_first"
    detail = (
        "Files of people born on day 5, 15 or 25 of a month are kept for research, by the rules on weeding out. Deliver the "
        "file to the archive first, then state the reference of its receipt as `archived`."
    )
