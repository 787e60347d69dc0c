"""Another process that helps to fill a build: it takes one part of the log, and ends when whoever asked is gone.

`python -m infra.filling_helper FOLDER NAME BUILD NUMBER OF` says over a pipe that it is ready, hears over another how far to
fill, and says at its end how many events it has folded.
"""

import os
import select
import subprocess
import sys
import threading
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from infra.build_filling import Filling, RebuildEndedError
from infra.event_codec import event_codec
from infra.event_store import open_log
from infra.logs import configure_logs
from infra.parts import Part
from infra.process import sparing_the_collector
from infra.read_database import open_read_database
from infra.setting_values import PREFIX
from infra.settings import Settings
from projections.projection import Projection
from projections.read_models import READ_MODELS

READY = b"ready\n"
END_WITHIN_S = 15.0
LOOK_S = 0.05


class Helper:
    """The process, as seen by whoever asks it for help."""

    def __init__(self, settings: Settings, projection: Projection, build: str, part: Part) -> None:
        said = [str(settings.data_dir.resolve()), projection.name, build, str(part.number), str(part.of)]
        # A session of its own: what interrupts a rebuild at a terminal reaches it through its pipe, after the batch in hand.
        self._process = subprocess.Popen(
            [sys.executable, "-m", __name__, *said],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, f"{PREFIX}STORE": settings.store_url},
            start_new_session=True,
        )

    @property
    def is_ready(self) -> bool:
        """Whether it has said so, or has ended before it could."""
        assert self._process.stdout is not None
        return bool(select.select([self._process.stdout], [], [], 0)[0])

    def begin(self, upto: int) -> None:
        """Have it fill its part up to a position."""
        assert self._process.stdin is not None
        with suppress(OSError):  # it has ended; whoever asked does its part
            self._process.stdin.write(b"%d\n" % upto)
            self._process.stdin.flush()

    def wait(self, stopping: threading.Event) -> int:
        """Wait until it has ended, and give how many events it has folded; 0 where it came to no end of its own. Raises
        `RebuildEndedError` when asked to stop meanwhile."""
        assert self._process.stdout is not None
        while (status := self._process.poll()) is None:
            if stopping.wait(LOOK_S):
                raise RebuildEndedError
        told = self._process.stdout.read().removeprefix(READY)
        return int(told) if status == 0 and told else 0

    def close(self) -> None:
        """Have it end after the batch in hand, and wait for that."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        with suppress(OSError):
            self._process.stdin.close()
        try:
            self._process.wait(END_WITHIN_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process.stdout.close()


def main(folder: str, name: str, build: str, *part: str) -> int:
    """Help once."""
    settings = replace(Settings.from_environment(), data_dir=Path(folder))
    configure_logs(settings.log_level, sys.stderr)
    (projection,) = (each for each in READ_MODELS if each.name == name)
    number, of = map(int, part)
    log, engine, stopping = open_log(settings), open_read_database(settings.read_url), threading.Event()
    filling = Filling(
        log,
        event_codec(),
        engine,
        projection,
        build,
        told=lambda _what, _done, _of: None,
        stopping=stopping,
        part=Part(number, of),
    )
    _say(READY)
    if not (asked := os.read(sys.stdin.fileno(), 32)):
        return 0
    threading.Thread(target=_notice_the_end, args=(stopping,), name="asked", daemon=True).start()
    with sparing_the_collector(), suppress(RebuildEndedError):
        filling.open()
        filling.fill(lambda: int(asked))
    _say(b"%d\n" % filling.events)
    return 0


def _say(what: bytes) -> None:
    with suppress(BrokenPipeError):  # whoever asked is gone
        os.write(sys.stdout.fileno(), what)


def _notice_the_end(stopping: threading.Event) -> None:
    """Read from a descriptor: a file object would be locked by this thread when the process ends."""
    while os.read(sys.stdin.fileno(), 32):
        pass
    stopping.set()


if __name__ == "__main__":
    raise SystemExit(main(*sys.argv[1:]))
