"""What is remembered of a person's keys, evolved from its events."""

from typing import assert_never

import msgspec

from domain.person.events import PersonEvent, PersonKeysDestroyed, PersonKeysRotated


class PersonHistory(msgspec.Struct, array_like=True):
    """How often the person was erased: once, or again after something new was sealed."""

    erasures: int = 0


def evolve(history: PersonHistory, event: PersonEvent) -> None:
    """Take one event into the history. Never refuses: it already happened."""
    match event:
        case PersonKeysDestroyed():
            history.erasures += 1
        case PersonKeysRotated():
            pass
        case _:
            assert_never(event)
