"""The ledger: an event-sourced application whose single writer is handed commands, not decided events."""

from abc import abstractmethod
from collections.abc import Sequence
from contextlib import AbstractContextManager

from eventsourcing.application import Application
from eventsourcing.persistence import ApplicationRecorder, Mapper

from domain.command import Outcome, Wish
from domain.group import Codec, Group
from domain.log import LedgerTransaction
from domain.ports import Sealer
from domain.remembered import Remembered


class LedgerLog(ApplicationRecorder):
    """A recorder of the library in which groups can be decided."""

    @abstractmethod
    def transaction(self) -> AbstractContextManager[LedgerTransaction]:
        """Open a transaction that writes: commits on exit, rolls back on an exception."""


class Ledger(Application[str]):
    """Decides groups of commands. Its parts are handed in, already configured: nothing is read from the environment."""

    name = "ledger"

    def __init__(self, *, log: LedgerLog, mapper: Mapper[str], codec: Codec, sealer: Sealer) -> None:
        self._log, self._mapper = log, mapper
        self._codec, self._sealer = codec, sealer
        self._remembered = Remembered()
        super().__init__()

    def construct_recorder(self) -> ApplicationRecorder:
        """The log that was handed in, in place of one built from environment variables."""
        return self._log

    def construct_mapper(self) -> Mapper[str]:
        """The mapper that was handed in."""
        return self._mapper

    def decide(self, wishes: Sequence[Wish]) -> list[Outcome]:
        """Decide and append a group in one transaction; one outcome for each wish, in order.

        Raises the library's `IntegrityError` when another process appended to a touched stream meanwhile: nothing of the
        group was stored, and deciding again is safe.
        """
        with self._log.transaction() as transaction:
            group = Group(transaction, self._codec, self._sealer, self._remembered)
            group.decide(wishes)
            outcomes = group.append()
        group.remember()
        return outcomes
