"""What holds for the whole process, and not only for a house in it."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

NEW_OBJECTS = 10_000
ROUNDS = 20
"""After so many new objects the youngest are looked through for rings of references; after so many rounds, older ones too."""


@contextmanager
def sparing_the_collector() -> Iterator[None]:
    """Take all that is imported and wired by now as there to stay until the end of the block.

    Python's collector would otherwise look through some hundred thousand of such objects again and again, with everybody
    else waiting. Our own values hardly ever form rings, and without one they go as soon as nobody holds them.
    """
    before = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(NEW_OBJECTS, ROUNDS, ROUNDS)
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()
