"""The program `visitledger`. What works beside a running server yields to it from the first moment on: to import what a command
needs takes a processor for a second or two, and phones wait for that processor, too."""

import os
import sys

ASIDE = frozenset({"backup", "rebuild", "verify"})
NICE = 10
"""Phones and readers come first. Not more, since on SQLite a batch that is pushed aside holds up the live fold."""


def main() -> None:
    """Run the command that the process was started with."""
    if ASIDE.intersection(sys.argv[1:2]):
        os.nice(NICE)
        from api.caretaking import program

        program()()
    else:
        from api.cli import app

        app()


if __name__ == "__main__":
    main()
