"""Takes from a queue all that waits there, so that it shares one commit."""

import queue
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def gather(waiting: "queue.SimpleQueue[T | None]", first: T, size_of: Callable[[T], int], most: int) -> list[T]:
    """The first and what waits behind it, without waiting, until their sizes come to `most`. None, which ends whoever takes,
    is put back for the next time."""
    group, size = [first], size_of(first)
    while size < most:
        try:
            following = waiting.get_nowait()
        except queue.Empty:
            break
        if following is None:
            waiting.put(None)
            break
        group.append(following)
        size += size_of(following)
    return group
