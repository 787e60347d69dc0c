"""How a process lets all others come first."""

import os
import sys
from contextlib import suppress

NICE = 10
"""Where the system knows no better: one that gets too little would hold up SQLite's one writer in the middle of a batch."""


def give_way() -> None:
    """Take processors only while others leave them, this process and those that it starts. There is no way back.

    Linux wakes others at once on a processor that works for such a process, as if it were free; of one that is only nice
    they wait for a turn. Where everything is taken for long, a batch is in the middle for long, and so shorter the next time.
    """
    os.nice(NICE)
    if sys.platform == "linux":
        with suppress(OSError):  # forbidden to some containers
            os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
