"""What the access log says of an answer: who got it, whose data was in it, of which kind, what for, and by which rule.

No names, no texts and no values: ids and codes only.
"""

from datetime import date, datetime
from enum import StrEnum

import msgspec

from domain.access.whose import Whose

KEPT_YEARS = 5
"""Entries are kept for so long at least (HSLF-FS 2016:40 ch. 4)."""
OPERATOR = "operator"
"""The role of whoever reads by the command line, on the ledger's own machine."""


class Doing(StrEnum):
    """What was done with somebody's data."""

    READ = "read"
    """One thing was shown."""
    LIST = "list"
    """Somebody stood in rows."""
    EXPORT = "export"
    """Likewise, in rows to keep."""
    DENIED = "denied"
    """It was asked for by its id, and not told."""
    PRUNE = "prune"
    """Old entries were taken away: of nobody in particular."""
    RESTORE = "restore"
    """Entries were brought back from a backup, likewise."""


class Access(msgspec.Struct, frozen=True, kw_only=True):
    """One answer, as it is to be entered: `whose` holds each person once, and of what is denied each id asked for."""

    subject: str
    role: str
    unit_ids: tuple[str, ...] = ()
    device_id: str = ""
    doing: Doing
    action: str
    """That of the table of access, which the route or command asked for."""
    record_class: str
    purpose: str = ""
    rule: str
    request_id: str
    form: str = "json"
    whose: Whose = frozenset()


class Entry(Access, frozen=True, kw_only=True):
    """One as it was entered."""

    recorded_at: datetime

    @property
    def reader(self) -> str:
        """Who it was, as events name their actors."""
        return f"{self.role}/{self.subject}"


class KeptLongerError(Exception):
    """Entries younger than five years are kept."""


def require_old(before: date, today: date) -> None:
    """Raise `KeptLongerError` unless whatever was entered before a day is old enough to be taken away."""
    if _years_after(before, KEPT_YEARS) > today:
        raise KeptLongerError


def _years_after(day: date, years: int) -> date:
    """The same day so many years later; of a leap day, where there is none, the day after."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)
