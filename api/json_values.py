"""How many values a body may hold, however it is read."""

VALUES_MAX = 50_000
"""Values in one body; a full batch has some thousands. Counted as commas and opening brackets, those in texts included.
A megabyte of `0,0,0` is half a million, and would keep everybody else waiting."""


def has_few_values(body: bytes) -> bool:
    """Whether a body holds no more than `VALUES_MAX`."""
    return body.count(b",") + body.count(b"[") + body.count(b"{") <= VALUES_MAX
