"""The codes of a worker's time and standing."""

from enum import StrEnum


class WorkerAbsenceKind(StrEnum):
    """Whether a worker's absence was known beforehand. No illness or kind of leave is kept: no rule needs it."""

    PLANNED = "planned"
    UNPLANNED = "unplanned"


class LicensedTitle(StrEnum):
    """Titles that a worker holds by licence. Only an assistant nurse may be a designated care contact (rules.md 11)."""

    ASSISTANT_NURSE = "assistant_nurse"
    NURSE = "nurse"
    OCCUPATIONAL_THERAPIST = "occupational_therapist"
    PHYSIOTHERAPIST = "physiotherapist"


class IndirectKind(StrEnum):
    """What a worker's time was for when it was not a client's (rules.md 2). A newer app may know further kinds."""

    TRAVEL = "travel"
    DOCUMENTATION = "documentation"
    CARE_PLAN_TALK = "care_plan_talk"
    CONTACT = "contact"
    """With relatives or other professions."""
    PLANNING = "planning"
    MEETING = "meeting"
    TRAINING = "training"
    INTRODUCTION = "introduction"
    """Of new staff."""
    BREAK = "break"
    OTHER = "other"
