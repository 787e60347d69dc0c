"""What the office decides about who may call. Each function gives the command."""

from domain.access.aggregate import Access
from domain.access.values import WithdrawalReason
from domain.command import Command
from domain.ids import derived_id
from domain.office.act import Act


def withdraw_access(subject: str, *, reason: WithdrawalReason, act: Act) -> Command:
    """Shut a person out, whatever token comes."""
    return act.on(Access, _of(subject), lambda access: access.withdraw(subject=subject, reason=reason))


def restore_access(subject: str, *, act: Act) -> Command:
    """Let a person in again."""
    return act.on(Access, _of(subject), lambda access: access.restore(subject=subject))


def _of(subject: str) -> str:
    """The id of a person's access: names of identity providers are no ids of ours."""
    return derived_id("access", subject)
