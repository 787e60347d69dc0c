"""Admission: whether one person may call. Everybody may whom the identity provider vouches for, until somebody says no."""

from domain.admission import errors
from domain.admission.events import AdmissionEvent, AdmissionRestored, AdmissionWithdrawn
from domain.admission.history import AdmissionHistory, evolve
from domain.admission.values import WithdrawalReason
from domain.aggregate import Aggregate


class Admission(Aggregate[AdmissionEvent]):
    """Decides who is shut out."""

    KIND = "admission"
    history: AdmissionHistory

    def start(self) -> None:
        """Nobody has said anything."""
        self.history = AdmissionHistory()

    def withdraw(self, *, subject: str, reason: WithdrawalReason) -> None:
        """Shut the person out."""
        if self.history.withdrawn:
            raise errors.AdmissionAlreadyWithdrawnError
        self.record(AdmissionWithdrawn, subject=subject, reason=reason)

    def restore(self, *, subject: str) -> None:
        """Let the person in again."""
        if not self.history.withdrawn:
            raise errors.AdmissionNotWithdrawnError
        self.record(AdmissionRestored, subject=subject)

    def when(self, event: AdmissionEvent) -> None:
        """Evolve from a fact."""
        evolve(self.history, event)
