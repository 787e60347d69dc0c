"""When is a reason enough? Shared by every change by hand (rules.md 6.2, exceptions.md)."""

from collections.abc import Sequence

from domain.values import ReasonCode
from domain.visit.errors import ReasonMissingError, ReasonTextMissingError

WORDS_MIN = 2
"""[A] Initials or a single word do not say what and why; two words are the least that can."""


def check_reasons(reason_codes: Sequence[ReasonCode], text: str | None) -> None:
    """Refuse a change without a coded reason, and `OTHER` (or any text given) that is no more than initials."""
    if not reason_codes:
        raise ReasonMissingError
    needs_text = ReasonCode.OTHER in reason_codes
    if (needs_text or text is not None) and not _says_something(text or ""):
        raise ReasonTextMissingError


def check_documented(text: str) -> None:
    """Refuse a decision that has to be documented and is not: time beyond an order is paid only then [S:INTRA16]."""
    if not _says_something(text):
        raise ReasonTextMissingError


def _says_something(text: str) -> bool:
    words = [word for word in text.split() if len(word.strip(".,;:!?-/")) > 1]
    return len(words) >= WORDS_MIN
