"""The codes that orders are written in."""

from enum import StrEnum


class LegalBasis(StrEnum):
    """The act an order stands on. Totals of one are never mixed with another's (rules.md 11)."""

    SOL = "SoL"
    HSL = "HSL"
    LSS = "LSS"
    NONE = "none"
    """No needs assessment is required."""


class MinuteControl(StrEnum):
    """How firmly an order states minutes (rules.md 3.2, 3.3)."""

    STRICT = "strict"
    FLEXIBLE = "flexible"
    NONE = "none"
    """Services only: there is no ordered minute to deviate from."""
    TIME_FRAME = "time_frame"
    """One pot of time for all services."""


class Extent(StrEnum):
    """How much of a service the worker does."""

    UNSTATED = ""
    SUPPORTING = "supporting"
    ALL = "all"


class NeedDirection(StrEnum):
    """Which way a client's need has gone."""

    DECREASED = "decreased"
    INCREASED = "increased"


class SuspensionReason(StrEnum):
    """[A] Why an order rests for a while."""

    HOSPITAL = "hospital"
    SHORT_TERM_STAY = "short_term_stay"
    TRAVEL = "travel"
    CLIENT_WISH = "client_wish"
    OTHER = "other"


class OrderEndReason(StrEnum):
    """[A] Why an order no longer holds."""

    NEED_CEASED = "need_ceased"
    CLIENT_WISH = "client_wish"
    DECISION_EXPIRED = "decision_expired"
    REPLACED = "replaced"
    MOVED_AWAY = "moved_away"
    SPECIAL_HOUSING = "special_housing"
    DEATH = "death"
    PLACED_BY_MISTAKE = "placed_by_mistake"
    OTHER = "other"
