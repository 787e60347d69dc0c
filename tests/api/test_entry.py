"""The program `visitledger` itself, before any command of it begins."""

import os
import subprocess
import sys

import pytest

from infra.giving_way import NICE

ENDS = """import os, sys
sys.argv = ["visitledger", *sys.argv[1:], "--help"]
from api.entry import main
try:
    main()
except SystemExit:
    print(f"place {os.nice(0)} {os.sched_getscheduler(0)}")"""
FORBIDDEN = "import os\ndef forbidden(*_): raise PermissionError\nos.sched_setscheduler = forbidden\n"


def place(command: str, before: str = "") -> tuple[int, int]:
    """Niceness and class of the process of a command, once it has run."""
    done = subprocess.run([sys.executable, "-c", before + ENDS, command], capture_output=True, text=True, check=True)
    nice, kind = done.stdout.split()[-2:]
    return int(nice) - os.nice(0), int(kind)


def test_a_server_has_the_place_that_it_was_given() -> None:
    assert place("serve") == (0, os.SCHED_OTHER)


@pytest.mark.parametrize("command", ["rebuild", "verify", "backup"])
def test_what_works_beside_a_server_takes_what_others_leave(command: str) -> None:
    assert place(command) == (NICE, os.SCHED_IDLE)


def test_where_that_is_forbidden_it_is_nice() -> None:
    assert place("verify", FORBIDDEN) == (NICE, os.SCHED_OTHER)
