"""The program `visitledger` itself, before any command of it begins."""

import os
import subprocess
import sys

import pytest

from infra.giving_way import NICE

ENDS = """import os, signal, sys
sys.argv = ["visitledger", *sys.argv[1:], "--help"]
from api.entry import main
try:
    main()
except SystemExit:
    ends = signal.getsignal(signal.SIGTERM) is signal.default_int_handler
    print("place", os.nice(0), os.sched_getscheduler(0), ends)"""
FORBIDDEN = "import os\ndef forbidden(*_): raise PermissionError\nos.sched_setscheduler = forbidden\n"


def place(command: str, before: str = "") -> tuple[int, int, bool]:
    """Niceness and class of the process of a command, once it has run, and whether SIGTERM ends it as Ctrl-C does."""
    done = subprocess.run([sys.executable, "-c", before + ENDS, command], capture_output=True, text=True, check=True)
    nice, kind, at_sigterm = done.stdout.split()[-3:]
    return int(nice) - os.nice(0), int(kind), at_sigterm == "True"


def test_a_server_has_the_place_that_it_was_given() -> None:
    assert place("serve") == (0, os.SCHED_OTHER, False)


@pytest.mark.parametrize("command", ["rebuild", "verify", "backup"])
def test_what_works_beside_a_server_takes_what_others_leave(command: str) -> None:
    assert place(command) == (NICE, os.SCHED_IDLE, True)


def test_where_that_is_forbidden_it_is_nice() -> None:
    assert place("verify", FORBIDDEN) == (NICE, os.SCHED_OTHER, True)
