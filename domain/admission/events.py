"""Every fact about a person's admission, on one screen: our contract with the past.

`subject` is what the person's tokens say, as it stands in the actor of what that person has done.
"""

from domain.admission.values import WithdrawalReason
from domain.event import DomainEvent


class AdmissionWithdrawn(DomainEvent, frozen=True, kw_only=True):
    """The person may no longer call, whatever token comes."""

    TOPIC = "admission.withdrawn"
    subject: str
    reason: WithdrawalReason


class AdmissionRestored(DomainEvent, frozen=True, kw_only=True):
    """The person may call again."""

    TOPIC = "admission.restored"
    subject: str


AdmissionEvent = AdmissionWithdrawn | AdmissionRestored
