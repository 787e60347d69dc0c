"""Why the keys of a person are destroyed."""

from enum import StrEnum


class ErasureReason(StrEnum):
    """On what ground what says who somebody is becomes unreadable for good."""

    RETENTION_OVER = "retention_over"
    AUTHORITY_DECISION = "authority_decision"
    REGISTERED_BY_MISTAKE = "registered_by_mistake"
    OTHER = "other"
