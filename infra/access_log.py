"""The access log: who got whose data, committed before the answer leaves. Answers that come together share a commit."""

import queue
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from datetime import datetime
from operator import attrgetter
from typing import NamedTuple

import psycopg
import sqlalchemy as sa
import structlog
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from domain.access.entry import Access
from infra import telemetry
from infra.access_tables import ANSWER, PERSON, AccessLogUnavailableError, first_number, open_access_database, packed
from infra.gathering import gather
from projections import bulk
from projections.fact_columns import microseconds

log = structlog.get_logger()

GROUP_ENTRIES_MAX = 20_000
"""Entries in one transaction."""
QUEUE_ENTRIES_MAX = 200_000
"""Entries that wait: some twenty lists of everybody. Beyond that callers are told to come back."""
TAKEN = (IntegrityError, psycopg.errors.UniqueViolation)
"""Another process had the number first. Rows that are copied in fail as the driver says it."""
ATTEMPTS_MAX = 5
"""How often numbers are drawn anew where another process had them first."""


class _Submission(NamedTuple):
    access: Access
    answer: "Future[None]"

    @property
    def size(self) -> int:
        return 1 + len(self.access.whose)


class AccessLog:
    """Takes what is to be entered from any thread, and answers each with a future that is done once it is committed."""

    def __init__(self, url: str, clock_us: Callable[[], int]) -> None:
        """Open or create the database. Raises `SchemaError`."""
        self.engine = open_access_database(url)
        self._clock_us = clock_us
        self._queue: queue.SimpleQueue[_Submission | None] = queue.SimpleQueue()
        self._waiting, self._last = 0, 0
        self._guard, self._writing = threading.Lock(), threading.Lock()
        self._thread = threading.Thread(target=self._run, name="access-log", daemon=True)

    def start(self) -> None:
        """Begin to take what is submitted."""
        self._thread.start()

    def close(self) -> None:
        """Enter what waits, then let go of the database."""
        if self._thread.is_alive():
            self._queue.put(None)
            self._thread.join()
        self.engine.dispose()

    def submit(self, access: Access) -> "Future[None]":
        """Queue an answer. Raises `AccessLogUnavailableError` when too many wait; so does the future when it failed."""
        submission = _Submission(access, Future())
        with self._guard:
            if self._waiting + submission.size > QUEUE_ENTRIES_MAX:
                raise AccessLogUnavailableError
            self._waiting += submission.size
        self._queue.put(submission)
        return submission.answer

    def enter(self, *accesses: Access) -> None:
        """Enter at once, for whoever has nothing else to do. Raises `AccessLogUnavailableError`."""
        try:
            self._commit(accesses)
        except (SQLAlchemyError, psycopg.Error) as error:
            raise AccessLogUnavailableError from error

    def _run(self) -> None:
        while (first := self._queue.get()) is not None:
            group = gather(self._queue, first, attrgetter("size"), GROUP_ENTRIES_MAX)
            self._answer(group)
            with self._guard:
                self._waiting -= sum(submission.size for submission in group)

    def _answer(self, group: list[_Submission]) -> None:
        group = [submission for submission in group if submission.answer.set_running_or_notify_cancel()]
        try:
            self._commit([submission.access for submission in group])
        except Exception as error:  # whatever it is, nobody may be told anything
            log.error("access_log_failed", error=type(error).__name__)
            telemetry.thread_error("access-log", error)
            for submission in group:
                submission.answer.set_exception(AccessLogUnavailableError())
            return
        for submission in group:
            submission.answer.set_result(None)

    def _commit(self, accesses: Sequence[Access]) -> None:
        with self._writing:
            for attempt in range(ATTEMPTS_MAX):
                try:
                    with self.engine.begin() as db:
                        self._last = insert(db, accesses, after=self._last, at_us=self._clock_us())
                    return
                except TAKEN:
                    if attempt == ATTEMPTS_MAX - 1:
                        raise
                    self._last = 0

    def prune(self, before: datetime, access: Access) -> int:
        """Take away what was entered before an instant, enter that it was, in one transaction; and give how many answers
        it was. Raises `AccessLogUnavailableError`."""
        bound = first_number(microseconds(before))
        try:
            with self._writing, self.engine.begin() as db:
                db.execute(PERSON.delete().where(PERSON.c.answer_id < bound))
                count = db.execute(ANSWER.delete().where(ANSWER.c.answer_id < bound)).rowcount
                self._last = insert(db, [access], after=0, at_us=self._clock_us())
        except (SQLAlchemyError, psycopg.Error) as error:
            raise AccessLogUnavailableError from error
        return count


def insert(db: sa.Connection, accesses: Sequence[Access], *, after: int, at_us: int) -> int:
    """Add answers under numbers above `after` (0: above all that are there), and give the last one's."""
    last = after or db.scalar(sa.select(sa.func.max(ANSWER.c.answer_id))) or 0
    first = max(last + 1, first_number(at_us))
    answers, people = [], []
    for number, each in enumerate(accesses, first):
        answers.append(
            (
                number,
                at_us,
                each.subject,
                each.role,
                " ".join(sorted(each.unit_ids)),
                each.device_id,
                str(each.doing),
                each.action,
                each.record_class,
                each.purpose,
                each.rule,
                each.request_id,
                each.form,
            )
        )
        people += [(number, kind, packed(person_id)) for kind, person_id in each.whose]
    bulk.insert(db, ANSWER, answers)
    bulk.insert(db, PERSON, people)
    return first + len(answers) - 1
