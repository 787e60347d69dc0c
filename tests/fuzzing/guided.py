"""One parser under a fuzzer that is guided by coverage, in a process of its own: libFuzzer ends the process it runs in.

python -m tests.fuzzing.guided <parser> <seconds> <seed> <folder of what it has found to be new>
"""

import signal
import sys
import tempfile
from pathlib import Path
from types import FrameType

import atheris

BYTES_MAX = 65_536
INPUT_S_MAX = 10.0
"""Processor time that one input may take: a machine on which others work too is no fault of the parser's."""
STANDS_STILL_S = 900
"""Wall time after which the fuzzer itself ends what never comes back."""
ODD = ("api.", "domain.", "infra.", "personnummer", "yaml", "tomllib", "csv", "json")
"""What is watched: our code, and libraries in Python that read for it."""


def main(name: str, seconds: str, seed: str, folder: str) -> None:
    """Feed it until the time is over. Ends with another status than 0 where it raised what it should not have."""
    with atheris.instrument_imports(include=list(ODD)):
        from tests.fuzzing import parsers
    corpus = Path(folder)
    corpus.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="ledger-fuzz-") as data, parsers.reading_house(Path(data)) as house:
        parser = parsers.parsers(house)[name]
        (corpus / "good").write_bytes(parsers.samples(house)[name])
        limits = [
            f"-max_total_time={seconds}",
            f"-max_len={BYTES_MAX}",
            f"-seed={seed}",
            f"-timeout={STANDS_STILL_S}",
            "-rss_limit_mb=1500",
        ]
        settings = [*limits, "-print_final_stats=1", f"-artifact_prefix={corpus.parent}/{name}-", str(corpus)]
        signal.signal(signal.SIGVTALRM, took_too_long)

        def feed(content: bytes) -> None:
            signal.setitimer(signal.ITIMER_VIRTUAL, INPUT_S_MAX)
            parsers.refuses_or_takes(parser, content)

        atheris.Setup([sys.argv[0], *settings], feed)
        atheris.Fuzz()


def took_too_long(_signal: int, _frame: FrameType | None) -> None:
    """End an input that takes longer than `INPUT_S_MAX`. Raises `TimeoutError`."""
    raise TimeoutError


if __name__ == "__main__":
    main(*sys.argv[1:])
