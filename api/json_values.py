"""How many values a body may hold, however it is read."""

VALUES_MAX = 50_000
"""Values in one body; a full batch has some thousands. Counted as commas and opening brackets, those in texts included.
A megabyte of `0,0,0` is half a million, and would keep everybody else waiting."""
_MARKS = b",[{"


def has_few_values(body: bytes) -> bool:
    """Whether a body holds no more than `VALUES_MAX`: whether enough of its bytes are something else. Those at its beginning
    tell it of nearly every body, since every sync is looked at."""
    needed = len(body) - VALUES_MAX
    return needed <= 0 or _others(body[: 2 * needed]) >= needed or _others(body) >= needed


def _others(part: bytes) -> int:
    return len(part.translate(None, _MARKS))
