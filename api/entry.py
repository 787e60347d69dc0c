"""The program `visitledger`. What works beside a running server gives way to it from the first moment on: to import what a
command needs takes a processor for a second, and phones wait for that processor, too."""

import signal
import sys

from infra.giving_way import give_way

ASIDE = frozenset({"backup", "rebuild", "verify"})


def main() -> None:
    """Run the command that the process was started with."""
    if ASIDE.intersection(sys.argv[1:2]):
        give_way()
        signal.signal(signal.SIGTERM, signal.default_int_handler)  # so that what lies beside for a while is taken away
        from api.caretaking import program

        program()()
    else:
        from api.cli import app

        app()


if __name__ == "__main__":
    main()
