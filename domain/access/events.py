"""Every fact about a person's access, on one screen: our contract with the past.

`subject` is what the person's tokens say, as it stands in the actor of what that person has done.
"""

from domain.access.values import WithdrawalReason
from domain.event import DomainEvent


class AccessWithdrawn(DomainEvent, frozen=True, kw_only=True):
    """The person may no longer call, whatever token comes."""

    TOPIC = "access.withdrawn"
    subject: str
    reason: WithdrawalReason


class AccessRestored(DomainEvent, frozen=True, kw_only=True):
    """The person may call again."""

    TOPIC = "access.restored"
    subject: str


AccessEvent = AccessWithdrawn | AccessRestored
