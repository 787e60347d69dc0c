"""The program `visitledger` itself, before any command of it begins."""

import os
import subprocess
import sys

from api.entry import NICE

ENDS = """import os, sys
sys.argv = ["visitledger", *sys.argv[1:], "--help"]
from api.entry import main
try:
    main()
except SystemExit:
    print(f"niceness {os.nice(0)}")"""


def niceness(command: str) -> int:
    """Of the process of a command, once it has run."""
    done = subprocess.run([sys.executable, "-c", ENDS, command], capture_output=True, text=True, check=True)
    return int(done.stdout.rsplit(maxsplit=1)[-1])


def test_what_works_beside_a_server_takes_its_place_behind_it_and_a_server_does_not() -> None:
    ours = os.nice(0)
    assert [niceness("serve") - ours, niceness("rebuild") - ours] == [0, NICE]
