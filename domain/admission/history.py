"""What is remembered of a person's admission, evolved from its events."""

from typing import assert_never

import msgspec

from domain.admission.events import AdmissionEvent, AdmissionRestored, AdmissionWithdrawn


class AdmissionHistory(msgspec.Struct, array_like=True):
    """Whether the person is shut out."""

    withdrawn: bool = False


def evolve(history: AdmissionHistory, event: AdmissionEvent) -> None:
    """Take one event into the history. Never refuses: it already happened."""
    match event:
        case AdmissionWithdrawn():
            history.withdrawn = True
        case AdmissionRestored():
            history.withdrawn = False
        case _:
            assert_never(event)
