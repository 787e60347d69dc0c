"""Why an office decision is refused. Each rule has its own class; a class's `code` is stable and clients branch on it."""

from typing import ClassVar


class DomainError(Exception):
    """A rule said no. `detail` tells a person what to do and never repeats what was sent; where it tells a number, it is the
    instance's own."""

    code: ClassVar[str]
    detail: str

    def __init__(self) -> None:
        super().__init__(self.code)


class NotFoundError(DomainError):
    """What the call speaks of is not in the ledger."""

    code = "not_found"
    detail = "Nothing with that id is in the ledger. Check the id."


class ConflictError(DomainError):
    """The ledger stands otherwise than the caller believed."""

    code = "conflict"
    detail = "Somebody changed this meanwhile. Read it again and decide once more."


class RefusedError(DomainError):
    """An office decision breaks a rule."""

    code = "refused"
    detail = "The decision breaks a rule."
