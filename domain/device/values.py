"""The codes of a device."""

from enum import StrEnum


class RevocationReason(StrEnum):
    """Why a device may no longer register."""

    LOST = "lost"
    STOLEN = "stolen"
    BROKEN = "broken"
    REPLACED = "replaced"
    RETURNED = "returned"
    OTHER = "other"
