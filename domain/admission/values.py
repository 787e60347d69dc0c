"""The codes of admission."""

from enum import StrEnum


class WithdrawalReason(StrEnum):
    """Why a person may no longer call."""

    LEFT = "left"
    CREDENTIALS_LOST = "credentials_lost"
    MISUSE = "misuse"
    OTHER = "other"
