"""One parser under a fuzzer that is guided by coverage, in a process of its own: libFuzzer ends the process it runs in.

python -m tests.fuzzing.guided <parser> <seconds> <seed> <folder of what it has found to be new>
"""

import sys
import tempfile
from pathlib import Path
from typing import Any

import atheris

BYTES_MAX = 65_536
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
            "-timeout=10",
            "-rss_limit_mb=1500",
        ]
        settings = [*limits, "-print_final_stats=1", f"-artifact_prefix={corpus.parent}/{name}-", str(corpus)]
        feed: Any = lambda content: parsers.refuses_or_takes(parser, content)  # noqa: E731
        atheris.Setup([sys.argv[0], *settings], feed)
        atheris.Fuzz()


if __name__ == "__main__":
    main(*sys.argv[1:])
