"""The plain codes of a client that rules may know."""

from enum import StrEnum


class ClientAbsenceKind(StrEnum):
    """Why a client is away: some rulebooks pay the first days of some kinds (rules.md 5.4)."""

    HOSPITAL_UNPLANNED = "hospital_unplanned"
    HOSPITAL_PLANNED = "hospital_planned"
    SHORT_TERM_STAY = "short_term_stay"
    TRAVEL = "travel"
    DEATH = "death"


class AreaType(StrEnum):
    """Where a client lives, as rates tell it (tätort, landsbygd, glesbygd)."""

    URBAN = "urban"
    RURAL = "rural"
    SPARSE = "sparse"


class Dwelling(StrEnum):
    """Where the washing machine is: the standard time for laundry depends on it (rules.md 4.1)."""

    MACHINE_IN_HOME = "machine_in_home"
    MACHINE_IN_BUILDING = "machine_in_building"


class ProtectionLevel(StrEnum):
    """How far a person's identity is protected (skyddade personuppgifter)."""

    NONE = "none"
    CONFIDENTIALITY_MARKING = "confidentiality_marking"
    PROTECTED_REGISTRATION = "protected_registration"
