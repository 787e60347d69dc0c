"""Folding in a process of the server's own: what phones send and readers ask for has an interpreter for itself.

The server says over a pipe how far the log has come and how many commands wait there; the process says over another what it
has folded. Whichever ends, the other notices: the process ends with its server, however that came about, and is started again
where it ended by itself.
"""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import IO

import msgspec
import structlog

from infra import telemetry
from infra.fold_notice import Notices
from infra.projector import Waiting
from infra.recorder import LedgerRecorder
from infra.telemetry import Folded

IDLE_S = 0.5
LOOK_S = 0.25
"""How often the places are looked at besides: another server's process may fold."""
PAUSE_FIRST_S, PAUSE_LONGEST_S = 0.1, 5.0
LASTING_S = 30.0
"""A process that ran for so long did not fail at its start: the next one comes at once."""
END_WITHIN_S = 15.0
READ_BYTES = 4_096
STOPPED = 1
"""The status of one that cannot go on: another would not either."""

log = structlog.get_logger(__name__)


class FoldingProcess:
    """Starts the process, keeps it going, and ends it. `environ` is added to this process's own variables; `waiting` says how
    many commands wait here to be decided."""

    def __init__(
        self, command: Sequence[str], environ: Mapping[str, str], recorder: LedgerRecorder, waiting: Waiting
    ) -> None:
        self._command, self._environ, self._recorder, self._waiting = command, environ, recorder, waiting
        self._closing = threading.Event()
        self._heard = threading.Event()
        self._process: subprocess.Popen[bytes] | None = None
        self._threads: list[threading.Thread] = []

    @property
    def process_id(self) -> int | None:
        """Which process folds now; None where none does."""
        process = self._process
        return process.pid if process is not None and process.poll() is None else None

    def start(self) -> None:
        """Begin, until `close`."""
        self._closing.clear()
        for name, run in (("folding-heard", self._keep_going), ("folding-told", self._tell)):
            thread = threading.Thread(target=run, name=name, daemon=True)
            thread.start()
            self._threads.append(thread)

    def close(self) -> None:
        """Have the process end after the batch in hand, and wait for it."""
        self._closing.set()
        self._recorder.call()
        self._hang_up()
        if (process := self._process) is not None:
            try:
                process.wait(END_WITHIN_S)
            except subprocess.TimeoutExpired:
                process.kill()
        for thread in self._threads:
            thread.join()
        self._threads.clear()

    @contextmanager
    def notices(self) -> Iterator[Notices]:
        """Wait for folds, for the length of a block."""
        yield self

    def wait(self, timeout: float) -> None:
        """Return once something was folded, or after a while without."""
        self._heard.wait(min(timeout, LOOK_S))
        self._heard.clear()

    def _keep_going(self) -> None:
        pause_s = PAUSE_FIRST_S
        while not self._closing.is_set():
            began_s = time.monotonic()
            status = self._run()
            if self._closing.is_set():
                return
            if status == STOPPED:
                log.critical("folding_process_stopped", status=status)
                return
            pause_s = PAUSE_FIRST_S if time.monotonic() - began_s > LASTING_S else min(2 * pause_s, PAUSE_LONGEST_S)
            log.warning("folding_process_ended", status=status, seconds=pause_s)
            self._closing.wait(pause_s)

    def _run(self) -> int:
        """Run one process to its end, hear what it folds, and give its status."""
        environ = {**os.environ, **self._environ}
        pipe = subprocess.PIPE
        # A session of its own: what interrupts the server at a terminal reaches it through its pipe, after the server's work.
        process = subprocess.Popen(self._command, stdin=pipe, stdout=pipe, env=environ, start_new_session=True)
        self._process = process
        if self._closing.is_set():
            self._hang_up()
        assert process.stdout is not None
        with process.stdout:
            for line in process.stdout:
                with suppress(msgspec.DecodeError):  # the last words of one that was killed
                    telemetry.count_fold(msgspec.json.decode(line, type=Folded))
                self._heard.set()
        try:
            return process.wait(END_WITHIN_S)
        except subprocess.TimeoutExpired:
            process.kill()
            return process.wait()
        finally:
            self._hang_up()

    def _tell(self) -> None:
        told = 0
        while not self._closing.is_set():
            if self._recorder.wait(told, IDLE_S):
                told = self._recorder.known_head
                self._write(b"%d %d\n" % (told, self._waiting()))

    def _write(self, line: bytes) -> None:
        process = self._process
        if process is not None and process.stdin is not None:
            with suppress(OSError, ValueError):  # it is gone; the next one finds by itself where the log ends
                process.stdin.write(line)
                process.stdin.flush()

    def _hang_up(self) -> None:
        process = self._process
        if process is not None and process.stdin is not None:
            with suppress(OSError):
                process.stdin.close()


class Server:
    """The server, as its process knows it: hears how far the log has come, tells of folds, and stops when it is gone."""

    def __init__(self, recorder: LedgerRecorder, stopping: threading.Event) -> None:
        self._recorder, self._stopping = recorder, stopping
        self._waiting = 0
        threading.Thread(target=self._hear, args=(sys.stdin.fileno(),), name="server-heard", daemon=True).start()
        telemetry.hand_on(_teller(sys.stdout.buffer, stopping))

    def waiting(self) -> int:
        """How many commands waited when the log came as far as it was heard of last."""
        return self._waiting

    def _hear(self, server: int) -> None:
        """Read from a descriptor: a file object would be locked by this thread when the process ends."""
        rest = b""
        while content := os.read(server, READ_BYTES):
            *lines, rest = (rest + content).split(b"\n")
            for line in lines[-1:]:
                head, self._waiting = map(int, line.split())
                self._recorder.hear(head)
        self._stopping.set()


def _teller(server: IO[bytes], stopping: threading.Event) -> Callable[[Folded], None]:
    one_at_a_time = threading.Lock()

    def tell(folded: Folded) -> None:
        try:
            with one_at_a_time:
                server.write(msgspec.json.encode(folded) + b"\n")
                server.flush()
        except OSError:
            stopping.set()

    return tell
