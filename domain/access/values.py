"""The words of access: who asks, how far somebody reaches, and what for."""

from datetime import timedelta
from enum import StrEnum


class Role(StrEnum):
    """What somebody is in home care here; a token names one."""

    CARE_WORKER = "care_worker"
    COORDINATOR = "coordinator"
    UNIT_MANAGER = "unit_manager"
    CARE_MANAGER = "care_manager"
    LICENSED = "licensed"
    AUDITOR = "auditor"
    REPORTING = "reporting"
    ADMIN = "admin"


class RecordClass(StrEnum):
    """What an action is about: the less it says of people, the wider it may be reached."""

    CARE = "care"
    """Clients, their orders and visits, and what was registered of them."""
    STAFF = "staff"
    """Workers, their shifts, delegations and phones."""
    FIGURES = "figures"
    """What is computed of care and staff."""
    ACCOUNTS = "accounts"
    """Months that are closed, and their statements."""
    ACCESS = "access"
    """Who has seen what of whom."""
    KEYS = "keys"
    """What keeps a person from being erased, and how an erasure stands: by id, and nothing of who it is."""
    RULES = "rules"
    """Providers, units, service codes and rulebooks: of no person."""
    OPERATION = "operation"
    """How the program does: of no person."""


class Extent(StrEnum):
    """How far a rule reaches."""

    SELF = "self"
    """Nothing is looked up: the caller speaks for nobody but themselves."""
    OWN = "own"
    """The worker's own visits around today, and the clients of those."""
    UNIT = "unit"
    """What the units named in the token are responsible for."""
    ALL = "all"
    """The municipality."""


class Purpose(StrEnum):
    """What somebody reads a named client's record for, where the table asks."""

    ASSESS = "assess"
    FOLLOW_UP = "follow_up"
    AUDIT = "audit"
    INCIDENT = "incident"


class Protected(StrEnum):
    """Which clients with protected identity a rule reaches, of those within its extent."""

    NAMED = "named"
    """Those for whom the caller is named."""
    INCIDENT = "incident"
    """Likewise; and all of them, where the stated purpose is `incident`."""
    ALL = "all"
    """All of them: for whoever says who is named."""


CELL_CLIENTS_MIN = 5
"""Figures of fewer clients are withheld from who may only count: they say something of each."""
WINDOW_BACK = timedelta(days=14)
"""[A] A worker's own visits stay open to them for so long: two weeks are a schedule's round."""
WINDOW_AHEAD = timedelta(days=14)
"""[A] And from so long before."""
DOCUMENTATION = timedelta(days=14)
"""[A] A unit may write down what is left of a client or worker for so long after it was responsible for them."""
