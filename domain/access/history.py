"""What is remembered of a person's access, evolved from its events."""

from typing import assert_never

import msgspec

from domain.access.events import AccessEvent, AccessRestored, AccessWithdrawn


class AccessHistory(msgspec.Struct, array_like=True):
    """Whether the person is shut out."""

    withdrawn: bool = False


def evolve(history: AccessHistory, event: AccessEvent) -> None:
    """Take one event into the history. Never refuses: it already happened."""
    match event:
        case AccessWithdrawn():
            history.withdrawn = True
        case AccessRestored():
            history.withdrawn = False
        case _:
            assert_never(event)
