"""Exports that are too long for one answer: a thread writes each to a file, household by household, and rests between them.

A job is two files in the data folder: what was asked, and the rows. Whoever writes the rows holds a lock on them, which ends
with the process: a job that is not done and that nobody writes was interrupted. One whose rows are gone is gone.
"""

import fcntl
import os
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import IO, Any, Literal
from uuid import UUID, uuid4

import msgspec
import structlog

from api.problems import Problem
from infra import telemetry
from infra.erasure import Erasure
from infra.tokens import Caller

WAITING_MAX = 32
ASKED_MAX = 20
"""Of one caller, until the oldest is deleted."""
LOW_PRIORITY = 10
REST_S_MAX = 0.1
LOOK_EVERY_S = 60.0
HOUR_S = 3600

log = structlog.get_logger(__name__)
State = Literal["waiting", "running", "done", "failed", "interrupted"]
UNDER_WAY = frozenset({"waiting", "running"})
Write = Callable[[IO[bytes]], Iterable[int]]
"""Writes rows, and says after each part how many there were in it."""


class Export(msgspec.Struct, frozen=True, kw_only=True):
    """One job, as it stands. `asked_by` is a digest of who asked; `position` the one that all rows are told as of."""

    id: str
    asked_by: str
    report: str
    month: str
    form: str
    position: int
    made_at_s: float
    state: State = "waiting"
    rows: int = 0


class ExportJobs:
    """The jobs of one data folder. `clock` gives seconds since 1970; `erased_after` those who were erased past a position, in
    order, by whichever process: their exports here are deleted within a minute, once no job waits."""

    def __init__(
        self,
        folder: Path,
        *,
        keeps_hours: int,
        erased_after: Callable[[int], Iterable[Erasure]],
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._folder, self._kept_s, self._clock = folder, keeps_hours * HOUR_S, clock
        self._erased_after, self._erased_through = erased_after, 0
        self._waiting = deque[tuple[Export, Write, IO[bytes]]]()
        self._wake, self._guard = threading.Event(), threading.Lock()
        self._stopping = False
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin to write what is asked for, and to delete what is old."""
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name="exports", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """End the thread. What is not written is interrupted."""
        self._stopping = True
        self._wake.set()
        if self._thread is not None:
            self._thread.join()
        for *_, rows in self._waiting:
            rows.close()
        self._waiting.clear()

    def ask(self, caller: Caller, write: Write, *, report: str, month: str, form: str, position: int) -> Export:
        """Take a job. Raises `Problem` 503 `busy` where too many wait, or the caller has too many."""
        self.delete_old()
        asker, now = _asker(caller), self._clock()
        with self._guard:
            if len(self._waiting) >= WAITING_MAX or sum(each.asked_by == asker for each in self._all()) >= ASKED_MAX:
                raise Problem("busy", headers={"Retry-After": "60"})
            job = Export(
                id=str(uuid4()),
                asked_by=asker,
                report=report,
                month=month,
                form=form,
                position=position,
                made_at_s=now,
            )
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            rows = os.fdopen(os.open(self.path_of(job), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")
            fcntl.flock(rows, fcntl.LOCK_EX)
            self._keep(job)
            self._waiting.append((job, write, rows))
        self._wake.set()
        return job

    def of(self, caller: Caller, export_id: UUID) -> Export:
        """The caller's job of an id, as it stands. Raises `Problem` 404 `not_found` for any other's."""
        path = self._folder / f"{export_id}.json"
        job = self._read(path)
        if job is None or job.asked_by != _asker(caller) or self._is_old(job) or not self.path_of(job).exists():
            raise Problem("not_found")
        if job.state in UNDER_WAY and not self._is_locked(job):
            job = self._read(path) or job  # it may have been finished meanwhile
            return msgspec.structs.replace(job, state="interrupted") if job.state in UNDER_WAY else job
        return job

    def path_of(self, job: Export) -> Path:
        """Where its rows are."""
        return self._folder / f"{job.id}.{job.form}"

    def delete_old(self) -> None:
        """Delete what has been kept long enough."""
        for job in self._all():
            if self._is_old(job):
                self._delete(job)

    def forget(self, erasure: Erasure) -> int:
        """Delete what was asked for before a person was erased, where it names them or is not written yet: nobody knows whom
        that will name. Gives how many there were. Safe to repeat."""
        before = [job for job in self._all() if job.position < erasure.position]
        found = [job for job in before if job.state in UNDER_WAY or self._names(job, erasure.person_id)]
        for job in found:
            self._delete(job)
        return len(found)

    def forget_erased(self) -> None:
        """Do so for everybody who was erased since the oldest job was asked for, and was not forgotten yet."""
        jobs = self._all()
        since = max(self._erased_through, min((job.position for job in jobs), default=0))
        for erasure in self._erased_after(since) if jobs else ():
            self.forget(erasure)
            self._erased_through = erasure.position

    def _run(self) -> None:
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), LOW_PRIORITY)
        self._tidy()
        while not self._stopping:
            if not self._waiting:
                self._wake.wait(LOOK_EVERY_S)
                self._wake.clear()
                self._tidy()
                continue
            job, write, rows = self._waiting.popleft()
            with rows:
                self._write(job, write, rows)

    def _tidy(self) -> None:
        self.delete_old()
        try:
            self.forget_erased()
        except Exception as error:  # of the store: the next look may do
            log.warning("exports_erased_unknown", exc_info=error)
            telemetry.thread_error("exports", error)

    def _write(self, job: Export, write: Write, rows: IO[bytes]) -> None:
        count, began = 0, time.monotonic()
        try:
            for more in write(rows):
                count += more
                self._keep(msgspec.structs.replace(job, state="running", rows=count))
                time.sleep(min(time.monotonic() - began, REST_S_MAX))
                began = time.monotonic()
                if self._stopping or not self.path_of(job).exists():
                    return
            rows.flush()
            self._keep(msgspec.structs.replace(job, state="done", rows=count))
        except Exception as error:  # of the store, the disk or ours: the next one may do
            log.warning("export_failed", exc_info=error)
            telemetry.thread_error("exports", error)
            self._keep(msgspec.structs.replace(job, state="failed", rows=count))

    def _delete(self, job: Export) -> None:
        self.path_of(job).unlink(missing_ok=True)
        (self._folder / f"{job.id}.json").unlink(missing_ok=True)

    def _names(self, job: Export, person_id: str) -> bool:
        with suppress(FileNotFoundError), self.path_of(job).open("rb") as rows:
            return any(person_id.encode() in row for row in rows)
        return False

    def _keep(self, job: Export) -> None:
        """Say how it stands; of one that was deleted nothing is said."""
        if not self.path_of(job).exists():
            return
        path = self._folder / f"{job.id}.json"
        beside = path.with_suffix(".new")
        with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
            out.write(msgspec.json.encode(job))
        beside.replace(path)

    def _all(self) -> list[Export]:
        return [job for path in self._folder.glob("*.json") if (job := self._read(path))]

    def _read(self, path: Path) -> Export | None:
        try:
            return msgspec.json.decode(path.read_bytes(), type=Export)
        except (OSError, msgspec.MsgspecError):
            return None

    def _is_old(self, job: Export) -> bool:
        return job.made_at_s + self._kept_s <= self._clock()

    def _is_locked(self, job: Export) -> bool:
        """Whether somebody writes its rows, or will."""
        try:
            with self.path_of(job).open("rb") as rows:
                fcntl.flock(rows, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        except OSError:
            return False
        return False


def _asker(caller: Caller) -> str:
    asks: list[Any] = [caller.subject, caller.role, sorted(caller.unit_ids)]
    return sha256(msgspec.json.encode(asks)).hexdigest()
