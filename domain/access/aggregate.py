"""Access: whether one person may call. Everybody may whom the identity provider vouches for, until somebody says no."""

from domain.access import errors
from domain.access.events import AccessEvent, AccessRestored, AccessWithdrawn
from domain.access.history import AccessHistory, evolve
from domain.access.values import WithdrawalReason
from domain.aggregate import Aggregate


class Access(Aggregate[AccessEvent]):
    """Decides who is shut out."""

    KIND = "access"
    history: AccessHistory

    def start(self) -> None:
        """Nobody has said anything."""
        self.history = AccessHistory()

    def withdraw(self, *, subject: str, reason: WithdrawalReason) -> None:
        """Shut the person out."""
        if self.history.withdrawn:
            raise errors.AccessAlreadyWithdrawnError
        self.record(AccessWithdrawn, subject=subject, reason=reason)

    def restore(self, *, subject: str) -> None:
        """Let the person in again."""
        if not self.history.withdrawn:
            raise errors.AccessNotWithdrawnError
        self.record(AccessRestored, subject=subject)

    def when(self, event: AccessEvent) -> None:
        """Evolve from a fact."""
        evolve(self.history, event)
