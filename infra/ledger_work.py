"""What a transaction on the log does the same way on every store: errors, checks, commit or roll back."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import TracebackType
from typing import Self

from eventsourcing import persistence
from eventsourcing.persistence import PersistenceError, ProgrammingError

from domain.log import Appended, FactRow, NewFact, NewQuarantine, NewRow, NewStatement, StoredRow
from infra import tracing

_UNFIT_VALUES = (UnicodeEncodeError, OverflowError)
_LIBRARY_ERRORS: dict[str, type[PersistenceError]] = {
    "DatabaseError": persistence.DatabaseError,
    "DataError": persistence.DataError,
    "IntegrityError": persistence.IntegrityError,
    "InterfaceError": persistence.InterfaceError,
    "InternalError": persistence.InternalError,
    "NotSupportedError": persistence.NotSupportedError,
    "OperationalError": persistence.OperationalError,
    "ProgrammingError": persistence.ProgrammingError,
}


def library_error(error: Exception) -> PersistenceError:
    """Name a driver's error as the event library does. Both drivers use the names of PEP 249."""
    if isinstance(error, _UNFIT_VALUES):
        return persistence.DataError("A text is not valid Unicode, or a number is too large to store.")
    message = getattr(getattr(error, "diag", None), "message_primary", None) or str(error)
    names = (kind.__name__ for kind in type(error).__mro__)
    kind = next((_LIBRARY_ERRORS[name] for name in names if name in _LIBRARY_ERRORS), PersistenceError)
    return kind(message)


class LibraryErrors:
    """Around calls of a driver: `with LibraryErrors(sqlite3.Error): ...`. Never around a caller's own code."""

    def __init__(self, driver_error: type[Exception]) -> None:
        self._caught = (driver_error, *_UNFIT_VALUES)

    def __enter__(self) -> None:
        """Nothing to prepare: one instance serves any number of threads."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if isinstance(error, self._caught):
            raise library_error(error) from error


class LedgerWork(ABC):
    """A `LedgerTransaction` on a connection, as a block: commits at its end, rolls back on an exception."""

    errors: LibraryErrors
    """Which errors of the driver are made the library's."""

    def __init__(self) -> None:
        self.last_position = 0
        self._failure: PersistenceError | None = None

    def __enter__(self) -> Self:
        with self._step():
            self._begin()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if error is None:
                with self._step(), tracing.step("commit"):
                    self._commit()
        finally:
            self._roll_back_if_open()

    def known_facts(self, fact_ids: Sequence[str]) -> dict[str, FactRow]:
        """Find those of the fact ids that are taken."""
        with self._step():
            return {fact.fact_id: fact for fact in self._find_facts(fact_ids)} if fact_ids else {}

    def last_stored(self) -> int:
        """Give the position at which the log ends as this transaction sees it, 0 when it is empty."""
        with self._step():
            return self._find_last()

    def streams(self, names: Sequence[str]) -> dict[str, list[StoredRow]]:
        """Load whole streams in version order, with one query. A stream that does not exist is an empty list."""
        found: dict[str, list[StoredRow]] = {name: [] for name in names}
        with self._step():
            for row in self._find_rows(list(found)) if found else ():
                found[row.stream].append(row)
        return found

    def append(
        self, events: Sequence[NewRow], facts: Sequence[NewFact] = (), quarantine: Sequence[NewQuarantine] = ()
    ) -> Appended:
        """Write all of it, to be seen by others when the transaction commits."""
        with self._step(), tracing.step("append", len(events)):
            appended = self._write(events, facts, quarantine)
            tracing.wrote(appended.positions)
        if appended.positions:
            self.last_position = appended.positions[-1]
        return appended

    def keep(self, statements: Sequence[NewStatement]) -> None:
        """Keep statements beside the log, in the same transaction."""
        with self._step():
            self._keep(statements)

    @contextmanager
    def _step(self) -> Iterator[None]:
        """Around each use of the connection: what failed once stays failed, or half of an append could be committed."""
        if self._failure is not None:
            raise self._failure
        try:
            with self.errors:
                yield
        except PersistenceError as error:
            self._failure = error
            raise

    @abstractmethod
    def _begin(self) -> None: ...

    @abstractmethod
    def _commit(self) -> None: ...

    @abstractmethod
    def _roll_back_if_open(self) -> None:
        """Undo what is not committed. Must not raise: it would hide why."""

    @abstractmethod
    def _find_facts(self, fact_ids: Sequence[str]) -> list[FactRow]: ...

    @abstractmethod
    def _find_last(self) -> int: ...

    @abstractmethod
    def _find_rows(self, names: Sequence[str]) -> list[StoredRow]: ...

    @abstractmethod
    def _write(
        self, events: Sequence[NewRow], facts: Sequence[NewFact], quarantine: Sequence[NewQuarantine]
    ) -> Appended: ...

    @abstractmethod
    def _keep(self, statements: Sequence[NewStatement]) -> None: ...


def check_before_append(
    events: Sequence[NewRow], facts: Sequence[NewFact], quarantine: Sequence[NewQuarantine]
) -> None:
    """Refuse what only one of the stores would refuse: a fact of no event, and NUL, which PostgreSQL cannot store."""
    if any(not 0 <= fact.event_index < len(events) for fact in facts):
        raise ProgrammingError("A fact names an event that is not appended with it.")
    texts = [text for event in events for text in (event.stream, event.topic)]
    texts += [text for fact in facts for text in (fact.fact_id, fact.device_id)]
    texts += [text for kept in quarantine for text in (kept.quarantine_id, kept.device_id, kept.reason, kept.fact_id)]
    if "\0" in "".join(texts):
        raise persistence.DataError("A text holds a NUL character, which a store cannot keep.")
