"""The access log: who got whose data, committed before the answer leaves. Answers that come together share a commit."""

import queue
import sqlite3
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from datetime import datetime
from operator import attrgetter
from typing import NamedTuple

import psycopg
import sqlalchemy as sa
import structlog
from sqlalchemy.exc import SQLAlchemyError

from domain.access.entry import Access
from infra import telemetry
from infra.access_chain import BEGINNING, Head, head_of
from infra.access_entering import insert, insert_if_still
from infra.access_pruning import prune
from infra.access_tables import AccessLogUnavailableError, first_number, open_access_database
from infra.gathering import gather
from infra.read_database import open_engine
from projections.fact_columns import microseconds

log = structlog.get_logger()

GROUP_ENTRIES_MAX = 20_000
"""Entries in one transaction."""
QUEUE_ENTRIES_MAX = 200_000
"""Entries that wait: some twenty lists of everybody. Beyond that callers are told to come back."""
GUESSES = 2
"""So often answers are entered on PostgreSQL behind where the chain was last seen to end. Whoever finds each time that others
were quicker waits in line."""
GATHER_S = 0.008
"""Commits begin so far from each other while more than one call is being answered: a commit of four answers takes a
fifth longer than a commit of one."""
KEPT_S = 1.0
"""A connection that was in use so lately is there. Any other is asked whether it still is, which takes as long as to enter."""
FAILED = (SQLAlchemyError, sqlite3.Error, psycopg.Error)
"""What a database says, also in the driver's own words: rows are added by it."""


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
        self.reader = open_engine(url)
        """For whoever looks entries through: it holds up nobody who enters."""
        self._clock_us = clock_us
        self._queue: queue.SimpleQueue[_Submission | None] = queue.SimpleQueue()
        self._waiting = 0
        self._db: sa.Connection | None = None
        self._used_s = 0.0
        self._head = BEGINNING
        self.underway = 0
        """How many calls are being answered whose answers may have to be entered, as whoever answers them says."""
        self._alone = {"isolation_level": "AUTOCOMMIT"} if self.engine.dialect.name == "postgresql" else {}
        self._guard = threading.Lock()
        self._thread = threading.Thread(target=self._run, name="access-log", daemon=True)

    def start(self) -> None:
        """Begin to take what is submitted."""
        self._thread.start()

    def close(self) -> None:
        """Enter what waits, then let go of the database."""
        if self._thread.is_alive():
            self._queue.put(None)
            self._thread.join()
        self._let_go()
        self.reader.dispose()
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
        except FAILED as error:
            raise AccessLogUnavailableError from error

    def _run(self) -> None:
        began_s = 0.0
        while (first := self._queue.get()) is not None:
            if self.underway > 1:
                time.sleep(max(0.0, began_s + GATHER_S - time.monotonic()))
            began_s = time.monotonic()
            group = gather(self._queue, first, attrgetter("size"), GROUP_ENTRIES_MAX)
            self._answer(group)
            with self._guard:
                self._waiting -= sum(submission.size for submission in group)

    def _answer(self, group: list[_Submission]) -> None:
        group = [submission for submission in group if submission.answer.set_running_or_notify_cancel()]
        try:
            self._commit_in_turn([submission.access for submission in group])
        except Exception as error:  # whatever it is, nobody may be told anything
            log.error("access_log_failed", error=type(error).__name__)
            telemetry.thread_error("access-log", error)
            for submission in group:
                submission.answer.set_exception(AccessLogUnavailableError())
            return
        for submission in group:
            submission.answer.set_result(None)

    def _commit(self, accesses: Sequence[Access]) -> Head:
        with self.engine.connect() as db:
            return self._commit_on(db, accesses)

    def _commit_on(self, db: sa.Connection, accesses: Sequence[Access]) -> Head:
        with db.begin():
            return insert(db, accesses, head_of(db), at_us=self._clock_us())

    def _commit_by_guess(self, db: sa.Connection, accesses: Sequence[Access]) -> Head:
        """On a connection that commits by itself: one statement, unless others enter too."""
        head = self._head
        for _ in range(GUESSES):
            was_there, head = insert_if_still(db, accesses, head, at_us=self._clock_us())
            if was_there:
                return head
        return self._commit(accesses)

    def _commit_in_turn(self, accesses: Sequence[Access]) -> None:
        """For the thread that answers: it keeps its connection while answers follow each other."""
        now_s = time.monotonic()
        if self._db is not None and now_s > self._used_s + KEPT_S:
            self._let_go()
        if self._db is None:
            self._db = self.engine.connect().execution_options(**self._alone)
        try:
            commit = self._commit_by_guess if self._alone else self._commit_on
            self._head = commit(self._db, accesses)
            self._used_s = now_s
        except BaseException:
            self._db.invalidate()
            self._let_go()
            raise

    def _let_go(self) -> None:
        if self._db is not None:
            self._db.close()
            self._db = None

    def prune(self, before: datetime, access: Access) -> int:
        """Enter that what was entered before an instant is taken away, take it away, and give how many answers it was.
        Raises `AccessLogUnavailableError`; the same once more takes away what is left."""
        try:
            return prune(self.engine, first_number(microseconds(before)), access, at_us=self._clock_us())
        except FAILED as error:
            raise AccessLogUnavailableError from error
