"""What the office decides about who may call. Each function gives the command."""

from domain.admission.aggregate import Admission
from domain.admission.values import WithdrawalReason
from domain.command import Command
from domain.ids import derived_id
from domain.office.act import Act


def withdraw_admission(subject: str, *, reason: WithdrawalReason, act: Act) -> Command:
    """Shut a person out, whatever token comes."""
    return act.on(Admission, _of(subject), lambda admission: admission.withdraw(subject=subject, reason=reason))


def restore_admission(subject: str, *, act: Act) -> Command:
    """Let a person in again."""
    return act.on(Admission, _of(subject), lambda admission: admission.restore(subject=subject))


def _of(subject: str) -> str:
    """The id of a person's admission: names of identity providers are no ids of ours."""
    return derived_id("admission", subject)
