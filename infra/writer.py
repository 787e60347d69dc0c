"""The one writer: a bounded queue of commands, decided in groups, one transaction a group.

On two cores one thread that commits for many callers is faster than many callers that commit for themselves, and it is
the reason why a version conflict can only come from another process.
"""

import queue
import threading
import time
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import structlog
from eventsourcing.persistence import IntegrityError, PersistenceError

from domain.command import Command, Outcome, Refused, Wish
from domain.errors import ConflictError
from domain.ledger import Ledger
from infra import telemetry, tracing
from infra.gathering import gather

if TYPE_CHECKING:
    from infra.spans import Asking

log = structlog.get_logger()

GROUP_WISHES_MAX = 512
"""Wishes in one transaction: enough to share its cost, few enough that nobody waits long for the others."""
QUEUE_WISHES_MAX = 4_000
"""Wishes waiting: beyond that callers are told to come back, before memory or their patience runs out."""
ATTEMPTS_MAX = 3
"""How often a group is decided anew when another process was faster."""


class WriterBusyError(Exception):
    """The queue is full. The caller should come back in `retry_after_s` seconds."""

    retry_after_s = 1


class StoreUnavailableError(Exception):
    """The store did not take the group. Nothing of it is stored, or it is not known: send it again, facts count once."""


class ConflictingWriterError(ConflictError):
    """Another process kept changing the same stream."""

    code = "conflicting_writer"
    detail = "Somebody else is changing this at the same time. Nothing was stored. Try again."


@dataclass(slots=True)
class _Submission:
    wishes: Sequence[Wish]
    answer: "Future[list[Outcome]]" = field(default_factory=Future)
    asking: "Asking | None" = field(default_factory=tracing.asking)


class GroupWriter:
    """Takes submissions from any thread and answers each with a future of its outcomes, in order."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._queue: queue.SimpleQueue[_Submission | None] = queue.SimpleQueue()
        self._waiting = 0
        self._guard = threading.Lock()
        self._thread = threading.Thread(target=self._run, name="writer", daemon=True)
        self._closed = False

    def start(self) -> None:
        """Begin to write."""
        self._thread.start()

    def close(self) -> None:
        """Finish what is queued, then stop. One that was never started, or is closed already, has nothing to finish."""
        with self._guard:
            self._closed = True
        if self._thread.is_alive():
            self._queue.put(None)
            self._thread.join()

    @property
    def waiting(self) -> int:
        """Wishes queued and not yet decided."""
        return self._waiting

    def submit(self, wishes: Sequence[Wish]) -> "Future[list[Outcome]]":
        """Queue wishes that are decided together. Raises `WriterBusyError` when the queue is full."""
        submission = _Submission(wishes)
        with self._guard:
            if self._closed or self._waiting + len(wishes) > QUEUE_WISHES_MAX:
                raise WriterBusyError
            self._waiting += len(wishes)
            self._queue.put(submission)
        return submission.answer

    def write(self, wishes: Sequence[Wish]) -> list[Outcome]:
        """Submit and wait: for callers that have nothing else to do."""
        return self.submit(wishes).result()

    def _run(self) -> None:
        while (first := self._queue.get()) is not None:
            group = gather(self._queue, first, lambda submission: len(submission.wishes), GROUP_WISHES_MAX)
            self._answer(group)
            with self._guard:
                self._waiting -= sum(len(submission.wishes) for submission in group)

    def _answer(self, group: list[_Submission]) -> None:
        # From here on a caller that went away no longer takes its wishes back: they are decided, and nobody is told.
        group = [submission for submission in group if submission.answer.set_running_or_notify_cancel()]
        wishes = [wish for submission in group for wish in submission.wishes]
        began_s = time.perf_counter()
        try:
            with tracing.group([submission.asking for submission in group], len(wishes)):
                outcomes = iter(self._decide(wishes))
        except Exception as error:  # whatever it is, every caller must hear of it
            self._fail(group, error)
            return
        finally:
            telemetry.decided(len(wishes), time.perf_counter() - began_s)
        for submission in group:
            submission.answer.set_result([next(outcomes) for _ in submission.wishes])

    def _fail(self, group: list[_Submission], error: Exception) -> None:
        """Tell callers that nothing was stored. A fault of our own in one submission must not sink the others."""
        log.error("group_failed", submissions=len(group), exc_info=error)
        telemetry.thread_error("writer", error)
        if isinstance(error, PersistenceError) or len(group) == 1:
            for submission in group:
                submission.answer.set_exception(_for_callers(error))
            return
        for submission in group:
            try:
                submission.answer.set_result(self._decide(submission.wishes))
            except Exception as own:
                submission.answer.set_exception(_for_callers(own))

    def _decide(self, wishes: Sequence[Wish]) -> list[Outcome]:
        for _ in range(ATTEMPTS_MAX):
            try:
                return self._ledger.decide(wishes)
            except IntegrityError:
                continue
        return [self._decide_alone(wish) for wish in wishes]

    def _decide_alone(self, wish: Wish) -> Outcome:
        """After three lost races: an office decision is told so, a fact keeps trying, for it must not be lost."""
        while True:
            try:
                return self._ledger.decide([wish])[0]
            except IntegrityError:
                if isinstance(wish, Command) and wish.evidence is None:
                    return Refused(ConflictingWriterError())


def _for_callers(error: Exception) -> Exception:
    if isinstance(error, PersistenceError):
        unavailable = StoreUnavailableError()
        unavailable.__cause__ = error
        return unavailable
    return error
