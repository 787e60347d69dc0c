"""What is told of a request when it is over, written down meanwhile by those who know it: never what was sent."""

from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(slots=True)
class Seen:
    """A request under way: the template of its route, the caller's role, the position it wrote or answers for."""

    route: str = ""
    role: str = ""
    position: int = 0
    protected: str = ""
    """`protected_read` where it is told of a client with protected identity, `protected_denied` where it asked for one."""


UNDER_WAY: ContextVar[Seen | None] = ContextVar("under_way", default=None)


def seen() -> Seen:
    """The request under way, in whatever thread it is served; outside of any, one that nobody will look at."""
    return UNDER_WAY.get() or Seen()
