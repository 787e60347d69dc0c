"""Why nobody may say this of a person's keys."""

from domain.errors import RefusedError


class SecondPersonRequiredError(RefusedError):
    code = "second_person_required"
    detail = "Two different people decide an erasure. Name as the one who approves it somebody else than who decides."
