"""Versions of the field app: compared by their numbers, so that 1.10 is later than 1.9 and 1.2 the same as 1.2.0."""

import re
from dataclasses import dataclass, field

_FORM = re.compile(r"[0-9]{1,9}(?:\.[0-9]{1,9}){0,3}", re.ASCII)


class AppVersionUnreadableError(ValueError):
    """It is not one to four numbers with dots between."""


@dataclass(frozen=True, slots=True, order=True)
class AppVersion:
    """A version, in order of time. `text` is how it was written."""

    numbers: tuple[int, ...]
    text: str = field(compare=False)


def app_version(text: str) -> AppVersion:
    """Read a version. Raises `AppVersionUnreadableError`, without the text."""
    if not _FORM.fullmatch(text):
        raise AppVersionUnreadableError
    numbers = [int(part) for part in text.split(".")]
    while numbers and numbers[-1] == 0:
        numbers.pop()
    return AppVersion(tuple(numbers), text)
