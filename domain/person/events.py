"""Every fact about the keys of a person, client or worker, on one screen: our contract with the past. None says who it is."""

from domain.event import DomainEvent
from domain.person.values import ErasureReason
from domain.ports import SealClass


class PersonKeysDestroyed(DomainEvent, frozen=True, kw_only=True):
    """What was sealed of the person by then reads erased, for good. Recorded before the keys go: none goes in silence."""

    TOPIC = "person.keys_destroyed"
    reason: ErasureReason
    approved_by: str


class PersonKeysRotated(DomainEvent, frozen=True, kw_only=True):
    """From now on new values are sealed under new keys, of one class or of all but positions; earlier ones still open."""

    TOPIC = "person.keys_rotated"
    seal_class: SealClass | None = None


PersonEvent = PersonKeysDestroyed | PersonKeysRotated
