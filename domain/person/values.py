"""Why the keys of a person are destroyed, and what holds that up."""

from datetime import timedelta
from enum import StrEnum

REQUEST_DAYS_MAX = 30
"""[A] A request for an erasure may be approved for so long: what was looked at then is to hold still."""
REQUEST_VALID = timedelta(days=REQUEST_DAYS_MAX)
RESEARCH_DAYS = frozenset({5, 15, 25})
"""Of those born on these days of a month the file is kept for research, whatever else is weeded out."""


class ErasureReason(StrEnum):
    """On what ground what says who somebody is becomes unreadable for good."""

    RETENTION_OVER = "retention_over"
    AUTHORITY_DECISION = "authority_decision"
    REGISTERED_BY_MISTAKE = "registered_by_mistake"
    OTHER = "other"


class HoldReason(StrEnum):
    """Why a person may not be erased for now. [A] The grounds are the field's, the codes are ours."""

    LEX_SARAH = "lex_sarah"
    APPEAL = "appeal"
    OPEN_CASE = "open_case"
    ARCHIVE = "archive"
    OTHER = "other"
